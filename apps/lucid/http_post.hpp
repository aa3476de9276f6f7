// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One POST over plain HTTP, for commands.

#include <lucid/common/result/result.hpp>

#include <string>

namespace lucid::app {

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

/// `url`: http://host[:port]/path. Errc::unsupported: another scheme; else the system's error.
Result<HttpAnswer> http_post(const std::string& url, const std::string& body);

}  // namespace lucid::app

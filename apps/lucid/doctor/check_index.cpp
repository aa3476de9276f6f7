// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "../pictures_process.hpp"
#include "finding.hpp"

namespace lucid::app::doctor {

void check_index(const core::runtime::DataDir& data, Findings& findings) {
    if (!data.config().index) return;
    std::error_code error;
    if (std::filesystem::exists(pictures_program(), error))
        return findings.good("index", "sessions are indexed");
    findings.note("index", "no lucid-pictures beside lucid, so sessions get no index",
                  "install it there, or in " + data.file("lucid.toml") +
                      ", section [session]: index = false");
}

}  // namespace lucid::app::doctor

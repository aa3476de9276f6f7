// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Throw-away certificates for tests, made at run time.

#include <string>

namespace lucid::rdp::gateway::test {

struct Identity {
    std::string certificate_pem;
    std::string key_pem;
};

enum class KeyKind { p256, rsa2048 };
/// Self-signed, for `name` (a DNS name).
Identity make_identity(const std::string& name, KeyKind kind = KeyKind::p256);

}  // namespace lucid::rdp::gateway::test

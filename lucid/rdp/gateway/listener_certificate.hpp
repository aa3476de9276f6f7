// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

#include <string>

namespace lucid::rdp::gateway {

struct ListenerCertificate {
    std::string certificate_pem;
    crypto::Secret key_pem;
};

/// A self-signed P-256 certificate for the listener, valid for ten years: clients pin its
/// fingerprint, which each ticket names.
Result<ListenerCertificate> make_listener_certificate(const std::string& common_name);

}  // namespace lucid::rdp::gateway

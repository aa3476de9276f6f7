// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// TSCredentials with TSPasswordCreds (MS-CSSP 2.2.1.2, 2.2.1.2.1): what a client delegates.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto::credssp {

/// All text UTF-16LE as on the wire. All three empty: restricted admin, which is refused above.
struct TsPasswordCreds {
    Bytes domain_name;
    Bytes user_name;
    crypto::Secret password;
};

/// Errc::unsupported for smart-card and remote-guard credentials.
Result<TsPasswordCreds> decode_ts_credentials(ByteView message);
[[nodiscard]] crypto::Secret encode_ts_credentials(const TsPasswordCreds& credentials);

}  // namespace lucid::rdp::proto::credssp

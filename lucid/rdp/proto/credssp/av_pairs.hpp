// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// AV_PAIR lists (MS-NLMP 2.2.2.1).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <vector>

namespace lucid::rdp::proto::credssp {

enum class AvId : std::uint16_t {
    eol = 0,
    nb_computer_name = 1,
    nb_domain_name = 2,
    dns_computer_name = 3,
    dns_domain_name = 4,
    dns_tree_name = 5,
    flags = 6,
    timestamp = 7,
    single_host = 8,
    target_name = 9,
    channel_bindings = 10,
};

/// MsvAvFlags: the AUTHENTICATE message carries a MIC.
inline constexpr std::uint32_t av_flag_mic_present = 0x2;
inline constexpr std::size_t av_pairs_max = 32;

struct AvPair {
    AvId id = AvId::eol;
    Bytes value;
};
using AvPairs = std::vector<AvPair>;

/// Reads up to and including MsvAvEOL; bytes behind it are left in `rest`.
Result<AvPairs> decode_av_pairs(ByteView bytes, ByteView& rest);
/// With MsvAvEOL.
[[nodiscard]] Bytes encode_av_pairs(const AvPairs& pairs);
[[nodiscard]] const AvPair* find_av_pair(const AvPairs& pairs, AvId id);

}  // namespace lucid::rdp::proto::credssp

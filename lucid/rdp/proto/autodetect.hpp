// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Network characteristics detection (MS-RDPBCGR 2.2.14): a host's requests on the message channel
/// and a client's answers, behind the basic security header.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto {

enum class AutoDetect : std::uint8_t {
    rtt,
    bandwidth_start,
    bandwidth_payload,
    bandwidth_stop,
    network_result,  ///< for the client's information
};

struct AutoDetectRequest {
    AutoDetect what{};
    /// While connecting, where payload and stop carry bytes that count.
    bool connect_time = false;
    std::uint16_t sequence = 0;
    std::size_t payload_bytes = 0;
};
/// User data with its security header. Errc::unsupported: a request type that 2.2.14.1 lacks.
Result<AutoDetectRequest> decode_autodetect_request(ByteView user_data);

/// RTT Measure Response (2.2.14.2.1) and Bandwidth Measure Results (2.2.14.2.2) as user data.
[[nodiscard]] Bytes encode_rtt_response(std::uint16_t sequence);
[[nodiscard]] Bytes encode_bandwidth_results(const AutoDetectRequest& stop, std::uint32_t time_ms,
                                             std::uint32_t bytes);

}  // namespace lucid::rdp::proto

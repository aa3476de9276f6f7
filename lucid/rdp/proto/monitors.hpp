// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Monitors of a desktop: what a client has (MS-RDPBCGR 2.2.1.3.6 Client Monitor Data, 2.2.1.3.9
/// Client Monitor Extended Data) and what a host made of it (2.2.12.1 Monitor Layout PDU).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <span>
#include <vector>

namespace lucid::rdp::proto {

/// Pixels, from the upper left corner of the primary monitor, which is at (0, 0).
struct Monitor {
    std::int32_t left = 0;
    std::int32_t top = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;

    [[nodiscard]] bool is_primary() const { return left == 0 && top == 0; }
    friend bool operator==(const Monitor&, const Monitor&) = default;
};

/// Of a client at connection.
inline constexpr std::size_t client_monitors_max = 16;
/// Of a Monitor Layout PDU.
inline constexpr std::size_t host_monitors_max = 64;

/// Content of CS_MONITOR and of CS_MONITOR_EX (upright, not scaled) behind their headers.
[[nodiscard]] Bytes encode_client_monitors(std::span<const Monitor> monitors);
[[nodiscard]] Bytes encode_client_monitor_attributes(std::size_t count);

/// Payload of a Monitor Layout PDU. Errc::limit_exceeded: more than host_monitors_max;
/// Errc::bad_value: one that ends before it begins.
Result<std::vector<Monitor>> decode_host_monitors(ByteView payload);

}  // namespace lucid::rdp::proto

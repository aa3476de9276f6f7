// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a session may do. Pure data; enforced by the Relay. Default deny: a channel that is not
/// named here does not exist for the host.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <string>
#include <string_view>

namespace lucid::rdp::relay {

enum class KeyboardRecording { none, timing, full };

struct Policy {
    bool clipboard_to_host = false;  ///< text and formats copied at the client, pasted at the host
    bool clipboard_to_client = false;
    bool clipboard_files = false;
    std::uint32_t clipboard_bytes_max = 1024 * 1024;
    bool audio_out = false;
    bool audio_in = false;
    bool drive = false;
    bool printer = false;
    bool smart_card = false;
    bool ports = false;  ///< serial and parallel
    bool usb = false;
    bool remote_programs = false;  ///< RAIL and alternate shells
    KeyboardRecording keyboard = KeyboardRecording::timing;
    std::uint16_t desktop_width_max = 8192;
    std::uint16_t desktop_height_max = 8192;
    std::uint32_t idle_limit_min = 30;
    std::uint32_t total_limit_min = 480;

    friend bool operator==(const Policy&, const Policy&) = default;
};

/// Presets (behaviour of the product, "Per-session toggles"): strict is the default.
[[nodiscard]] Policy strict_policy();
/// Clipboard both ways without files; nothing else.
[[nodiscard]] Policy standard_policy();
/// Everything that has a filter; USB, RAIL and ports stay off.
[[nodiscard]] Policy custom_policy();
/// Errc::not_found for another name.
Result<Policy> policy_preset(std::string_view name);

/// RFC 8785 JSON of all fields; the policy hash is SHA-256 of it.
[[nodiscard]] std::string policy_to_json(const Policy& policy);
/// Unknown fields and wrong types are errors.
Result<Policy> policy_from_json(std::string_view json);
[[nodiscard]] Hash32 policy_hash(const Policy& policy);

/// May the host have this static channel?
[[nodiscard]] bool allows_static_channel(const Policy& policy, std::string_view name);
/// May this dynamic channel be opened?
[[nodiscard]] bool allows_dynamic_channel(const Policy& policy, std::string_view name);

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a session may do. Pure data; enforced by the Relay. Default deny: a channel that is not
/// named here does not exist for the host.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace lucid::rdp::relay {

enum class KeyboardRecording { none, timing, full };

struct Policy {
    bool clipboard_to_host = false;  ///< text and formats copied at the client, pasted at the host
    bool clipboard_to_client = false;
    bool clipboard_text = true;  ///< kinds, within the directions
    bool clipboard_html = true;  ///< cleaned of everything that acts
    bool clipboard_images = true;
    bool clipboard_files = false;
    bool clipboard_other = false;  ///< RTF, OLE objects, private formats
    std::uint32_t clipboard_bytes_max = 1024 * 1024;
    /// Contents handed over per minute and direction; 0: as many as they like.
    std::uint32_t clipboard_per_minute = 0;
    /// Of clipboard and drives alike (file_rules.hpp); without allowed patterns all but denied
    /// ones.
    std::vector<std::string> file_names_allowed;
    std::vector<std::string> file_names_denied;
    /// One file, either way.
    std::uint64_t file_bytes_max = 100ULL * 1024 * 1024;
    /// Files of clipboard and drives are held until a scanner has said that they are clean.
    bool scan_files = false;
    /// Most that is held of all files at a time; a larger file is not scanned.
    std::uint32_t scan_bytes_max = 16 * 1024 * 1024;
    bool scan_too_large_passes = false;    ///< what is larger, unscanned
    bool scan_unavailable_passes = false;  ///< where no scanner answers in time
    bool audio_out = false;
    bool audio_in = false;
    bool drive = false;
    bool drive_to_host = true;    ///< within `drive`: the host may read files of the client
    bool drive_to_client = true;  ///< within `drive`: the host may write, rename and remove them
    bool printer = false;
    bool printer_keep = false;  ///< what is printed becomes part of the recording
    bool smart_card = false;
    bool ports = false;  ///< serial and parallel
    bool usb = false;
    /// Within `usb`: class codes, two upper-case hexadecimal digits; empty: every class.
    std::vector<std::string> usb_classes;
    bool camera = false;
    bool remote_programs = false;        ///< RAIL and alternate shells
    bool remote_programs_audit = false;  ///< titles of their windows become events
    /// Titles of remote programs' windows in which `full` keeps no key's identity.
    std::vector<std::string> mask_titles;
    /// Registered hosts that this one may send sessions on to; "*": all of them.
    std::vector<std::string> redirect_hosts;
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
/// Names of programs and scripts, which custom_policy() denies.
[[nodiscard]] std::vector<std::string> program_name_patterns();
/// Everything that has a filter, but no programs; USB, RAIL and ports stay off.
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
/// May the host send a session on to the one registered under this name?
[[nodiscard]] bool allows_redirection(const Policy& policy, std::string_view host);
/// May this dynamic channel be opened?
[[nodiscard]] bool allows_dynamic_channel(const Policy& policy, std::string_view name);

}  // namespace lucid::rdp::relay

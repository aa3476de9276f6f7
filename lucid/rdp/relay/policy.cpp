// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/dynamic_grammar.hpp>
#include <lucid/rdp/relay/policy.hpp>

#include <algorithm>
#include <array>

namespace lucid::rdp::relay {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

Policy strict_policy() {
    return {};
}

Policy standard_policy() {
    Policy policy;
    policy.clipboard_to_host = policy.clipboard_to_client = true;
    policy.idle_limit_min = 60;
    return policy;
}

std::vector<std::string> program_name_patterns() {
    std::vector<std::string> patterns;
    for (const auto* extension :
         {"bat", "cmd", "com", "cpl", "exe", "hta", "jar", "js", "jse", "lnk", "msc", "msi",
          "pif", "ps1", "reg", "scf", "scr", "sh",  "url", "vb", "vbe", "vbs", "wsf", "wsh"})
        patterns.push_back(std::string("*.") + extension);
    return patterns;
}

Policy custom_policy() {
    Policy policy = standard_policy();
    policy.clipboard_files = policy.audio_out = policy.audio_in = true;
    policy.drive = policy.printer = policy.smart_card = true;
    policy.file_names_denied = program_name_patterns();
    policy.idle_limit_min = 120;
    return policy;
}

Result<Policy> policy_preset(std::string_view name) {
    if (name == "strict") return strict_policy();
    if (name == "standard") return standard_policy();
    if (name == "custom") return custom_policy();
    return fail(Errc::not_found, "policy preset");
}

Hash32 policy_hash(const Policy& policy) {
    return crypto::sha256(as_bytes(policy_to_json(policy)));
}

bool allows_static_channel(const Policy& policy, std::string_view name) {
    if (equal_ignoring_case(name, "drdynvc")) return true;
    if (equal_ignoring_case(name, "cliprdr"))
        return policy.clipboard_to_host || policy.clipboard_to_client;
    if (equal_ignoring_case(name, "rdpsnd")) return policy.audio_out;
    if (equal_ignoring_case(name, "rdpdr"))
        return policy.drive || policy.printer || policy.smart_card || policy.ports;
    if (equal_ignoring_case(name, "rail")) return policy.remote_programs;
    return false;
}

bool allows_redirection(const Policy& policy, std::string_view host) {
    return std::any_of(policy.redirect_hosts.begin(), policy.redirect_hosts.end(),
                       [&](const auto& allowed) { return allowed == "*" || allowed == host; });
}

bool allows_dynamic_channel(const Policy& policy, std::string_view name) {
    const auto kind = dynamic_kind(name);
    if (!kind) return false;
    switch (*kind) {
        case DynamicKind::graphics:
        case DynamicKind::display:
        case DynamicKind::touch:
        case DynamicKind::geometry:
        case DynamicKind::echo:
            return true;  // they draw, resize or measure
        case DynamicKind::audio_out:
            return policy.audio_out;
        case DynamicKind::audio_in:
            return policy.audio_in;
        case DynamicKind::camera_list:
        case DynamicKind::camera:
            return policy.camera;
        case DynamicKind::usb:
            return policy.usb;
    }
    return false;
}

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/policy.hpp>

#include <functional>
#include <map>

#include <nlohmann/json.hpp>

namespace lucid::rdp::relay {
namespace {

using Json = nlohmann::json;

constexpr std::size_t patterns_max = 256;
constexpr std::size_t pattern_bytes_max = 256;

struct Field {
    std::function<Json(const Policy&)> get;
    std::function<bool(Policy&, const Json&)> set;
};

Field boolean(bool Policy::* member) {
    return {[member](const Policy& p) { return Json(p.*member); },
            [member](Policy& p, const Json& value) {
                if (!value.is_boolean()) return false;
                p.*member = value.get<bool>();
                return true;
            }};
}

template <class T>
Field number(T Policy::* member, std::uint64_t low, std::uint64_t high) {
    return {[member](const Policy& p) { return Json(std::uint64_t{p.*member}); },
            [=](Policy& p, const Json& value) {
                if (!value.is_number_unsigned()) return false;
                const auto n = value.get<std::uint64_t>();
                if (n < low || n > high) return false;
                p.*member = static_cast<T>(n);
                return true;
            }};
}

using Fits = bool (*)(const std::string&);
bool is_pattern(const std::string& text) {
    return !text.empty() && text.size() <= pattern_bytes_max;
}
/// Two upper-case hexadecimal digits.
bool is_usb_class(const std::string& text) {
    return text.size() == 2 && text.find_first_not_of("0123456789ABCDEF") == std::string::npos;
}
/// A sorted set of patterns: two spellings of one policy would have two hashes.
Field patterns(std::vector<std::string> Policy::* member, Fits fits = is_pattern) {
    return {[member](const Policy& p) { return Json(p.*member); },
            [member, fits](Policy& p, const Json& value) {
                if (!value.is_array() || value.size() > patterns_max) return false;
                std::vector<std::string> list;
                for (const auto& item : value) {
                    if (!item.is_string()) return false;
                    auto pattern = item.get<std::string>();
                    if (!fits(pattern)) return false;
                    if (!list.empty() && pattern <= list.back()) return false;
                    list.push_back(std::move(pattern));
                }
                p.*member = std::move(list);
                return true;
            }};
}

Field keyboard() {
    static constexpr std::array<const char*, 3> names = {"none", "timing", "full"};
    return {[](const Policy& p) { return Json(names[static_cast<std::size_t>(p.keyboard)]); },
            [](Policy& p, const Json& value) {
                for (std::size_t i = 0; i < names.size(); ++i) {
                    if (value != names[i]) continue;
                    p.keyboard = static_cast<KeyboardRecording>(i);
                    return true;
                }
                return false;
            }};
}

/// By name; std::map keeps the order that RFC 8785 asks for (ASCII keys).
const std::map<std::string, Field>& fields() {
    static const std::map<std::string, Field> table = {
        {"audio_in", boolean(&Policy::audio_in)},
        {"audio_out", boolean(&Policy::audio_out)},
        {"camera", boolean(&Policy::camera)},
        {"clipboard_bytes_max", number(&Policy::clipboard_bytes_max, 1, 64U << 20)},
        {"clipboard_files", boolean(&Policy::clipboard_files)},
        {"clipboard_html", boolean(&Policy::clipboard_html)},
        {"clipboard_images", boolean(&Policy::clipboard_images)},
        {"clipboard_other", boolean(&Policy::clipboard_other)},
        {"clipboard_per_minute", number(&Policy::clipboard_per_minute, 0, 6000)},
        {"clipboard_text", boolean(&Policy::clipboard_text)},
        {"clipboard_to_client", boolean(&Policy::clipboard_to_client)},
        {"clipboard_to_host", boolean(&Policy::clipboard_to_host)},
        {"desktop_height_max", number(&Policy::desktop_height_max, 200, 8192)},
        {"desktop_width_max", number(&Policy::desktop_width_max, 200, 8192)},
        {"drive", boolean(&Policy::drive)},
        {"drive_to_client", boolean(&Policy::drive_to_client)},
        {"drive_to_host", boolean(&Policy::drive_to_host)},
        {"file_bytes_max", number(&Policy::file_bytes_max, 1, 1ULL << 40)},
        {"file_names_allowed", patterns(&Policy::file_names_allowed)},
        {"file_names_denied", patterns(&Policy::file_names_denied)},
        {"idle_limit_min", number(&Policy::idle_limit_min, 1, 1440)},
        {"keyboard", keyboard()},
        {"mask_titles", patterns(&Policy::mask_titles)},
        {"ports", boolean(&Policy::ports)},
        {"printer", boolean(&Policy::printer)},
        {"printer_keep", boolean(&Policy::printer_keep)},
        {"redirect_hosts", patterns(&Policy::redirect_hosts)},
        {"remote_programs", boolean(&Policy::remote_programs)},
        {"remote_programs_audit", boolean(&Policy::remote_programs_audit)},
        {"scan_bytes_max", number(&Policy::scan_bytes_max, 1, 256U << 20)},
        {"scan_files", boolean(&Policy::scan_files)},
        {"scan_too_large_passes", boolean(&Policy::scan_too_large_passes)},
        {"scan_unavailable_passes", boolean(&Policy::scan_unavailable_passes)},
        {"smart_card", boolean(&Policy::smart_card)},
        {"total_limit_min", number(&Policy::total_limit_min, 1, 10080)},
        {"usb", boolean(&Policy::usb)},
        {"usb_classes", patterns(&Policy::usb_classes, is_usb_class)},
    };
    return table;
}

}  // namespace

std::string policy_to_json(const Policy& policy) {
    Json json = Json::object();
    for (const auto& [name, field] : fields()) json[name] = field.get(policy);
    return json.dump();
}

Result<Policy> policy_from_json(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return fail(Errc::bad_value, "policy");
    Policy policy;
    for (const auto& [name, value] : json.items()) {
        const auto field = fields().find(name);
        if (field == fields().end()) return fail(Errc::bad_value, "policy field");
        if (!field->second.set(policy, value)) return fail(Errc::bad_value, field->first.c_str());
    }
    return policy;
}

}  // namespace lucid::rdp::relay

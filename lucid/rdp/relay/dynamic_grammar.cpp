// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/relay/dynamic_grammar.hpp>

#include <algorithm>
#include <initializer_list>

namespace lucid::rdp::relay {
namespace {

constexpr std::uint64_t minute_us = 60'000'000;
constexpr std::uint32_t kib = 1024;
constexpr std::uint32_t mib = 1024 * 1024;

template <class Value>
bool among(Value value, std::initializer_list<unsigned> values) {
    return std::find(values.begin(), values.end(), value) != values.end();
}

/// RDP_SEGMENTED_DATA (MS-RDPEGFX 2.2.5.1): one segment or several.
bool is_segmented(ByteView head) {
    return !head.empty() && (head[0] == 0xe0 || head[0] == 0xe1);
}

/// A header of u16, skipped bytes, u32 length of the whole.
bool has_u16_header(ByteView head, std::uint32_t total, std::size_t skipped,
                    std::initializer_list<unsigned> types, bool exact) {
    Reader r(head);
    const auto type = r.u16_le("type");
    if (!type || !among(*type, types) || !r.skip(skipped, "flags")) return false;
    const auto length = r.u32_le("length");
    return length && (exact ? *length == total : *length <= total);
}

bool fits_display(Side from, ByteView head, std::uint32_t total) {
    Reader r(head);
    const auto type = r.u32_le("type");
    const auto length = r.u32_le("length");
    // DISPLAYCONTROL_PDU_TYPE_MONITOR_LAYOUT, DISPLAYCONTROL_PDU_TYPE_CAPS.
    return type && length && *type == (from == Side::client ? 2U : 5U) && *length == total;
}

bool has_type_byte(ByteView head, std::size_t offset, std::initializer_list<unsigned> types) {
    return head.size() > offset && among(head[offset], types);
}

/// SHARED_MSG_HEADER (MS-RDPECAM 2.2.1): version, then who may say what.
bool fits_camera(Side from, bool list, ByteView head) {
    if (head.size() < 2 || head[0] < 1 || head[0] > 2) return false;
    if (list)
        return from == Side::client ? has_type_byte(head, 1, {0x03, 0x05, 0x06})
                                    : has_type_byte(head, 1, {0x04});
    return from == Side::client
               ? has_type_byte(head, 1, {0x01, 0x02, 0x0a, 0x0c, 0x0e, 0x12, 0x13, 0x15, 0x17})
               : has_type_byte(head, 1,
                               {0x07, 0x08, 0x09, 0x0b, 0x0d, 0x0f, 0x10, 0x11, 0x14, 0x16, 0x18});
}

}  // namespace

std::optional<DynamicKind> dynamic_kind(std::string_view name) {
    struct Known {
        std::string_view name;
        DynamicKind kind;
    };
    static constexpr Known known[] = {
        {"Microsoft::Windows::RDS::Graphics", DynamicKind::graphics},
        {"Microsoft::Windows::RDS::DisplayControl", DynamicKind::display},
        {"Microsoft::Windows::RDS::Input", DynamicKind::touch},
        {"Microsoft::Windows::RDS::Geometry::v08.01", DynamicKind::geometry},
        {"ECHO", DynamicKind::echo},
        {"AUDIO_PLAYBACK_DVC", DynamicKind::audio_out},
        {"AUDIO_PLAYBACK_LOSSY_DVC", DynamicKind::audio_out},
        {"AUDIO_INPUT", DynamicKind::audio_in},
        {"RDCamera_Device_Enumerator", DynamicKind::camera_list},
        {"URBDRC", DynamicKind::usb},
    };
    for (const auto& entry : known)
        if (entry.name == name) return entry.kind;
    if (name.starts_with(camera_channel_prefix)) return DynamicKind::camera;
    return std::nullopt;
}

DynamicBudget dynamic_budget(DynamicKind kind, Side from) {
    const bool client = from == Side::client;
    switch (kind) {
        case DynamicKind::graphics:
            return client ? DynamicBudget{mib, 16 * mib} : DynamicBudget{64 * mib, 0};
        case DynamicKind::display:
            return client ? DynamicBudget{4 * kib, 256 * kib} : DynamicBudget{64, 4 * kib};
        case DynamicKind::touch:
            return client ? DynamicBudget{64 * kib, 16 * mib} : DynamicBudget{64, 64 * kib};
        case DynamicKind::geometry:
            return client ? DynamicBudget{} : DynamicBudget{64 * kib, 16 * mib};
        case DynamicKind::echo:
            return {4 * kib, 256 * kib};
        case DynamicKind::audio_out:
            return client ? DynamicBudget{8 * kib, 4 * mib} : DynamicBudget{mib, 128 * mib};
        case DynamicKind::audio_in:
            return client ? DynamicBudget{mib, 128 * mib} : DynamicBudget{8 * kib, mib};
        case DynamicKind::camera_list:
            return {4 * kib, 256 * kib};
        case DynamicKind::camera:
            return client ? DynamicBudget{32 * mib, 0} : DynamicBudget{4 * kib, 16 * mib};
        case DynamicKind::usb:
            return {4 * mib, 0};
    }
    return {};
}

bool fits_grammar(DynamicKind kind, Side from, ByteView head, std::uint32_t total) {
    const bool client = from == Side::client;
    switch (kind) {
        case DynamicKind::graphics:
            // Acknowledgements, cache offers and capabilities, maybe several in one message.
            return client ? has_u16_header(head, total, 2, {0x0d, 0x10, 0x12, 0x16}, false)
                          : is_segmented(head);
        case DynamicKind::display:
            return fits_display(from, head, total);
        case DynamicKind::touch:
            return has_u16_header(head, total, 0,
                                  client ? std::initializer_list<unsigned>{2, 3, 6, 8}
                                         : std::initializer_list<unsigned>{1, 4, 5},
                                  true);
        case DynamicKind::geometry: {
            const auto length = Reader(head).u32_le("cbGeometryData");
            return !client && length && *length == total;
        }
        case DynamicKind::echo:
            return true;
        case DynamicKind::audio_out:
            // 0 begins the data that follow a WAVE message.
            return client
                       ? has_type_byte(head, 0, {0x05, 0x06, 0x07, 0x0c})
                       : has_type_byte(head, 0, {0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x07, 0x0d});
        case DynamicKind::audio_in:
            return client ? has_type_byte(head, 0, {1, 2, 4, 5, 6, 7})
                          : has_type_byte(head, 0, {1, 2, 3, 7});
        case DynamicKind::camera_list:
            return fits_camera(from, true, head);
        case DynamicKind::camera:
            return fits_camera(from, false, head);
        case DynamicKind::usb:
            return total >= 8 && head.size() >= 8;
    }
    return false;
}

const char* DynamicFlow::take(DynamicKind kind, Side from, ByteView data,
                              std::optional<std::uint32_t> total, std::uint64_t now_us) {
    const auto budget = dynamic_budget(kind, from);
    if (!open_) {
        total_ = total.value_or(static_cast<std::uint32_t>(data.size()));
        received_ = 0;
        if (total_ > budget.message_bytes_max) return "message too long";
        if (!fits_grammar(kind, from, data, total_)) return "not in its grammar";
    } else if (total) {
        return "message inside another";
    }
    if (data.size() > total_ - received_) return "message longer than said";
    received_ += static_cast<std::uint32_t>(data.size());
    open_ = received_ < total_;
    bytes_ += data.size();
    if (now_us >= minute_began_us_ + minute_us) {
        minute_began_us_ = now_us;
        minute_bytes_ = 0;
    }
    minute_bytes_ += data.size();
    if (budget.minute_bytes_max != 0 && minute_bytes_ > budget.minute_bytes_max)
        return "byte budget used up";
    return nullptr;
}

}  // namespace lucid::rdp::relay

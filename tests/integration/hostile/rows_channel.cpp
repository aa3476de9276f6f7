// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>

#include <tests/support/rdp_session.hpp>

#include "misbehaviour.hpp"

// The client's virtual channels: chunks, clipboard, devices, dynamic channels.

namespace lucid::hostile {

namespace {

using namespace rdp::proto::channels;

Misbehaviour row(std::string name, Script script, Ends ends, std::string reason = {}) {
    Misbehaviour m;
    m.name = "channel_" + std::move(name);
    m.stage = Stage::finalized;
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}
Misbehaviour violation(std::string name, Bytes bytes) {
    return row(std::move(name), says(std::move(bytes)), Ends::partial,
               "protocol violation of the client");
}
Misbehaviour survives(std::string name, Bytes bytes) {
    return row(std::move(name), says(std::move(bytes)), Ends::survives);
}

Bytes chunk(std::uint16_t channel, std::uint32_t total, std::uint32_t flags, ByteView body) {
    Writer w;
    w.u32_le(total).u32_le(flags).bytes(body);
    return test::from_client(channel, w.view());
}
Bytes on(std::uint16_t channel, ByteView message) {
    return test::client_message(channel, message);
}
Bytes clip(std::uint16_t type, std::uint16_t flags, std::uint32_t length, ByteView data) {
    Writer w;
    w.u16_le(type).u16_le(flags).u32_le(length).bytes(data);
    return on(clipboard, w.view());
}
Bytes device(std::uint16_t component, std::uint16_t packet, ByteView body) {
    Writer w;
    w.u16_le(component).u16_le(packet).bytes(body);
    return on(devices, w.view());
}
Bytes announced(std::uint32_t count, ByteView entries) {
    Writer w;
    w.u32_le(count).bytes(entries);
    return device(0x4472, 0x4441, w.view());
}
Bytes drive_entry(std::uint32_t id, std::uint32_t data_bytes = 0) {
    return Writer().u32_le(8).u32_le(id).text("home").zeros(4).u32_le(data_bytes).take();
}

constexpr std::uint32_t both = channel_flag_first | channel_flag_last;

std::vector<Misbehaviour> chunks() {
    Bytes two_firsts = chunk(dynamic, 10, channel_flag_first, Bytes(4));
    append(two_firsts, chunk(dynamic, 10, channel_flag_first, Bytes(4)));
    Bytes two_totals = chunk(devices, 10, channel_flag_first, Bytes(4));
    append(two_totals, chunk(devices, 12, channel_flag_last, Bytes(6)));
    return {
        violation("chunk_without_header", test::from_client(clipboard, Bytes(7))),
        violation("chunk_of_nothing", test::from_client(dynamic, {})),
        violation("chunk_compressed",
                  chunk(clipboard, 4, both | channel_packet_compressed, Bytes(4))),
        violation("chunk_bomb_compressed_to_64_mib",
                  chunk(dynamic, 64 << 20, both | channel_packet_compressed, Bytes(1500, 0xff))),
        violation("chunk_last_without_first", chunk(dynamic, 4, channel_flag_last, Bytes(4))),
        violation("chunk_first_twice", two_firsts),
        violation("chunk_totals_differ", two_totals),
        violation("chunk_longer_than_its_message", chunk(devices, 4, both, Bytes(40))),
        violation("chunk_last_too_early", chunk(devices, 400, both, Bytes(4))),
        violation("dynamic_message_of_4_gib",
                  chunk(dynamic, 0xffffffff, channel_flag_first, Bytes(8))),
        violation("device_message_of_4_gib",
                  chunk(devices, 0xffffffff, channel_flag_first, Bytes(8))),
        row("data_on_unknown_channel", says(chunk(3000, 4, both, Bytes(4))), Ends::partial,
            "client channel nobody opened"),
        row("data_on_its_own_user_channel", says(chunk(1500, 4, both, Bytes(4))), Ends::partial,
            "client channel nobody opened"),
        row("flood_on_a_refused_channel",
            repeats(chunk(refused_channel, 1000, both, Bytes(1000)), 20'000), Ends::survives),
        row("flood_on_the_audio_channel", repeats(chunk(audio, 100, both, Bytes(100)), 20'000),
            Ends::survives),
        row("flood_of_empty_first_chunks",
            in_order(says(chunk(clipboard, 1000, channel_flag_first, {})),
                     repeats(chunk(clipboard, 1000, 0, {}), 50'000)),
            Ends::survives),
    };
}

std::vector<Misbehaviour> clipboards() {
    Writer thousand_sets;
    thousand_sets.u16_le(1000).u16_le(0);
    for (int i = 0; i < 1000; ++i) thousand_sets.u16_le(2).u16_le(4);
    Writer many_formats;
    for (std::uint32_t i = 0; i < 600; ++i) many_formats.u32_le(i).u16_le('x').u16_le(0);
    const auto formats = Writer().u32_le(13).u16_le(0).take();
    const auto format_list = clip(2, 0, 6, formats);
    Bytes nested = to_bytes(as_bytes(std::string_view("Version:0.9\r\n<html>")));
    for (int i = 0; i < 20'000; ++i) append(nested, as_bytes(std::string_view("<a><b><table>")));
    return {
        violation("clipboard_type_0", clip(0, 0, 0, {})),
        violation("clipboard_type_12", clip(12, 0, 0, {})),
        violation("clipboard_of_three_bytes", on(clipboard, Bytes(3))),
        violation("clipboard_length_beyond_the_end", clip(2, 0, 1000, Bytes(8))),
        violation("clipboard_bytes_behind_the_end", clip(2, 0, 0, Bytes(40))),
        violation("clipboard_with_1000_capability_sets", clip(7, 0, 4004, thousand_sets.view())),
        violation("clipboard_capability_of_0_bytes",
                  clip(7, 0, 8, Writer().u16_le(1).u16_le(0).u16_le(1).u16_le(0).view())),
        violation(
            "clipboard_general_capability_cut",
            clip(7, 0, 10, Writer().u16_le(1).u16_le(0).u16_le(1).u16_le(6).u16_le(0).view())),
        violation("clipboard_request_of_3_bytes", clip(4, 0, 3, Bytes(3))),
        violation("clipboard_file_request_cut", clip(8, 0, 10, Bytes(10))),
        survives("clipboard_with_600_formats",
                 clip(2, 0, static_cast<std::uint32_t>(many_formats.view().size()),
                      many_formats.view())),
        survives("clipboard_name_without_end",
                 clip(2, 0, 8, Writer().u32_le(5).u16_le('a').u16_le('b').view())),
        survives("clipboard_data_nobody_asked_for", clip(5, 1, 100, Bytes(100))),
        survives("clipboard_file_nobody_asked_for", clip(9, 1, 100, Bytes(100))),
        survives("clipboard_request_of_unknown_format", clip(4, 0, 4, Bytes(4, 0xee))),
        survives("clipboard_request_of_file_4_billion", clip(8, 0, 24, Bytes(24, 0xff))),
        survives("clipboard_message_of_4_mib", clip(5, 1, 4 << 20, Bytes(4 << 20))),
        survives("clipboard_html_of_60000_open_elements",
                 clip(5, 1, static_cast<std::uint32_t>(nested.size()), nested)),
        row("clipboard_flood_of_lists", repeats(format_list, 10'000), Ends::survives),
        // Every list is answered with a failure, and nobody fetches the answers.
        row("clipboard_flood_of_bad_lists_unread",
            in_order(floods_for(std::chrono::milliseconds(2000), clip(2, 0, 3, Bytes(3))),
                     closes()),
            Ends::complete, "closed"),
    };
}

std::vector<Misbehaviour> redirected_devices() {
    Bytes entries;
    for (std::uint32_t i = 0; i < 65; ++i) append(entries, drive_entry(i + 1));
    Bytes twice = announced(1, drive_entry(1));
    append(twice, announced(1, drive_entry(1)));
    Bytes completion = Writer().u32_le(1).u32_le(77).u32_le(0).u32_le(0xffffffff).take();
    return {
        violation("device_component_unknown", device(0x1111, 0x4441, Bytes(8))),
        violation("device_of_one_byte", on(devices, Bytes(1))),
        violation("device_list_of_65", announced(65, entries)),
        violation("device_list_of_4_billion", announced(0xffffffff, drive_entry(1))),
        violation("device_list_cut", announced(2, drive_entry(1))),
        violation("device_data_beyond_the_end", announced(1, drive_entry(1, 0xfffffff0))),
        violation("device_list_with_bytes_behind", announced(1, Bytes(200))),
        violation("device_announced_twice", twice),
        violation("device_removal_of_4_billion", device(0x4472, 0x444d, Bytes(4, 0xff))),
        violation("device_completion_cut", device(0x4472, 0x4943, Bytes(7))),
        survives("device_completion_nobody_asked_for", device(0x4472, 0x4943, completion)),
        survives("device_removal_of_unknown",
                 device(0x4472, 0x444d, Writer().u32_le(1).u32_le(99).view())),
        survives("device_packet_unknown", device(0x4472, 0x1234, Bytes(100))),
        survives("device_requests_from_the_client", device(0x4472, 0x4952, Bytes(24))),
        row("device_flood_of_refused_printers_and_ports",
            repeats(announced(1, Writer().u32_le(1).u32_le(7).text("COM1").zeros(8).view()),
                    20'000),
            Ends::survives),
    };
}

std::vector<Misbehaviour> dynamic_channels() {
    const auto dvc = [](Bytes message) { return on(dynamic, message); };
    return {
        violation("dynamic_of_nothing", dvc({})),
        violation("dynamic_command_unknown", dvc(Bytes{0xf0, 1})),
        violation("dynamic_compressed_data", dvc(Bytes{0x70, 1, 2, 3})),
        violation("dynamic_soft_sync_answer", dvc(Bytes{0x90, 0, 0, 0, 0, 0})),
        violation("dynamic_id_size_3", dvc(Bytes{0x33, 1, 2, 3, 4})),
        violation("dynamic_id_cut", dvc(Bytes{0x32, 1})),
        violation("dynamic_first_data_length_cut", dvc(Bytes{0x28, 1, 2})),
        violation("dynamic_capability_cut", dvc(Bytes{0x50, 0, 1})),
        violation("dynamic_version_3", dvc(Bytes{0x50, 0, 3, 0})),
        survives("dynamic_data_on_unopened_channel", dvc(Bytes{0x30, 9, 1, 2, 3})),
        survives("dynamic_creation_answered_unasked", dvc(Bytes{0x10, 9, 0, 0, 0, 0})),
        survives("dynamic_close_of_unopened_channel", dvc(Bytes{0x40, 9})),
        row("dynamic_flood_on_unopened_channels", repeats(dvc(Bytes{0x30, 9, 1, 2, 3}), 30'000),
            Ends::survives),
    };
}

}  // namespace

std::vector<Misbehaviour> channel_rows() {
    auto rows = chunks();
    for (const auto& table : {clipboards, redirected_devices, dynamic_channels})
        for (auto& m : table()) rows.push_back(std::move(m));
    return rows;
}

}  // namespace lucid::hostile

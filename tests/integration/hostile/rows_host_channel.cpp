// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>

#include <tests/support/rdp_session.hpp>

#include "misbehaviour.hpp"

// A host's virtual channels: chunks, clipboard, devices, dynamic channels by the thousand. Where a
// channel has to be open first, the client here never answers.

namespace lucid::hostile {

namespace {

using namespace rdp::proto::channels;

Misbehaviour row(std::string name, Script script, Ends ends, std::string reason = {}) {
    Misbehaviour m;
    m.who = Who::host;
    m.name = "host_channel_" + std::move(name);
    m.stage = Stage::finalized;
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}
Misbehaviour violation(std::string name, Bytes bytes) {
    return row(std::move(name), says(std::move(bytes)), Ends::partial,
               "protocol violation of the host");
}
Misbehaviour survives(std::string name, Bytes bytes) {
    return row(std::move(name), says(std::move(bytes)), Ends::survives);
}

Bytes chunk(std::uint16_t channel, std::uint32_t total, std::uint32_t flags, ByteView body) {
    return test::from_host(channel, Writer().u32_le(total).u32_le(flags).bytes(body).view());
}
Bytes dvc(ByteView message) {
    return test::host_message(dynamic, message);
}
Bytes create(std::uint32_t id, std::string_view name, bool terminated = true) {
    Writer w;
    w.u8(0x12).u32_le(id).text(name);
    if (terminated) w.u8(0);
    return dvc(w.view());
}
Bytes clip(std::uint16_t type, std::uint16_t flags, std::uint32_t length, ByteView data) {
    return test::host_message(
        clipboard, Writer().u16_le(type).u16_le(flags).u32_le(length).bytes(data).view());
}
Bytes device(std::uint16_t component, std::uint16_t packet, ByteView body) {
    return test::host_message(devices,
                              Writer().u16_le(component).u16_le(packet).bytes(body).view());
}
Bytes both_of(Bytes first, ByteView second) {
    append(first, second);
    return first;
}

constexpr std::uint32_t whole = channel_flag_first | channel_flag_last;
constexpr std::string_view graphics = "Microsoft::Windows::RDS::Graphics";

/// Channels with ids from 1 on, each with its own creation request.
Script creates(std::uint32_t count, std::string_view name) {
    return [count, name](Party& party) -> Result<void> {
        for (std::uint32_t at = 0; at < count;) {
            Bytes batch;
            for (int i = 0; i < 1000 && at < count; ++i) append(batch, create(++at, name));
            LUCID_CHECK(party.wire().send(batch));
        }
        return {};
    };
}

std::vector<Misbehaviour> chunks() {
    return {
        violation("chunk_without_header", test::from_host(clipboard, Bytes(3))),
        violation("chunk_compressed",
                  chunk(dynamic, 4, whole | channel_packet_compressed, Bytes(4))),
        violation("chunk_bomb_compressed_to_1_gib",
                  chunk(clipboard, 1 << 30, whole | channel_packet_compressed, Bytes(1500))),
        violation("chunk_last_without_first", chunk(devices, 4, channel_flag_last, Bytes(4))),
        violation("chunk_longer_than_its_message", chunk(dynamic, 2, whole, Bytes(9))),
        violation("chunk_last_too_early", chunk(dynamic, 90, whole, Bytes(9))),
        violation("dynamic_message_of_4_gib",
                  chunk(dynamic, 0xffffffff, channel_flag_first, Bytes(8))),
        row("flood_on_a_refused_channel",
            repeats(chunk(refused_channel, 1000, whole, Bytes(1000)), 20'000), Ends::survives),
        row("data_on_unknown_channel", says(chunk(2500, 4, whole, Bytes(4))), Ends::partial,
            "host channel nobody opened"),
    };
}

std::vector<Misbehaviour> dynamic_channels() {
    std::string no_text;
    for (int i = 0; i < 250; ++i) no_text += static_cast<char>(0x80 + i % 120);
    auto unread =
        row("refused_creations_without_end_whose_answers_nobody_reads",
            in_order(floods_for(std::chrono::milliseconds(2000), create(1, "NONSENSE")), closes()),
            Ends::complete, "closed");
    return {
        violation("creation_without_end_of_name", create(1, graphics, false)),
        violation("creation_of_257_bytes", create(1, std::string(257, 'n'))),
        violation("creation_of_one_id_twice", both_of(create(1, graphics), create(1, graphics))),
        violation("creation_id_size_3", dvc(Bytes{0x13, 1, 2, 3, 4, 'x', 0})),
        violation("command_unknown", dvc(Bytes{0xe0, 1, 2})),
        violation("soft_sync", dvc(Bytes{0x80, 0, 0, 0, 0, 0, 0, 0})),
        violation("compressed_data", dvc(Bytes{0x70, 1, 0xe0, 0x24})),
        violation("compressed_first_data", dvc(Bytes{0x68, 1, 0xff, 0xff, 0xff, 0xff})),
        violation("of_nothing", dvc({})),
        violation("capability_cut", dvc(Bytes{0x50, 0})),
        survives("version_65535", dvc(Bytes{0x50, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0})),
        survives("creation_with_empty_name", create(1, "")),
        survives("creation_with_name_that_is_no_text", create(1, no_text)),
        survives("creation_with_terminal_commands", create(1, "\x1b]0;x\x07\r\n\x1b[2J")),
        survives("data_on_unopened_channel", dvc(Bytes{0x30, 9, 1, 2})),
        survives("close_of_unopened_channel", dvc(Bytes{0x40, 9})),
        survives("first_data_of_4_gib_on_unopened_channel",
                 dvc(Bytes{0x28, 9, 0xff, 0xff, 0xff, 0xff})),
        survives("zgfx_bomb_on_an_open_channel",
                 [] {
                     // RDP8_BULK_ENCODED_DATA multipart that promises 4 GiB (MS-RDPEGFX 2.2.5.2).
                     Writer w;
                     w.u8(0x32)
                         .u32_le(1)
                         .u8(0xe1)
                         .u16_le(0xffff)
                         .u32_le(0xffffffff)
                         .bytes(Bytes(1500, 0xff));
                     return both_of(create(1, graphics), dvc(w.view()));
                 }()),
        row("10000_allowed_channels", creates(10'000, graphics), Ends::survives),
        row("10000_refused_channels", creates(10'000, "NONSENSE"), Ends::survives),
        std::move(unread),
    };
}

std::vector<Misbehaviour> clipboards_and_devices() {
    Writer request;
    request.u32_le(9).u32_le(1).u32_le(5).u32_le(3).u32_le(0).u32_le(0xffffffff);
    const auto io = device(0x4472, 0x4952, request.view());
    return {
        violation("clipboard_type_99", clip(99, 0, 0, {})),
        violation("clipboard_length_beyond_the_end", clip(2, 0, 5000, Bytes(8))),
        violation("clipboard_request_of_nothing", clip(4, 0, 0, {})),
        violation("clipboard_capabilities_cut", clip(7, 0, 2, Bytes{1, 0})),
        survives("clipboard_data_nobody_asked_for", clip(5, 1, 4000, Bytes(4000))),
        survives("clipboard_message_of_8_mib", clip(5, 1, 8 << 20, Bytes(8 << 20))),
        survives("clipboard_list_without_end", clip(2, 0, 6, Bytes{1, 0, 0, 0, 'a', 0})),
        row("clipboard_flood_of_requests", repeats(clip(4, 0, 4, Bytes(4)), 20'000),
            Ends::survives),
        violation("device_component_unknown", device(0x5555, 0x4952, Bytes(8))),
        violation("device_request_cut", device(0x4472, 0x4952, Bytes(9))),
        violation("device_reply_cut", device(0x4472, 0x6472, Bytes(2))),
        survives("device_request_to_unknown_device", io),
        survives("device_packet_unknown", device(0x4472, 0x9999, Bytes(300))),
        row("device_flood_of_requests_to_unknown_devices", repeats(io, 20'000), Ends::survives),
    };
}

}  // namespace

std::vector<Misbehaviour> host_channel_rows() {
    auto rows = chunks();
    for (const auto& table : {dynamic_channels, clipboards_and_devices})
        for (auto& m : table()) rows.push_back(std::move(m));
    return rows;
}

}  // namespace lucid::hostile

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>
#include <lucid/rdp/proto/channels/egfx_avc.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/rdpei.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/pointer_update.hpp>
#include <lucid/rdp/proto/redirection.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/updates.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <algorithm>
#include <tests/support/rdp_parsers.hpp>

namespace lucid::test {
namespace {

using namespace rdp::proto;
using namespace rdp::proto::channels;

template <class T>
int accepted(const Result<T>& result) {
    return result ? 1 : 0;
}

/// A view that a parser gave lies inside its input.
void inside(ByteView part, ByteView whole) {
    if (part.empty()) return;
    LUCID_ASSERT(part.data() >= whole.data());
    LUCID_ASSERT(part.data() + part.size() <= whole.data() + whole.size());
}

void check_blocks(const std::vector<GccBlock>& blocks, ByteView bytes) {
    for (const auto& block : blocks) {
        LUCID_ASSERT(block.length >= 4 && block.offset + block.length <= bytes.size());
        if (block.type == GccBlockType::cs_net)
            if (const auto channels = decode_client_network_data(bytes, block))
                for (const auto& channel : *channels)
                    LUCID_ASSERT(channel.name.size() <= 8 &&
                                 channel.name_offset + 8 <= bytes.size());
        (void)decode_server_network_data(bytes, block);
    }
}

}  // namespace

int parse_connect(ByteView bytes) {
    int count = 0;
    if (const auto request = decode_connection_request(bytes)) {
        ++count;
        const auto again = decode_connection_request(encode_connection_request(*request));
        LUCID_ASSERT(again && again->requested_protocols == request->requested_protocols);
    }
    count += accepted(decode_connection_confirm(bytes));
    for (const auto& blocks : {locate_client_blocks(bytes), locate_server_blocks(bytes)}) {
        count += accepted(blocks);
        if (blocks) check_blocks(*blocks, bytes);
    }
    return count;
}

int parse_domain(ByteView bytes) {
    int count = accepted(decode_tpkt(bytes)) + accepted(decode_data_tpdu(bytes));
    if (const auto frame = peek_pdu(bytes); frame && *frame) {
        ++count;
        LUCID_ASSERT((*frame)->length >= 2 && (*frame)->length <= 0xffff);
    }
    if (const auto pdu = decode_mcs_pdu(bytes)) {
        ++count;
        inside(pdu->data, bytes);
        const bool data = pdu->type == McsPduType::send_data_request ||
                          pdu->type == McsPduType::send_data_indication;
        if (data) {
            const auto packet =
                encode_send_data(pdu->type, pdu->initiator, pdu->channel, pdu->data);
            const auto again = decode_mcs_pdu(packet);
            LUCID_ASSERT(again && again->initiator == pdu->initiator &&
                         again->channel == pdu->channel &&
                         std::equal(again->data.begin(), again->data.end(), pdu->data.begin(),
                                    pdu->data.end()));
        }
    }
    return count;
}

int parse_client_info(ByteView bytes) {
    (void)decode_security_flags(bytes);
    const auto info = decode_client_info(bytes);
    if (!info) return 0;
    const auto packet = encode_client_info(*info);
    const auto again = decode_client_info(packet.expose());
    LUCID_ASSERT(again && !again->had_auto_reconnect_cookie);
    LUCID_ASSERT(again->user_name == info->user_name && again->domain == info->domain &&
                 again->alternate_shell == info->alternate_shell &&
                 again->extra_before_cookie == info->extra_before_cookie &&
                 again->extra_after_cookie == info->extra_after_cookie);
    return 1;
}

int parse_share(ByteView bytes) {
    int count = accepted(decode_share_control(bytes)) + (is_share_control(bytes) ? 1 : 0);
    if (const auto pdus = decode_share_pdus(bytes)) {
        ++count;
        LUCID_ASSERT(pdus->size() <= share_pdus_max);
        for (const auto& pdu : *pdus) {
            inside(pdu.body, bytes);
            if (const auto data = decode_share_data(pdu)) inside(data->payload, bytes);
        }
    }
    if (const auto capabilities = locate_capabilities(bytes)) {
        ++count;
        for (const auto& capability : *capabilities)
            LUCID_ASSERT(capability.length >= 4 &&
                         capability.offset + capability.length <= bytes.size());
    }
    if (has_auto_reconnect_cookie(bytes)) {
        Bytes patched = to_bytes(bytes);
        remove_auto_reconnect_cookie(patched);
        if (const auto cookie = auto_reconnect_cookie(bytes)) {
            inside(*cookie, bytes);
            LUCID_ASSERT(cookie->size() == auto_reconnect_cookie_bytes);
        }
        LUCID_ASSERT(patched.size() == bytes.size() && !has_auto_reconnect_cookie(patched));
    }
    (void)decode_error_info(bytes);
    return count + accepted(decode_slow_path_input(bytes));
}

int parse_redirection(ByteView bytes) {
    int count = 0;
    for (const auto& redirection :
         {decode_server_redirection(bytes), decode_enhanced_redirection(bytes),
          decode_standard_redirection(bytes)}) {
        if (!redirection) continue;
        ++count;
        LUCID_ASSERT(redirection->net_addresses.size() <= redirection_addresses_max);
        LUCID_ASSERT(redirection->routing_token.size() <= routing_token_bytes_max);
        LUCID_ASSERT(redirection->routing_token.find('\r') == std::string::npos);
        auto names = redirection->net_addresses;
        names.insert(names.end(), {redirection->net_address, redirection->fqdn,
                                   redirection->netbios_name, redirection->routing_token});
        for (const auto& name : names) {
            LUCID_ASSERT(name.size() <= redirection_name_max);
            LUCID_ASSERT(std::all_of(name.begin(), name.end(),
                                     [](char c) { return c >= 0x20 && c < 0x7f; }));
        }
    }
    return count;
}

int parse_fast_path(ByteView bytes) {
    int count = 0;
    if (const auto events = decode_fast_path_input(bytes)) {
        ++count;
        LUCID_ASSERT(events->size() <= fast_path_events_max);
    }
    if (const auto updates = decode_fast_path_output(bytes)) {
        ++count;
        for (const auto& update : *updates) inside(update.data, bytes);
    }
    return count;
}

int parse_static_channel(ByteView bytes) {
    constexpr std::size_t limit = 4096;
    Reassembler strict(limit);
    Reassembler skipping(limit, 8);
    int count = 0;
    // The input is cut into chunks of varying size.
    for (std::size_t at = 0; at < bytes.size();) {
        const auto size = std::min<std::size_t>(8U + bytes[at] % 64U, bytes.size() - at);
        const auto chunk = bytes.subspan(at, size);
        if (const auto message = strict.add(chunk); message && *message) {
            ++count;
            LUCID_ASSERT((*message)->size() <= limit);
        }
        if (const auto message = skipping.add(chunk); message && *message)
            LUCID_ASSERT((*message)->size() <= limit);
        if (const auto oversized = skipping.take_oversized())
            LUCID_ASSERT(oversized->total_bytes > limit && oversized->header.size() == 8);
        at += size;
    }
    // What is cut must come together again.
    Reassembler whole(bytes.size());
    const auto chunks = encode_chunks(bytes, true);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        const auto message = whole.add(chunks[i]);
        LUCID_ASSERT(message && message->has_value() == (i + 1 == chunks.size()));
        if (*message)
            LUCID_ASSERT(
                std::equal((*message)->begin(), (*message)->end(), bytes.begin(), bytes.end()));
    }
    return count;
}

int parse_clipboard(ByteView bytes) {
    (void)decode_file_list(bytes);
    const auto message = decode_clip_message(bytes);
    if (!message) return 0;
    inside(message->data, bytes);
    const auto again = encode_clip_message(message->type, message->flags, message->data);
    LUCID_ASSERT(again.size() <= bytes.size() &&
                 std::equal(again.begin(), again.end(), bytes.begin()));
    (void)decode_format_data_request(*message);
    (void)decode_file_contents_request(*message);
    if (const auto flags = decode_clip_general_flags(*message); flags && *flags)
        LUCID_ASSERT((*flags)->offset + 4 <= message->data.size());
    for (const bool long_names : {false, true})
        if (const auto formats = decode_format_list(*message, long_names)) {
            Bytes joined;
            for (const auto& format : *formats) append(joined, format.whole);
            LUCID_ASSERT(std::equal(joined.begin(), joined.end(), message->data.begin(),
                                    message->data.end()));
        }
    return 1;
}

int parse_dynamic(ByteView bytes) {
    int count = 0;
    for (const bool from_host : {false, true})
        if (const auto pdu = decode_dvc_pdu(bytes, from_host)) {
            ++count;
            inside(pdu->data, bytes);
            LUCID_ASSERT(pdu->name.size() <= dvc_name_bytes_max);
        }
    return count;
}

int parse_devices(ByteView bytes) {
    const auto message = decode_rdpdr_message(bytes);
    if (!message) return 0;
    if (const auto devices = decode_device_list(*message)) {
        std::vector<ByteView> entries;
        for (const auto& device : *devices) entries.push_back(device.whole);
        const auto again = encode_device_list(entries);
        LUCID_ASSERT(
            std::equal(again.begin() + 4, again.end(), message->body.begin(), message->body.end()));
    }
    (void)decode_device_remove(*message);
    (void)decode_device_id(*message);
    if (const auto request = decode_io_request(*message)) {
        if (const auto create = decode_create_request(*request)) inside(create->path, bytes);
        if (const auto target = decode_rename_target(*request); target && *target)
            inside(**target, bytes);
        if (const auto range = decode_file_range(*request)) inside(range->data, bytes);
    }
    if (const auto completion = decode_io_completion(*message)) {
        (void)decode_created_file(*completion);
        if (const auto data = decode_read_data(*completion)) inside(*data, bytes);
    }
    return 1;
}

int parse_egfx_commands(ByteView bytes) {
    int count = 0;
    EgfxReader commands(bytes);
    while (!commands.empty()) {
        const auto command = commands.next();
        if (!command) break;
        ++count;
        if (const auto* wire = std::get_if<WireToSurface1>(&*command)) {
            inside(wire->bitmap_data, bytes);
            if (const auto stream = decode_avc444_stream(wire->bitmap_data); stream && stream->main)
                inside(stream->main->h264, bytes);
        }
        if (const auto* wire = std::get_if<WireToSurface2>(&*command))
            inside(wire->bitmap_data, bytes);
        if (const auto* acknowledge = std::get_if<FrameAcknowledge>(&*command)) {
            const auto again = encode_egfx(*acknowledge);
            LUCID_ASSERT(EgfxReader(again).next());
        }
    }
    return count;
}

int parse_updates(ByteView bytes) {
    int count = accepted(decode_palette_update(bytes)) + accepted(decode_bitmap_codecs(bytes)) +
                accepted(decode_bitmap_capability(bytes)) + accepted(decode_update_type(bytes));
    if (const auto rectangles = decode_bitmap_update(bytes)) {
        ++count;
        for (const auto& rectangle : *rectangles) inside(rectangle.data, bytes);
    }
    if (const auto commands = decode_surface_commands(bytes)) {
        ++count;
        for (const auto& command : *commands)
            if (const auto* bits = std::get_if<SurfaceBits>(&command)) inside(bits->data, bytes);
    }
    const auto check = [&](const Result<PointerUpdate>& update) {
        count += accepted(update);
        if (!update || !std::holds_alternative<PointerShape>(*update)) return;
        const auto& shape = std::get<PointerShape>(*update);
        LUCID_ASSERT(shape.width <= pointer_side_max && shape.height <= pointer_side_max);
        inside(shape.xor_mask, bytes);
        inside(shape.and_mask, bytes);
    };
    for (const auto code :
         {UpdateCode::pointer_color, UpdateCode::pointer_new, UpdateCode::pointer_large})
        check(decode_fast_path_pointer(code, bytes));
    check(decode_slow_path_pointer(bytes));
    return count;
}

int parse_graphics(ByteView bytes) {
    (void)decode_egfx_command(bytes);
    int count = accepted(decode_caps_confirm(bytes)) + accepted(decode_monitor_layout(bytes)) +
                accepted(decode_host_monitors(bytes)) + accepted(decode_touch_host_message(bytes));
    if (const auto capabilities = decode_caps_advertise(bytes)) {
        ++count;
        const auto again = encode_caps_advertise(*capabilities);
        LUCID_ASSERT(again.size() == bytes.size());
        const auto twice = decode_caps_advertise(again);
        LUCID_ASSERT(twice && twice->size() == capabilities->size());
    }
    return count;
}

int parse_everything(ByteView bytes) {
    return parse_connect(bytes) + parse_domain(bytes) + parse_client_info(bytes) +
           parse_share(bytes) + parse_redirection(bytes) + parse_fast_path(bytes) +
           parse_static_channel(bytes) + parse_clipboard(bytes) + parse_dynamic(bytes) +
           parse_devices(bytes) + parse_graphics(bytes) + parse_egfx_commands(bytes) +
           parse_updates(bytes);
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>

#include <algorithm>

namespace lucid::rdp::proto::channels {
namespace {

/// One, two or four bytes as cbId / Len says: 0, 1, 2.
Result<std::uint32_t> take_variable(Reader& r, unsigned size_code, const char* field) {
    switch (size_code) {
        case 0:
            return r.u8(field);
        case 1:
            return r.u16_le(field);
        case 2:
            return r.u32_le(field);
        default:
            return fail(Errc::bad_value, field, size_code);
    }
}

}  // namespace

Result<DvcPdu> decode_dvc_pdu(ByteView message, bool from_host) {
    Reader r(message);
    LUCID_TRY(const auto head, r.u8("dvc header"));
    DvcPdu pdu;
    pdu.command = static_cast<DvcCommand>(head >> 4);
    const unsigned id_size = head & 0x03U;
    const unsigned length_size = (head >> 2) & 0x03U;
    switch (pdu.command) {
        case DvcCommand::capability: {
            LUCID_CHECK(r.skip(1, "dvc pad"));
            LUCID_TRY(pdu.version, r.u16_le("dvc version"));
            return pdu;
        }
        case DvcCommand::create: {
            LUCID_TRY(pdu.channel_id, take_variable(r, id_size, "dvc channel id"));
            pdu.data = r.rest();
            if (!from_host) return pdu;
            const auto text = as_text(r.rest());
            const auto end = text.find('\0');
            if (end == std::string_view::npos) return fail(Errc::truncated, "dvc channel name");
            if (end > dvc_name_bytes_max)
                return fail(Errc::limit_exceeded, "dvc channel name", end);
            pdu.name = std::string(text.substr(0, end));
            return pdu;
        }
        case DvcCommand::data_first: {
            LUCID_TRY(pdu.channel_id, take_variable(r, id_size, "dvc channel id"));
            LUCID_TRY(pdu.total_bytes, take_variable(r, length_size, "dvc length"));
            pdu.data = r.rest();
            return pdu;
        }
        case DvcCommand::data:
        case DvcCommand::close: {
            LUCID_TRY(pdu.channel_id, take_variable(r, id_size, "dvc channel id"));
            pdu.data = r.rest();
            return pdu;
        }
        case DvcCommand::data_first_compressed:
        case DvcCommand::data_compressed:
        case DvcCommand::soft_sync_request:
        case DvcCommand::soft_sync_response:
            break;
    }
    // Version 3 and multitransport features, which were not negotiated.
    return fail(Errc::unsupported, "dvc command", head >> 4);
}

Bytes encode_dvc_create_response(std::uint32_t channel_id, std::uint32_t status) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(DvcCommand::create) << 4 | 2U));
    w.u32_le(channel_id).u32_le(status);
    return w.take();
}

Bytes encode_dvc_close(std::uint32_t channel_id) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(DvcCommand::close) << 4 | 2U));
    w.u32_le(channel_id);
    return w.take();
}

Bytes encode_dvc_data(std::uint32_t channel_id, ByteView data) {
    Writer w(data.size() + 5);
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(DvcCommand::data) << 4 | 2U));
    w.u32_le(channel_id).bytes(data);
    return w.take();
}

std::vector<Bytes> encode_dvc_message(std::uint32_t channel_id, ByteView message) {
    constexpr std::size_t first_header_bytes = 1 + 4 + 4;
    constexpr std::size_t data_header_bytes = 1 + 4;
    std::vector<Bytes> pdus;
    if (message.size() > dvc_pdu_bytes_max - data_header_bytes) {
        const auto part = message.first(dvc_pdu_bytes_max - first_header_bytes);
        Writer w(dvc_pdu_bytes_max);
        // Four bytes each for channel id and total length.
        w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(DvcCommand::data_first) << 4 | 10U));
        w.u32_le(channel_id).u32_le(static_cast<std::uint32_t>(message.size())).bytes(part);
        pdus.push_back(w.take());
        message = message.subspan(part.size());
    }
    do {
        const auto part =
            message.first(std::min(message.size(), dvc_pdu_bytes_max - data_header_bytes));
        pdus.push_back(encode_dvc_data(channel_id, part));
        message = message.subspan(part.size());
    } while (!message.empty());
    return pdus;
}

Bytes encode_dvc_capability_response(std::uint16_t version) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(DvcCommand::capability) << 4));
    w.u8(0).u16_le(version);
    return w.take();
}

}  // namespace lucid::rdp::proto::channels

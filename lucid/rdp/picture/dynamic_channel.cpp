// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/dynamic_channel.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>

namespace lucid::rdp::picture {

namespace channels = proto::channels;
using channels::DvcCommand;

namespace {

constexpr std::string_view graphics_name = "Microsoft::Windows::RDS::Graphics";

}  // namespace

void DynamicChannel::reset() {
    *this = {};
}

Result<DynamicChannel::Event> DynamicChannel::chunk(ByteView user_data) {
    Reader r(user_data);
    LUCID_TRY(const auto total, r.u32_le("channel length"));
    LUCID_TRY(const auto flags, r.u32_le("channel flags"));
    if ((flags & channels::channel_packet_compressed) != 0)
        return fail(Errc::unsupported, "compressed channel chunk", flags);
    if ((flags & channels::channel_flag_first) != 0) {
        if (total > dynamic_pdu_bytes_max)
            return fail(Errc::limit_exceeded, "dynamic channel pdu", total);
        pdu_.clear();
        pdu_total_ = total;
        pdu_open_ = true;
    }
    if (!pdu_open_) return fail(Errc::bad_value, "channel flags", flags);
    if (r.remaining() > pdu_total_ - pdu_.size()) {
        pdu_open_ = false;
        return fail(Errc::bad_length, "channel chunk", r.remaining());
    }
    append(pdu_, r.rest());
    if ((flags & channels::channel_flag_last) == 0) return Event::nothing;
    pdu_open_ = false;
    return pdu(pdu_);
}

Result<DynamicChannel::Event> DynamicChannel::pdu(ByteView bytes) {
    LUCID_TRY(const auto pdu, channels::decode_dvc_pdu(bytes, true));
    if (pdu.command == DvcCommand::create) {
        if (pdu.name != graphics_name) return Event::nothing;
        graphics_ = pdu.channel_id;
        open_ = false;
        return Event::opened;
    }
    if (!graphics_ || pdu.command == DvcCommand::capability || pdu.channel_id != *graphics_)
        return Event::nothing;
    switch (pdu.command) {
        case DvcCommand::close:
            graphics_.reset();
            open_ = false;
            return Event::closed;
        case DvcCommand::data_first:
            if (pdu.total_bytes > graphics_message_bytes_max)
                return fail(Errc::limit_exceeded, "graphics message", pdu.total_bytes);
            parts_.clear();
            total_ = pdu.total_bytes;
            open_ = true;
            return add(pdu.data);
        case DvcCommand::data:
            if (open_) return add(pdu.data);
            message_ = to_bytes(pdu.data);
            return Event::message;
        default:
            return Event::nothing;
    }
}

Result<DynamicChannel::Event> DynamicChannel::add(ByteView data) {
    if (data.size() > total_ - parts_.size()) {
        open_ = false;
        return fail(Errc::bad_length, "graphics message", data.size());
    }
    append(parts_, data);
    if (parts_.size() < total_) return Event::nothing;
    open_ = false;
    message_ = std::exchange(parts_, {});
    return Event::message;
}

void DynamicChannel::save(Writer& w) const {
    w.u8(static_cast<std::uint8_t>((pdu_open_ ? 1U : 0U) | (graphics_ ? 2U : 0U) |
                                   (open_ ? 4U : 0U)));
    w.u32_le(static_cast<std::uint32_t>(pdu_total_)).u32_le(graphics_.value_or(0));
    w.u32_le(static_cast<std::uint32_t>(total_));
    w.u32_le(static_cast<std::uint32_t>(pdu_.size())).bytes(pdu_);
    w.u32_le(static_cast<std::uint32_t>(parts_.size())).bytes(parts_);
}

Result<void> DynamicChannel::restore(Reader& r) {
    reset();
    LUCID_TRY(const auto flags, r.u8("dynamic channel flags"));
    LUCID_TRY(pdu_total_, r.u32_le("dynamic pdu"));
    LUCID_TRY(const auto graphics, r.u32_le("graphics channel"));
    LUCID_TRY(total_, r.u32_le("graphics message"));
    LUCID_TRY(const auto pdu_bytes, r.u32_le("dynamic pdu"));
    LUCID_TRY(const auto pdu, r.take(pdu_bytes, "dynamic pdu"));
    LUCID_TRY(const auto parts_bytes, r.u32_le("graphics message"));
    LUCID_TRY(const auto parts, r.take(parts_bytes, "graphics message"));
    if (pdu_total_ > dynamic_pdu_bytes_max || pdu.size() > pdu_total_ ||
        total_ > graphics_message_bytes_max || parts.size() > total_)
        return fail(Errc::bad_length, "dynamic channel state");
    pdu_ = to_bytes(pdu);
    parts_ = to_bytes(parts);
    pdu_open_ = (flags & 1U) != 0;
    if ((flags & 2U) != 0) graphics_ = graphics;
    open_ = (flags & 4U) != 0;
    return {};
}

}  // namespace lucid::rdp::picture

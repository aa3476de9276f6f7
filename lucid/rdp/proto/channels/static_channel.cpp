// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>

#include <algorithm>
#include <utility>

namespace lucid::rdp::proto::channels {

Result<std::optional<ByteView>> Reassembler::add(ByteView chunk) {
    Reader r(chunk);
    LUCID_TRY(const auto total, r.u32_le("channel length"));
    LUCID_TRY(const auto flags, r.u32_le("channel flags"));
    if ((flags & channel_packet_compressed) != 0)
        return fail(Errc::unsupported, "compressed channel chunk", flags);
    const bool first = (flags & channel_flag_first) != 0;
    if (first == open_) return fail(Errc::bad_value, "channel flags", flags);
    if (first) {
        const bool oversized = total > message_bytes_max_;
        if (oversized && !skips_oversized_)
            return fail(Errc::limit_exceeded, "channel length", total);
        message_.clear();
        total_ = total;
        received_ = 0;
        open_ = true;
        hash_.reset();
        if (oversized) hash_.emplace();
    }
    if (total != total_) return fail(Errc::bad_length, "channel length", total);
    if (r.remaining() > total_ - received_)
        return fail(Errc::bad_length, "channel chunk", r.remaining());
    received_ += r.remaining();
    if (hash_)
        add_oversized(r.rest());
    else
        append(message_, r.rest());
    if ((flags & channel_flag_last) == 0) return std::nullopt;
    if (received_ != total_) return fail(Errc::bad_length, "channel message", received_);
    open_ = false;
    if (!hash_) return ByteView(message_);
    oversized_ = OversizedMessage{std::move(message_), total_, hash_->finish()};
    message_ = {};
    return std::nullopt;
}

void Reassembler::add_oversized(ByteView part) {
    const auto wanted = std::min(header_bytes_ - message_.size(), part.size());
    append(message_, part.first(wanted));
    hash_->update(part.subspan(wanted));
}

std::optional<OversizedMessage> Reassembler::take_oversized() {
    return std::exchange(oversized_, std::nullopt);
}

std::vector<Bytes> encode_chunks(ByteView message, bool show_protocol) {
    std::vector<Bytes> chunks;
    std::size_t done = 0;
    do {
        const auto size = std::min(chunk_bytes, message.size() - done);
        std::uint32_t flags = show_protocol ? channel_flag_show_protocol : 0;
        if (done == 0) flags |= channel_flag_first;
        if (done + size == message.size()) flags |= channel_flag_last;
        Writer w(size + 8);
        w.u32_le(static_cast<std::uint32_t>(message.size())).u32_le(flags);
        w.bytes(message.subspan(done, size));
        chunks.push_back(w.take());
        done += size;
    } while (done < message.size());
    return chunks;
}

}  // namespace lucid::rdp::proto::channels

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/gateway/door_tally.hpp>

#include <algorithm>
#include <arpa/inet.h>

namespace lucid::rdp::gateway {

namespace {

constexpr std::size_t ipv4_bytes = 4;
constexpr std::size_t ipv6_half_bytes = 8;

std::string readable(ByteView address) {
    ByteArray<16> whole{};
    std::copy(address.begin(), address.end(), whole.begin());
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = address.size() == ipv4_bytes;
    if (::inet_ntop(v4 ? AF_INET : AF_INET6, whole.data(), text.data(), text.size()) == nullptr)
        return {};
    return v4 ? std::string(text.data()) : std::string(text.data()) + "/64";
}

}  // namespace

const char* to_text(TurnedAway reason) {
    switch (reason) {
        case TurnedAway::no_rdp:
            return "no_rdp";
        case TurnedAway::silent:
            return "silent";
        case TurnedAway::left:
            return "left";
        case TurnedAway::crowded:
            return "crowded";
    }
    return "";
}

void DoorTally::note(TurnedAway reason, const std::string& address) {
    auto& count = counts_[static_cast<std::size_t>(reason)];
    if (count < UINT32_MAX) ++count;
    last_address_ = address;
    any_ = true;
}

std::optional<DoorTally::Time> DoorTally::due() const {
    return any_ ? std::optional(next_) : std::nullopt;
}

Bytes DoorTally::take(Time now) {
    Writer writer;
    for (const auto count : counts_) writer.u32_le(count);
    writer.u8(static_cast<std::uint8_t>(last_address_.size())).text(last_address_);
    counts_ = {};
    any_ = false;
    next_ = now + pace;
    return writer.take();
}

Result<DoorNews> decode_door_news(ByteView frame) {
    Reader reader(frame);
    DoorNews news;
    for (auto& count : news.counts) {
        LUCID_TRY(count, reader.u32_le("count of the door"));
    }
    LUCID_TRY(const auto size, reader.u8("address length"));
    if (size != 0 && size != ipv4_bytes && size != ipv6_half_bytes)
        return fail(Errc::bad_length, "address length", size);
    LUCID_TRY(const auto address, reader.take(size, "address"));
    LUCID_CHECK(reader.finish("news of the door"));
    if (size != 0) news.last_address = readable(address);
    return news;
}

}  // namespace lucid::rdp::gateway

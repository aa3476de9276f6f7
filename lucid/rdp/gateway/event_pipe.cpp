// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/gateway/event_pipe.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>

namespace lucid::rdp::gateway {

namespace {

constexpr std::size_t header_bytes = 4 + 1 + 1 + 8;
constexpr std::uint8_t acknowledgement = 0x01;

template <class Integer>
void put_le(std::uint8_t* at, Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
        at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

template <class Integer>
Integer get_le(const std::uint8_t* at) {
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i)
        value = static_cast<Integer>(value | static_cast<Integer>(at[i]) << (8 * i));
    return value;
}

}  // namespace

void EventPipe::attach(core::net::Fd socket) {
    socket_ = std::move(socket);
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    if (flags >= 0) (void)::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
    // Fewer turns between the two processes; the kernel gives what its limit allows.
    const int buffer_bytes = high_water_bytes;
    (void)::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
}

void EventPipe::put(std::uint8_t event_class, std::uint8_t kind, std::uint64_t time_us,
                    ByteView payload) {
    ByteArray<header_bytes> header;
    put_le(header.data(), static_cast<std::uint32_t>(header_bytes - 4 + payload.size()));
    header[4] = event_class;
    header[5] = kind;
    put_le(header.data() + 6, time_us);
    append(pending_, header);
    append(pending_, payload);
}

void EventPipe::not_before(std::uint64_t time_us) {
    LUCID_ASSERT(sent_ == 0);
    for (std::size_t at = 0; at + header_bytes <= pending_.size();) {
        const auto length = get_le<std::uint32_t>(pending_.data() + at);
        auto* const time = pending_.data() + at + 6;
        if (get_le<std::uint64_t>(time) < time_us) put_le(time, time_us);
        at += 4 + length;
    }
}

Result<void> EventPipe::flush(Time now) {
    if (!attached()) return {};
    LUCID_CHECK(read_acknowledgements());
    bool moved = false;
    while (sent_ < pending_.size()) {
        const auto sent = ::send(socket_.get(), pending_.data() + sent_, pending_.size() - sent_,
                                 MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            sent_ += static_cast<std::size_t>(sent);
            moved = true;
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && errno == EAGAIN) break;
        return fail(Errc::peer_closed, "recorder pipe");
    }
    if (sent_ == pending_.size()) {
        pending_.clear();
        sent_ = 0;
        stuck_since_.reset();
        return {};
    }
    if (sent_ > pending_.size() / 2) {
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(sent_));
        sent_ = 0;
    }
    if (moved || !stuck_since_) stuck_since_ = now;
    if (now - *stuck_since_ >= grace) return fail(Errc::timed_out, "recorder pipe");
    return {};
}

std::optional<EventPipe::Time> EventPipe::deadline() const {
    if (!stuck_since_) return std::nullopt;
    return *stuck_since_ + grace;
}

Result<void> EventPipe::read_acknowledgements() {
    ByteArray<64> bytes;
    for (;;) {
        const auto got = ::recv(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return {};
        if (got <= 0) return fail(Errc::peer_closed, "recorder pipe");
        for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
            if (bytes[i] != acknowledgement)
                return fail(Errc::bad_value, "recorder acknowledgement", bytes[i]);
            ++stored_mebibytes_;
        }
    }
}

}  // namespace lucid::rdp::gateway

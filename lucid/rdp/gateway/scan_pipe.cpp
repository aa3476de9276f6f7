// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/scan_pipe.hpp>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

namespace lucid::rdp::gateway {

using namespace scan::proto;

void ScanPipe::attach(core::net::Fd socket) {
    socket_ = std::move(socket);
    out_.clear();
    in_.clear();
    out_sent_ = 0;
}

short ScanPipe::events() const {
    const bool more =
        out_sent_ < out_.size() ||
        std::any_of(asked_.begin(), asked_.end(), [](const auto& a) { return !a.whole; });
    return static_cast<short>(POLLIN | (more ? POLLOUT : 0));
}

std::optional<ScanPipe::Time> ScanPipe::deadline() const {
    if (asked_.empty()) return std::nullopt;
    return asked_.front().deadline;
}

void ScanPipe::put(std::uint32_t id, std::shared_ptr<const Bytes> content, Time now) {
    asked_.push_back({id, std::move(content), 0, false, now + patience});
}

void ScanPipe::fill_out() {
    out_.clear();
    out_sent_ = 0;
    const auto next =
        std::find_if(asked_.begin(), asked_.end(), [](const auto& a) { return !a.whole; });
    if (next == asked_.end()) return;
    const auto rest = ByteView(*next->content).subspan(next->sent);
    const auto piece = rest.first(std::min(rest.size(), scan_piece_bytes_max));
    if (!piece.empty()) {
        append(out_, scan_frame_head(ScanOp::piece, next->id, piece.size()));
        append(out_, piece);
        next->sent += piece.size();
    }
    if (piece.size() < rest.size()) return;
    append(out_, scan_frame_head(ScanOp::end, next->id, 0));
    next->whole = true;
}

Result<void> ScanPipe::send_some() {
    for (;;) {
        if (out_sent_ == out_.size()) fill_out();
        if (out_.empty()) return {};
        const auto rest = ByteView(out_).subspan(out_sent_);
        const auto sent =
            ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            if (errno == EAGAIN || errno == EINTR) return {};
            return fail_errno(errno, "scan pipe");
        }
        out_sent_ += static_cast<std::size_t>(sent);
    }
}

Result<void> ScanPipe::receive_some() {
    ByteArray<4096> buffer{};
    for (;;) {
        const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (got == 0) return fail(Errc::peer_closed, "scan pipe");
        if (got < 0) {
            if (errno == EAGAIN || errno == EINTR) return {};
            return fail_errno(errno, "scan pipe");
        }
        append(in_, ByteView(buffer).first(static_cast<std::size_t>(got)));
        for (;;) {
            LUCID_TRY(const auto frame, peek_verdict_frame(in_));
            if (!frame) break;
            in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(frame->length));
            if (asked_.empty() || asked_.front().id != frame->id || !asked_.front().whole)
                return fail(Errc::bad_value, "verdict nobody asked for", frame->id);
            asked_.pop_front();
            said_.push_back({frame->id, frame->result});
        }
    }
}

void ScanPipe::on_ready(Time now) {
    if (!attached()) return;
    if (const auto when = deadline(); when && now >= *when) return give_up("no verdict in time");
    if (!receive_some() || !send_some()) give_up("the scanner process is gone");
}

void ScanPipe::give_up(const char* why) {
    socket_.reset();
    for (const auto& asked : asked_) said_.push_back({asked.id, {Verdict::unavailable, why}});
    asked_.clear();
}

std::optional<ScanPipe::Said> ScanPipe::take() {
    if (said_.empty()) return std::nullopt;
    auto first = std::move(said_.front());
    said_.pop_front();
    return first;
}

}  // namespace lucid::rdp::gateway

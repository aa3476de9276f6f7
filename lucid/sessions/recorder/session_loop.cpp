// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/sessions/recorder/event_frames.hpp>
#include <lucid/sessions/recorder/session_loop.hpp>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lucid::sessions::recorder {
namespace {

namespace log = core::runtime::log;

constexpr std::size_t read_bytes = 256 * 1024;
constexpr int idle_poll_ms = 200;

}  // namespace

std::uint64_t SessionLoop::now_us() const {
    const auto now = static_cast<std::uint64_t>(core::runtime::boottime_us());
    return now > start_boottime_us_ ? now - start_boottime_us_ : 0;
}

Result<std::optional<SessionLoop::Stop>> SessionLoop::take_frames() {
    std::size_t done = 0;
    std::optional<Stop> stop;
    while (!stop) {
        LUCID_TRY(const auto frame, peek_frame(ByteView(buffer_).subspan(done)));
        if (!frame) break;
        // Derived data has a tree of its own; the same class and index must not be sealed twice.
        if (frame->event_class == format::EventClass::index)
            return fail(Errc::bad_value, "an index event from the relay", frame->kind);
        LUCID_CHECK(writer_->add(frame->event_class, frame->kind, frame->time_us, frame->payload));
        if (tap_) tap_->offer(*frame);
        if (frame->kind == format::kind_end) {
            LUCID_TRY(const auto ending, decode_ending(frame->payload));
            stop = Stop{ending.complete, ending.reason};
        }
        done += frame->length;
    }
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(done));
    return stop;
}

Result<std::optional<SessionLoop::Stop>> SessionLoop::read_pipe() {
    const auto before = buffer_.size();
    buffer_.resize(before + read_bytes);
    const auto got = ::recv(pipe_.get(), buffer_.data() + before, read_bytes, MSG_DONTWAIT);
    buffer_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (got <= 0) return Stop{false, "relay lost"};
    return take_frames();
}

/// One byte for each MiB stored, so that the relay knows we live. A relay that does not read them
/// loses nothing.
void SessionLoop::acknowledge() {
    const auto stored = writer_->stored_bytes() >> 20;
    for (; acknowledged_mebibytes_ < stored; ++acknowledged_mebibytes_) {
        const std::uint8_t one = 1;
        if (::send(pipe_.get(), &one, 1, MSG_DONTWAIT | MSG_NOSIGNAL) != 1) break;
    }
}

/// A session that writes nothing does not fill the disk.
std::optional<std::string> SessionLoop::check_space() {
    const auto now = now_us();
    if (!space_ || writer_->stored_bytes() == space_checked_bytes_ ||
        now < space_checked_us_ + space_check_us)
        return std::nullopt;
    space_checked_us_ = now;
    space_checked_bytes_ = writer_->stored_bytes();
    return space_();
}

Result<SessionLoop::Stop> SessionLoop::pump() {
    for (;;) {
        if (draining_) return Stop{false, "gateway shut down"};
        if (auto full = check_space()) return Stop{false, std::move(*full)};
        int timeout_ms = idle_poll_ms;
        if (const auto due = writer_->due_us()) {
            const auto now = now_us();
            timeout_ms = *due <= now ? 0
                                     : std::min<int>(idle_poll_ms,
                                                     static_cast<int>((*due - now) / 1000 + 1));
        }
        pollfd item{pipe_.get(), POLLIN, 0};
        ::poll(&item, 1, timeout_ms);
        std::optional<Stop> stop;
        if ((item.revents & (POLLIN | POLLHUP | POLLERR)) != 0) {
            LUCID_TRY(stop, read_pipe());
        }
        LUCID_CHECK(writer_->tick(now_us()));
        anchoring_.update(id_, writer_->synced());
        acknowledge();
        if (tap_) tap_->stored(writer_->stored_bytes());
        if (stop) return *stop;
    }
}

SessionEnd SessionLoop::run() {
    auto stop = pump();
    if (!stop) {
        log::error("session stops recording",
                   {{"session", id_.hex()}, {"error", stop.error().message()}});
        stop = Stop{false, "recording failed: " + stop.error().message()};
    }
    // Closing the pipe first tells the relay at once; it ends the session.
    pipe_.reset();
    const auto manifest =
        writer_->close(stop->complete, stop->reason,
                       static_cast<std::uint64_t>(core::runtime::wall_time_us()), now_us());
    SessionEnd end{id_, std::nullopt, stop->complete ? "complete" : "partial", stop->reason};
    if (!manifest) {
        log::error("recording could not be ended",
                   {{"session", id_.hex()}, {"error", manifest.error().message()}});
        end.state = "partial";
        if (tap_) tap_->abandon();
        return end;
    }
    end.manifest = *manifest;
    if (tap_) tap_->finish(*manifest);
    anchoring_.end(id_, *manifest, format::manifest_hash(as_bytes(manifest->to_json())));
    return end;
}

}  // namespace lucid::sessions::recorder

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/log.hpp>
#include <lucid/sessions/recorder/index_tap.hpp>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lucid::sessions::recorder {
namespace {

namespace log = core::runtime::log;

constexpr std::size_t read_bytes = 16 * 1024;
/// A buffer that was larger goes back to the system once it is sent.
constexpr std::size_t kept_bytes = 256 * 1024;
constexpr std::size_t frame_body_head_bytes = 10;

Bytes frame_of(format::EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
               ByteView payload) {
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(frame_body_head_bytes + payload.size()));
    w.u8(static_cast<std::uint8_t>(event_class)).u8(kind).u64_le(time_us).bytes(payload);
    return w.take();
}

}  // namespace

bool IndexQueueSpace::take(std::size_t bytes) {
    auto used = used_.load();
    do {
        if (bytes > bytes_max - used) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return true;
}

IndexTap::IndexTap(const SessionId& id, core::net::Fd socket, std::unique_ptr<IndexWriter> writer,
                   const crypto::Ed25519Key& evidence_key, IndexQueueSpace& space)
    : id_(id),
      socket_(std::move(socket)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      writer_(std::move(writer)),
      evidence_key_(evidence_key),
      space_(space),
      thread_([this] { run(); }) {}

IndexTap::~IndexTap() {
    abandon();
    thread_.join();
}

void IndexTap::wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
}

void IndexTap::queue(ByteView frame) {
    bool was_empty = false;
    {
        const std::lock_guard lock(mutex_);
        if (abandoned_ || overflowed_) return;
        was_empty = queue_.empty();
        if (held_ + frame.size() > queue_bytes_max || !space_.take(frame.size())) {
            overflowed_ = true;
            was_empty = true;
            give_back(queue_.size());
            queue_ = {};
        } else {
            held_ += frame.size();
            append(queue_, frame);
        }
    }
    if (was_empty) wake();
}

void IndexTap::offer(const EventFrame& frame) {
    if (done_) return;
    if (frame.event_class == format::EventClass::screen)
        queue(frame_of(frame.event_class, frame.kind, frame.time_us, frame.payload));
    else if (frame.event_class == format::EventClass::input)
        queue(frame_of(frame.event_class, frame.kind, frame.time_us, {}));
}

void IndexTap::stored(std::uint64_t bytes) {
    if (done_) return;
    {
        const std::lock_guard lock(mutex_);
        if (bytes == stored_) return;
        stored_ = bytes;
    }
    Writer w;
    w.u64_le(bytes);
    queue(frame_of(format::EventClass::index, format::kind_index_stored, 0, w.view()));
}

void IndexTap::finish(const format::Manifest& manifest) {
    {
        const std::lock_guard lock(mutex_);
        manifest_ = manifest;
        deadline_ = Clock::now() + end_patience;
    }
    wake();
}

void IndexTap::abandon() {
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
    }
    wake();
}

void IndexTap::hurry(std::chrono::milliseconds patience) {
    {
        const std::lock_guard lock(mutex_);
        const auto until = Clock::now() + patience;
        deadline_ = deadline_ ? std::min(*deadline_, until) : until;
    }
    wake();
}

void IndexTap::give_back(std::size_t bytes) {
    held_ -= bytes;
    space_.give_back(bytes);
}

void IndexTap::give_back_sent() {
    give_back(sending_.size());
    sending_.clear();
    if (sending_.capacity() > kept_bytes) sending_ = {};
    sent_ = 0;
}

/// False when the indexer does not take any more.
bool IndexTap::send_queued(std::string& problem) {
    for (;;) {
        if (sent_ == sending_.size()) {
            give_back_sent();
            const std::lock_guard lock(mutex_);
            std::swap(sending_, queue_);
            if (sending_.empty()) {
                if (manifest_ && !shut_) {
                    ::shutdown(socket_.get(), SHUT_WR);
                    shut_ = true;
                }
                return true;
            }
        }
        const auto done = ::send(socket_.get(), sending_.data() + sent_, sending_.size() - sent_,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0 && errno == EAGAIN) return true;
        if (done <= 0) {
            problem = "the indexer is gone";
            return false;
        }
        sent_ += static_cast<std::size_t>(done);
    }
}

/// One frame off the front of what came; false when there is none that is whole, or a bad one.
bool IndexTap::take_answer(std::string& problem) {
    const auto frame = peek_frame(received_);
    if (!frame) problem = frame.error().message();
    if (!frame || !*frame) return false;
    const auto& f = **frame;
    if (f.event_class == format::EventClass::index && f.kind == format::kind_index_done) {
        whole_ = true;
    } else if (f.event_class != format::EventClass::index) {
        problem = "an event that is none of an index";
    } else {
        std::uint64_t recorded = 0;
        {
            const std::lock_guard lock(mutex_);
            recorded = stored_;
        }
        const auto added = writer_->add(f.kind, f.time_us, f.payload, recorded);
        if (!added) problem = added.error().message();
    }
    if (!problem.empty()) return false;
    received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(f.length));
    return true;
}

bool IndexTap::take_answers(std::string& problem) {
    const auto before = received_.size();
    received_.resize(before + read_bytes);
    const auto got = ::recv(socket_.get(), received_.data() + before, read_bytes, MSG_DONTWAIT);
    received_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (got <= 0) {
        if (!whole_) problem = "the indexer is gone";
        return false;
    }
    while (take_answer(problem)) {
    }
    return problem.empty() && !whole_;
}

std::string IndexTap::follow() {
    std::string problem;
    for (;;) {
        if (!send_queued(problem)) return problem;
        int timeout_ms = -1;
        {
            const std::lock_guard lock(mutex_);
            if (abandoned_) return "the recording was not sealed";
            if (overflowed_) return "the indexer cannot keep up";
            if (deadline_) {
                const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                    *deadline_ - Clock::now());
                if (left.count() <= 0) return "the indexer takes too long";
                timeout_ms = static_cast<int>(left.count()) + 1;
            }
        }
        const bool more = sent_ < sending_.size();
        std::array<pollfd, 2> items{{
            {socket_.get(), static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0},
            {wake_.get(), POLLIN, 0},
        }};
        ::poll(items.data(), items.size(), timeout_ms);
        if (items[1].revents != 0) {
            std::uint64_t count = 0;
            (void)!::read(wake_.get(), &count, sizeof count);
        }
        if ((items[0].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !take_answers(problem))
            return problem;
    }
}

void IndexTap::run() {
    auto problem = follow();
    socket_.reset();
    if (problem.empty()) {
        const std::lock_guard lock(mutex_);
        if (!manifest_) problem = "the indexer ended before the session";
    }
    if (problem.empty()) {
        const auto finished = writer_->finish(*manifest_, evidence_key_);
        if (!finished) problem = finished.error().message();
    }
    if (problem.empty())
        log::info("session indexed", {{"session", id_.hex()}, {"bytes", writer_->stored_bytes()}});
    else
        log::warning("session has no index", {{"session", id_.hex()}, {"reason", problem}});
    writer_.reset();
    give_back_sent();
    {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        give_back(queue_.size());
        queue_ = {};
    }
    done_ = true;
}

}  // namespace lucid::sessions::recorder

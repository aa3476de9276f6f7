// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A live session's events to its indexer, and its index back to disk, on a thread of its own: the
/// session never waits for it. An indexer that dies, says nonsense, falls behind or takes longer
/// than end_patience after the session costs the recording its index and nothing else.

#include <lucid/sessions/recorder/event_frames.hpp>
#include <lucid/sessions/recorder/index_writer.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <thread>

namespace lucid::sessions::recorder {

/// What events may take that wait for indexers, all sessions together: where the processor is too
/// slow for the indexers there are, the recorder's memory does not grow with their number.
class IndexQueueSpace {
  public:
    static constexpr std::size_t bytes_max = std::size_t{64} << 20;
    /// False when there is not so much left.
    bool take(std::size_t bytes);
    void give_back(std::size_t bytes) { used_ -= bytes; }
    [[nodiscard]] std::size_t used() const { return used_; }

  private:
    std::atomic<std::size_t> used_{0};
};

class IndexTap {
  public:
    /// Events of one session that wait for its indexer.
    static constexpr std::size_t queue_bytes_max = std::size_t{32} << 20;
    /// What it may take to finish once the session is sealed.
    static constexpr std::chrono::milliseconds end_patience{30'000};

    /// `socket` is the recorder's end; `evidence_key` and `space` must outlive this.
    IndexTap(const SessionId& id, core::net::Fd socket, std::unique_ptr<IndexWriter> writer,
             const crypto::Ed25519Key& evidence_key, IndexQueueSpace& space);
    /// Abandons what is not finished.
    ~IndexTap();

    /// From the session's thread, in its order: what is drawn goes as it came; of what the client
    /// did only that it did.
    void offer(const EventFrame& frame);
    void stored(std::uint64_t bytes);
    /// The recording is sealed.
    void finish(const format::Manifest& manifest);
    /// There will be no index.
    void abandon();
    /// Not longer than this from now on.
    void hurry(std::chrono::milliseconds patience);
    [[nodiscard]] bool done() const { return done_; }

  private:
    using Clock = std::chrono::steady_clock;
    void run();
    void queue(ByteView frame);
    void wake();
    /// Until the indexer has said all, or the reason why there is no index.
    std::string follow();
    bool send_queued(std::string& problem);
    void give_back(std::size_t bytes);
    void give_back_sent();
    bool take_answers(std::string& problem);
    bool take_answer(std::string& problem);

    SessionId id_;
    core::net::Fd socket_;
    core::net::Fd wake_;
    std::unique_ptr<IndexWriter> writer_;
    const crypto::Ed25519Key& evidence_key_;
    IndexQueueSpace& space_;
    std::atomic<std::size_t> held_{0};  ///< of it: queue_ and sending_

    std::mutex mutex_;  ///< guards the next six
    Bytes queue_;
    std::uint64_t stored_ = 0;
    bool overflowed_ = false;
    bool abandoned_ = false;
    std::optional<format::Manifest> manifest_;
    std::optional<Clock::time_point> deadline_;

    // The thread's own.
    Bytes sending_;
    std::size_t sent_ = 0;
    Bytes received_;
    bool shut_ = false;
    bool whole_ = false;
    std::atomic<bool> done_{false};
    std::thread thread_;
};

}  // namespace lucid::sessions::recorder

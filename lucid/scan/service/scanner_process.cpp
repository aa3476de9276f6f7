// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/log.hpp>
#include <lucid/scan/proto/scan_frames.hpp>
#include <lucid/scan/service/clamd_connection.hpp>
#include <lucid/scan/service/scanner_process.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <list>
#include <poll.h>
#include <sys/socket.h>

namespace lucid::scan::service {
namespace {

namespace log = core::runtime::log;
using Clock = std::chrono::steady_clock;
using proto::ScanResult;
using proto::Verdict;

/// Most that is read of a pipe at once.
constexpr std::size_t read_bytes = 128 * 1024;

/// A content that is being scanned.
struct Job {
    std::uint32_t id = 0;
    Clock::time_point deadline;
    std::optional<ClamdConnection> clamd;
    std::optional<ScanResult> result;
    bool whole = false;  ///< its end was sent
};

class Pipe {
  public:
    Pipe(core::net::Fd socket, const ScannerOptions& options)
        : socket_(std::move(socket)), options_(options) {}

    [[nodiscard]] int fd() const { return socket_.get(); }
    [[nodiscard]] int clamd_fd() const {
        return job_ && job_->clamd && !job_->result ? job_->clamd->fd() : -1;
    }
    [[nodiscard]] short events() const {
        const bool wants = out_.empty() && (!job_ || job_->result || job_->clamd->has_room()) &&
                           !(job_ && job_->whole);
        return static_cast<short>((wants ? POLLIN : 0) | (out_.empty() ? 0 : POLLOUT));
    }
    [[nodiscard]] short clamd_events() const { return job_->clamd->events(); }
    [[nodiscard]] std::optional<Clock::time_point> deadline() const {
        if (!job_ || job_->result) return std::nullopt;
        return job_->deadline;
    }

    /// False: the relay is gone or breaks the protocol.
    bool on_pipe(short seen) {
        if ((seen & POLLOUT) != 0 && !send_some()) return false;
        if ((seen & (POLLIN | POLLHUP | POLLERR)) == 0) return true;
        return (seen & POLLIN) != 0 ? read_some() : false;
    }
    bool on_clamd() {
        job_->result = job_->clamd->on_ready();
        return settle();
    }
    bool on_time(Clock::time_point now) {
        if (const auto when = deadline(); when && now >= *when) {
            job_->result = {Verdict::timed_out, ""};
            return settle();
        }
        return true;
    }

  private:
    bool read_some() {
        const auto kept = in_.size();
        in_.resize(kept + read_bytes);
        const auto got = ::recv(socket_.get(), in_.data() + kept, read_bytes, MSG_DONTWAIT);
        in_.resize(kept + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return false;
        return take_frames();
    }
    /// Up to the end of a content whose verdict is still out: the next one waits.
    bool take_frames() {
        std::size_t done = 0;
        while (!job_ || !job_->whole) {
            const auto frame = proto::peek_scan_frame(ByteView(in_).subspan(done));
            if (!frame) return false;
            if (!*frame) break;
            done += (*frame)->length;
            if (!take(**frame)) return false;
            answer_if_done();
        }
        in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(done));
        return send_some();
    }
    bool take(const proto::ScanFrame& frame) {
        if (!job_) begin(frame.id);
        if (job_->id != frame.id) return false;
        if (frame.op == proto::ScanOp::end) job_->whole = true;
        if (job_->result) return true;
        if (frame.op == proto::ScanOp::end)
            job_->clamd->end();
        else
            job_->clamd->piece(frame.piece);
        return true;
    }
    void begin(std::uint32_t id) {
        job_.emplace();
        job_->id = id;
        job_->deadline = Clock::now() + options_.limit;
        auto connection = ClamdConnection::open(options_.clamd);
        if (connection) {
            job_->clamd = std::move(*connection);
            return;
        }
        log::warning("the scanner cannot be reached",
                     {{"address", options_.clamd.text()}, {"error", connection.error().message()}});
        job_->result = {Verdict::unavailable, proto::scan_name(connection.error().message())};
    }
    /// A content with both its end and its verdict is answered.
    void answer_if_done() {
        if (!job_ || !job_->result) return;
        job_->clamd.reset();
        if (!job_->whole) return;
        append(out_, proto::encode_verdict_frame(job_->id, *job_->result));
        job_.reset();
    }
    bool settle() {
        answer_if_done();
        return take_frames();
    }
    bool send_some() {
        while (!out_.empty()) {
            const auto sent =
                ::send(socket_.get(), out_.data(), out_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent < 0) return errno == EAGAIN || errno == EINTR;
            out_.erase(out_.begin(), out_.begin() + sent);
        }
        return true;
    }

    core::net::Fd socket_;
    const ScannerOptions& options_;
    Bytes in_;
    Bytes out_;
    std::optional<Job> job_;
};

class Scanner {
  public:
    Scanner(core::net::FrameChannel core, const ScannerOptions& options)
        : core_(std::move(core)), options_(options) {}

    void run() {
        while (turn()) {
        }
    }

  private:
    bool turn() {
        std::vector<pollfd> items{{core_.fd(), POLLIN, 0}};
        for (const auto& pipe : pipes_) {
            items.push_back({pipe.fd(), pipe.events(), 0});
            const int clamd = pipe.clamd_fd();
            items.push_back({clamd, clamd < 0 ? short{0} : pipe.clamd_events(), 0});
        }
        if (::poll(items.data(), items.size(), timeout_ms()) < 0 && errno != EINTR) return false;
        std::size_t at = 1;
        const auto now = Clock::now();
        for (auto pipe = pipes_.begin(); pipe != pipes_.end(); at += 2) {
            const bool alive = (items[at + 1].revents == 0 || pipe->on_clamd()) &&
                               (items[at].revents == 0 || pipe->on_pipe(items[at].revents)) &&
                               pipe->on_time(now);
            pipe = alive ? std::next(pipe) : pipes_.erase(pipe);
        }
        return items[0].revents == 0 || take_pipe();
    }
    bool take_pipe() {
        auto frame = core_.receive();
        if (!frame) return false;
        if (!frame->fd.valid() || pipes_.size() == scan_pipes_max) return true;
        pipes_.emplace_back(std::move(frame->fd), options_);
        return true;
    }
    [[nodiscard]] int timeout_ms() const {
        auto left = std::chrono::milliseconds::max();
        for (const auto& pipe : pipes_)
            if (const auto when = pipe.deadline())
                left = std::min(left,
                                std::chrono::ceil<std::chrono::milliseconds>(*when - Clock::now()));
        if (left == std::chrono::milliseconds::max()) return -1;
        return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
    }

    core::net::FrameChannel core_;
    const ScannerOptions& options_;
    std::list<Pipe> pipes_;
};

}  // namespace

void run_scanner(core::net::FrameChannel core, const ScannerOptions& options) {
    Scanner(std::move(core), options).run();
}

}  // namespace lucid::scan::service

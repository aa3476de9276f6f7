// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/pump.hpp>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::rdp::gateway {

namespace {

constexpr std::uint8_t class_audit = 4;
constexpr std::uint8_t kind_note = 64;
constexpr std::uint8_t kind_end = 255;
using std::chrono::milliseconds;

short interest(const Leg& leg, bool read) {
    return static_cast<short>((read ? POLLIN : 0) | (leg.pending_out_bytes() > 0 ? POLLOUT : 0));
}

}  // namespace

Pump::Pump(CoreLink& core, Leg& client, Leg& host, EventPipe& pipe, Traffic& traffic,
           PumpLimits limits, std::uint64_t start_boottime_us)
    : core_(core),
      client_(client),
      host_(host),
      pipe_(pipe),
      traffic_(traffic),
      limits_(limits),
      start_boottime_us_(start_boottime_us),
      started_(Clock::now() - std::chrono::microseconds(time_us())) {}

std::uint64_t Pump::time_us() const {
    const auto now = static_cast<std::uint64_t>(core::runtime::boottime_us());
    return now > start_boottime_us_ ? now - start_boottime_us_ : 0;
}

Ended Pump::run(ByteView client_input, ByteView host_input) {
    if (feed(client_, client_input) && feed(host_, host_input))
        while (turn()) {
        }
    close();
    return *ended_;
}

bool Pump::end(std::string state, std::string reason) {
    if (!ended_) ended_ = Ended{std::move(state), std::move(reason)};
    return false;
}

bool Pump::turn() {
    // A full recorder pipe holds both legs; a slow leg holds the other one.
    const bool read_client = !client_gone_ && !pipe_.full() && !traffic_.holds_client() &&
                             client_.pending_out_bytes() < unread_answers_bytes_max &&
                             (host_gone_ || host_.pending_out_bytes() < leg_high_water_bytes);
    const bool read_host = !host_gone_ && !pipe_.full() &&
                           host_.pending_out_bytes() < unread_answers_bytes_max &&
                           (client_gone_ || client_.pending_out_bytes() < leg_high_water_bytes);
    const short pipe_events =
        static_cast<short>(POLLIN | (pipe_.pending_bytes() > 0 ? POLLOUT : 0));
    std::array<pollfd, 5> items{
        {{client_gone_ ? -1 : client_.fd(), interest(client_, read_client), 0},
         {host_gone_ ? -1 : host_.fd(), interest(host_, read_host), 0},
         {core_.fd(), POLLIN, 0},
         {pipe_.attached() ? pipe_.fd() : -1, pipe_events, 0},
         traffic_.helper()}};
    if (::poll(items.data(), items.size(), timeout_ms(read_client, read_host)) < 0 &&
        errno != EINTR)
        return end("partial", "poll failed");
    if (items[2].revents != 0 && !on_core()) return false;
    // A leg that is held back and gone reports that in every poll: without an end we would spin.
    constexpr short gone = POLLERR | POLLHUP;
    if (!read_client && (items[0].revents & gone) != 0) return end_closed(client_);
    if (!read_host && (items[1].revents & gone) != 0) return end_closed(host_);
    const bool client_readable = (items[0].revents & ~POLLOUT) != 0 || client_.may_read_more();
    const bool host_readable = (items[1].revents & ~POLLOUT) != 0 || host_.may_read_more();
    return (!read_client || !client_readable || read_leg(client_)) &&
           (!read_host || !host_readable || host_gone_ || read_leg(host_)) &&
           serve_helper(items[4].revents != 0) && flush_pipe() && flush_leg(client_) &&
           flush_leg(host_) && check_limits();
}

bool Pump::on_core() {
    if (const auto message = core_.take_message(); !message) {
        if (message.error().code == Errc::canceled) return end("partial", core_.kill_reason());
        return end("partial", "core is gone");
    }
    const auto order = core_.take_order();
    if (!order) return true;
    if (!waiting()) return end("partial", "core ends a wait that is none");
    if (const auto* over = std::get_if<Finish>(&*order)) return finish(over->reason);
    return hand_over();
}

bool Pump::finish(const std::string& reason) {
    if (host_gone_) return end("partial", "host connection lost; " + reason);
    return end("complete", reason);
}

bool Pump::hand_over() {
    traffic_.on_end(time_us());
    note("connection handed over", "");
    while (pipe_.pending_bytes() > 0) {
        if (!flush_pipe()) return false;
        pollfd item{pipe_.fd(), POLLOUT, 0};
        if (pipe_.pending_bytes() > 0) (void)::poll(&item, 1, 50);
    }
    ended_ = Ended{"", "", true};
    return false;
}

void Pump::note(std::string_view what, std::string_view detail) {
    const nlohmann::json words = {{"detail", detail}, {"what", what}};
    const auto text = words.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    pipe_.put(class_audit, kind_note, time_us(), as_bytes(text));
}

bool Pump::lose(const Leg& leg, Ended otherwise) {
    const bool host = &leg == &host_;
    if (!limits_.resumable || !pipe_.attached())
        return end(std::move(otherwise.state), std::move(otherwise.reason));
    if (!client_gone_) {
        auto reply = core_.ask(LostRequest{otherwise.reason, host});
        if (!reply) {
            if (reply.error().code == Errc::canceled) return end("partial", core_.kill_reason());
            return end("partial", "core is gone");
        }
        if (const auto* refusal = std::get_if<Refusal>(&reply->answer))
            return end(host ? "partial" : otherwise.state,
                       otherwise.reason + " (" + refusal->reason + ")");
    }
    note(host ? "host lost" : "client lost", otherwise.reason);
    // Without a word to the client: it is to see a broken line, and to come back.
    if (!client_gone_) (void)::shutdown(client_.fd(), SHUT_RDWR);
    if (!client_gone_ && !host) {
        out_.to_host.clear();
        traffic_.on_client_gone(time_us(), out_);
        if (const auto told = host_.write(out_.to_host); !told)
            return end("partial", "host leg: " + told.error().message());
    }
    client_gone_ = true;
    if (host) {
        (void)::shutdown(host_.fd(), SHUT_RDWR);
        host_gone_ = true;
    }
    // An order may have come instead of core's answer.
    if (const auto order = core_.take_order()) {
        if (const auto* over = std::get_if<Finish>(&*order)) return finish(over->reason);
        return hand_over();
    }
    return true;
}

int Pump::timeout_ms(bool read_client, bool read_host) const {
    if ((read_client && client_.may_read_more()) || (read_host && host_.may_read_more())) return 0;
    auto left = milliseconds::max();
    const auto now = Clock::now();
    const auto until = [&](Clock::time_point when) {
        left = std::min(left, std::chrono::ceil<milliseconds>(when - now));
    };
    if (limits_.total.count() > 0) until(started_ + limits_.total);
    if (limits_.idle.count() > 0) until(last_input_ + limits_.idle);
    if (const auto deadline = pipe_.deadline()) until(*deadline);
    if (limits_.start.count() > 0 && !waiting() && !traffic_.started())
        until(begun_ + limits_.start);
    if (goodbye_at_) until(*goodbye_at_ + goodbye_patience);
    if (const auto deadline = traffic_.helper_deadline()) until(*deadline);
    if (left == milliseconds::max()) return -1;
    // One more, so that the deadline has really passed when poll returns.
    return static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 3'600'000));
}

bool Pump::check_patience(Clock::time_point now) {
    if (limits_.start.count() > 0 && !waiting() && !traffic_.started() &&
        now - begun_ >= limits_.start)
        return end("partial", "the desktop took too long to start");
    if (!goodbye_at_) {
        if (!traffic_.goodbye().empty()) goodbye_at_ = now;
        return true;
    }
    if (now - *goodbye_at_ < goodbye_patience) return true;
    return end("complete", traffic_.goodbye());
}

bool Pump::check_limits() {
    const auto now = Clock::now();
    if (!check_patience(now)) return false;
    if (limits_.total.count() == 0 && limits_.idle.count() == 0) return true;
    if (traffic_.input_count() != input_count_) {
        input_count_ = traffic_.input_count();
        last_input_ = now;
    }
    if (limits_.total.count() > 0 && now - started_ >= limits_.total)
        return end("complete", "total time limit");
    if (limits_.idle.count() > 0 && now - last_input_ >= limits_.idle)
        return end("complete", "idle time limit");
    return true;
}

bool Pump::end_closed(const Leg& leg) {
    auto goodbye = traffic_.goodbye();
    if (!goodbye.empty()) return end("complete", std::move(goodbye));
    Ended closed{"complete", fmt::format("{} closed the connection", name_of(leg))};
    if (leg.closed_in_order()) return end(std::move(closed.state), std::move(closed.reason));
    return lose(leg, std::move(closed));
}

bool Pump::read_leg(Leg& from) {
    const auto bytes = from.read();
    if (!bytes) {
        if (bytes.error().code == Errc::peer_closed) return end_closed(from);
        return lose(from,
                    {"partial", fmt::format("{} leg: {}", name_of(from), bytes.error().message())});
    }
    return feed(from, *bytes);
}

bool Pump::feed(Leg& from, ByteView bytes) {
    if (bytes.empty()) return true;
    out_.to_client.clear();
    out_.to_host.clear();
    auto ended = &from == &client_ ? traffic_.on_client(bytes, time_us(), out_)
                                   : traffic_.on_host(bytes, time_us(), out_);
    return write_out(std::move(ended));
}

bool Pump::write_out(std::optional<Ended> ended) {
    // What the machine gave out before it refused is recorded, so it is sent too.
    const auto to_client = client_gone_ ? Result<void>() : client_.write(out_.to_client);
    const auto to_host = host_gone_ ? Result<void>() : host_.write(out_.to_host);
    if (ended) return end(std::move(ended->state), std::move(ended->reason));
    if (!to_client) return end("partial", "client leg: " + to_client.error().message());
    if (!to_host) return end("partial", "host leg: " + to_host.error().message());
    return !traffic_.redirected() || redirect();
}

bool Pump::redirect() {
    if (!redial_ || client_gone_)
        return end("partial", "host redirects the session while its client is away");
    // A host's farewell is not waited for.
    host_.close_tls();
    (void)host_.flush();
    out_.to_client.clear();
    out_.to_host.clear();
    if (auto ended = redial_(out_)) return end(std::move(ended->state), std::move(ended->reason));
    if (const auto sent = host_.write(out_.to_host); !sent)
        return end("partial", "host leg: " + sent.error().message());
    return true;
}

bool Pump::serve_helper(bool ready) {
    const auto deadline = traffic_.helper_deadline();
    if (!ready && (!deadline || Clock::now() < *deadline)) return true;
    out_.to_client.clear();
    out_.to_host.clear();
    return write_out(traffic_.on_helper(time_us(), out_));
}

bool Pump::flush_leg(Leg& leg) {
    if (&leg == &client_ ? client_gone_ : host_gone_) return true;
    if (const auto flushed = leg.flush(); !flushed) {
        if (flushed.error().code == Errc::peer_closed) return end_closed(leg);
        return lose(
            leg, {"partial", fmt::format("{} leg: {}", name_of(leg), flushed.error().message())});
    }
    return true;
}

bool Pump::flush_pipe() {
    if (const auto flushed = pipe_.flush(Clock::now()); !flushed) {
        if (flushed.error().code == Errc::timed_out)
            return end("partial", "recorder took nothing for the grace period");
        return end("partial", "recorder is gone");
    }
    return true;
}

void Pump::close() {
    if (!ended_->handed_over) {
        traffic_.on_end(time_us());
        const nlohmann::json words = {{"reason", ended_->reason}, {"state", ended_->state}};
        const auto text = words.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        pipe_.put(class_audit, kind_end, time_us(), as_bytes(text));
        if (!client_gone_ && traffic_.goodbye().empty()) (void)client_.write(traffic_.farewell());
    }
    client_.close_tls();
    host_.close_tls();
    const auto deadline = Clock::now() + close_patience;
    bool legs = true;
    bool pipe = pipe_.attached();
    while (legs || pipe) {
        const auto now = Clock::now();
        if (now >= deadline) legs = false;
        if (legs) {
            const bool client_done =
                client_gone_ || !client_.flush() || client_.pending_out_bytes() == 0;
            const bool host_done = host_gone_ || !host_.flush() || host_.pending_out_bytes() == 0;
            legs = !client_done || !host_done;
        }
        // The pipe has its own, longer grace: the end must reach the recorder.
        if (pipe) pipe = pipe_.flush(now) && pipe_.pending_bytes() > 0;
        if (!legs && !pipe) break;
        std::array<pollfd, 3> items{
            {{legs && !client_gone_ ? client_.fd() : -1, interest(client_, false), 0},
             {legs && !host_gone_ ? host_.fd() : -1, interest(host_, false), 0},
             {pipe ? pipe_.fd() : -1, POLLOUT, 0}}};
        (void)::poll(items.data(), items.size(), 50);
    }
    (void)::shutdown(client_.fd(), SHUT_WR);
    (void)::shutdown(host_.fd(), SHUT_WR);
}

}  // namespace lucid::rdp::gateway

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/door_tally.hpp>
#include <lucid/rdp/gateway/gateway_connection.hpp>

#include <algorithm>
#include <map>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

// From the door to a started relay: who waits, who is next, who has to give way.

namespace lucid::rdp::gateway {

namespace log = core::runtime::log;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::chrono::milliseconds tick{500};
/// While connections wait for a place.
constexpr std::chrono::milliseconds waiting_tick{5};
/// Between two starts of relays while many clients log in.
constexpr std::chrono::milliseconds start_pace{20};
/// Between two starts of the door.
constexpr std::chrono::milliseconds door_pause{200};
/// Taken from the door before other duties.
constexpr int door_burst = 512;
/// While others wait: for a TLS hello after the connection confirm, and from accept to the proof.
constexpr std::chrono::milliseconds hello_patience{400};
constexpr std::chrono::milliseconds proof_patience{5'000};

}  // namespace

void Gateway::accept_loop() {
    bool start_next = false;
    for (;;) {
        bool accepting = false;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            accepting = accepting_;
        }
        std::array<pollfd, 2> items{{{wake_.get(), POLLIN, 0}, {tend_door(accepting), POLLIN, 0}}};
        const auto patience = waiting_.empty() ? tick
                              : start_next     ? std::chrono::milliseconds(0)
                                               : waiting_tick;
        (void)::poll(items.data(), items.size(), static_cast<int>(patience.count()));
        if ((items[0].revents & POLLIN) != 0) {
            std::uint64_t count = 0;
            (void)!::read(wake_.get(), &count, sizeof count);
        }
        if (items[1].revents != 0) take_from_door();
        start_next = start_waiting();
        enforce_deadlines();
        reap();
    }
}

int Gateway::tend_door(bool accepting) {
    if (!accepting) {
        door_pid_ = -1;
        door_.reset();
        waiting_ = {};
        return -1;
    }
    if (door_) return door_->channel().fd();
    const auto now = Clock::now();
    if (now - door_started_ < door_pause) return -1;
    door_started_ = now;
    auto door = Child::spawn("door", {});
    const auto opening =
        encode_door_opening(std::min(options_.door_patience, options_.login_deadline));
    if (!door || !door->channel().send(opening, listener_.get())) {
        log::error("the door process cannot be started",
                   {{"error", door ? "it ended at once" : door.error().message()}});
        return -1;
    }
    door_ = std::move(*door);
    door_pid_ = door_->pid();
    return door_->channel().fd();
}

void Gateway::take_from_door() {
    for (int i = 0; i < door_burst; ++i) {
        auto frame = door_->channel().receive();
        if (!frame) {
            log::warning("the door process is gone", {});
            door_pid_ = -1;
            door_.reset();
            return;
        }
        if (!frame->fd.valid()) note_turned_away(frame->payload);
        const auto peer =
            frame->fd.valid() ? endpoint_of(frame->fd.get(), true) : fail(Errc::bad_value, "door");
        if (peer)
            refused_.add(static_cast<std::int64_t>(
                waiting_.push({std::move(frame->fd), peer->address, Clock::now()})));
        pollfd more{door_->channel().fd(), POLLIN, 0};
        if (::poll(&more, 1, 0) <= 0) return;
    }
}

void Gateway::note_turned_away(ByteView frame) {
    const auto news = decode_door_news(frame);
    if (!news) {
        log::warning("the door says what it may not", {{"error", news.error().message()}});
        return;
    }
    for (const auto count : news->counts) turned_away_.add(count);
    const auto count = [&](TurnedAway reason) {
        return log::Field(to_text(reason), news->counts[static_cast<std::size_t>(reason)]);
    };
    log::info("connections turned away at the door", {count(TurnedAway::no_rdp),
                                                      count(TurnedAway::silent),
                                                      count(TurnedAway::left),
                                                      count(TurnedAway::crowded),
                                                      {"last", news->last_address}});
}

bool Gateway::logging_in(const Connection& connection) const {
    return !connection.finished && connection.view.stage == Stage::handshake;
}

bool Gateway::start_waiting() {
    if (waiting_.empty()) return false;
    const auto now = Clock::now();
    refused_.add(static_cast<std::int64_t>(waiting_.expire(now - options_.login_deadline)));
    std::map<std::string, std::size_t> places;
    std::size_t taken = 0;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& connection : connections_) {
            if (!logging_in(*connection)) continue;
            ++taken;
            ++places[connection->address];
        }
    }
    if (taken >= options_.limits.logins_max) {
        make_room(now);
        return false;
    }
    // Starts cost processor time that live sessions need: with many at once they are spread.
    if (taken >= options_.limits.logins_max / 4 && now - relay_started_ < start_pace) return false;
    relay_started_ = now;
    // One at a time: starting takes milliseconds, and who arrives meanwhile may have precedence.
    auto next = waiting_.pop([&](const std::string& address) { return places[address]; });
    if (next) start_relay(std::move(*next));
    return true;
}

void Gateway::make_room(Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    for (const auto& connection : connections_) {
        if (!logging_in(*connection) || connection->pid < 0 || !connection->killed.empty())
            continue;
        const auto age = now - connection->accepted_at;
        if (age < (connection->view.hello ? proof_patience : hello_patience)) continue;
        connection->killed = "too slow while others wait";
        admission_.note_failure(connection->address, now);
        (void)::kill(connection->pid, SIGKILL);
    }
}

void Gateway::start_relay(LoginQueue::Waiting waiting) {
    Admitted verdict{};
    {
        const std::lock_guard lock(mutex_);
        verdict = admission_.arrive(waiting.address, Clock::now());
    }
    if (verdict != Admitted::yes) {
        refused_.add();
        log::debug("connection refused",
                   {{"client", waiting.address}, {"reason", to_text(verdict)}});
        return;
    }
    accepted_.add();
    auto connection = std::make_unique<Connection>(context_, waiting.address);
    connection->view.client_address = waiting.address;
    Welcome welcome;
    welcome.certificate_pem = options_.certificate_pem;
    welcome.allow_tls_only = options_.allow_tls_only;
    welcome.client_address = waiting.address;
    welcome.login_deadline = options_.login_deadline;
    auto relay = Child::spawn("relay", {});
    if (!relay || !relay->channel().send(encode(welcome), waiting.socket.get())) {
        log::error("a relay process cannot be started",
                   {{"error", relay ? "it ended at once" : relay.error().message()}});
        const std::lock_guard lock(mutex_);
        admission_.leave(waiting.address);
        return;
    }
    connection->relay = std::move(*relay);
    connection->pid = connection->relay.pid();
    log::debug("connection", {{"client", waiting.address}, {"relay", connection->pid}});
    const std::lock_guard lock(mutex_);
    if (!accepting_) {
        // Draining began meanwhile; the relay ends with its owner.
        admission_.leave(waiting.address);
        return;
    }
    live_.add(1);
    auto& kept = *connections_.emplace_back(std::move(connection));
    kept.thread = std::thread([this, &kept] { serve(kept); });
}

}  // namespace lucid::rdp::gateway

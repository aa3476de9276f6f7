// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/leg_steps.hpp>

#include <cerrno>
#include <poll.h>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

bool LegSteps::end(std::string reason) {
    if (!ended_) ended_ = Ended{"partial", std::move(reason)};
    return false;
}

bool LegSteps::end(const char* what, const Error& error) {
    if (error.code == Errc::canceled && !core_.kill_reason().empty())
        return end(core_.kill_reason());
    return end(fmt::format("{}: {}", what, error.message()));
}

bool LegSteps::handshake(Leg& leg, const char* who) {
    for (;;) {
        const auto done = leg.handshake();
        // Also after a failure: the alert says why.
        const auto flushed = leg.flush();
        if (!done) {
            if (!core_.kill_reason().empty()) return end(core_.kill_reason());
            return end(fmt::format("{} leg: {}", who, done.error().message()));
        }
        if (!flushed) return end(fmt::format("{} leg: {}", who, flushed.error().message()));
        if (*done) return flush(leg, who);
        if (!wait(leg, POLLIN, who)) return false;
    }
}

bool LegSteps::receive(Leg& leg, Bytes& input, const char* who) {
    for (;;) {
        if (const auto flushed = leg.flush(); !flushed)
            return end(fmt::format("{} closed the connection during login", who));
        const auto bytes = leg.read();
        if (!bytes) {
            if (bytes.error().code == Errc::peer_closed)
                return end(fmt::format("{} closed the connection during login", who));
            return end(who, bytes.error());
        }
        if (!bytes->empty()) {
            append(input, *bytes);
            return true;
        }
        if (!wait(leg, POLLIN, who)) return false;
    }
}

bool LegSteps::flush(Leg& leg, const char* who) {
    for (;;) {
        if (const auto flushed = leg.flush(); !flushed)
            return end(fmt::format("{} closed the connection during login", who));
        if (leg.pending_out_bytes() == 0) return true;
        if (!wait(leg, POLLOUT, who)) return false;
    }
}

bool LegSteps::wait(Leg& leg, short events, const char* who) {
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
        if (left <= 0) return end(fmt::format("login took too long (waiting for the {})", who));
        if (leg.pending_out_bytes() > 0) events |= POLLOUT;
        std::array<pollfd, 2> items{{{leg.fd(), events, 0}, {core_.fd(), POLLIN, 0}}};
        const int ready = ::poll(items.data(), items.size(), static_cast<int>(left));
        if (ready < 0 && errno != EINTR) return end("poll failed");
        if (ready <= 0) continue;
        if (items[1].revents != 0) {
            if (const auto message = core_.take_message(); !message)
                return end("core", message.error());
        }
        if (items[0].revents != 0) return true;
    }
}

}  // namespace lucid::rdp::gateway

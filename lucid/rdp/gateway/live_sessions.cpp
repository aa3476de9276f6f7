// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/live_sessions.hpp>

#include <cerrno>
#include <fcntl.h>
#include <utility>

namespace lucid::rdp::gateway {

namespace {

Result<core::net::Fd> duplicate(int fd) {
    core::net::Fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) return fail_errno(errno, "event pipe");
    return copy;
}

}  // namespace

Result<void> LiveSessions::open(const SessionId& id, Facts facts, int pipe) {
    Session session;
    LUCID_TRY(session.pipe, duplicate(pipe));
    session.facts = std::move(facts);
    const std::lock_guard lock(mutex_);
    if (!sessions_.emplace(id, std::move(session)).second)
        return fail(Errc::already_exists, "session");
    return {};
}

std::optional<LiveSessions::Facts> LiveSessions::find(const SessionId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return std::nullopt;
    return found->second.facts;
}

void LiveSessions::keep_cookie(const SessionId& id, const std::string& host,
                               crypto::Secret cookie) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    found->second.cookie_host = host;
    found->second.cookie = std::move(cookie);
}

crypto::Secret LiveSessions::take_cookie(const SessionId& id, const std::string& host) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end() || found->second.cookie_host != host) return {};
    return std::exchange(found->second.cookie, {});
}

Result<void> LiveSessions::lose(const SessionId& id, bool host) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return fail(Errc::not_found, "session");
    auto& session = found->second;
    if (session.facts.legs >= legs_max)
        return fail(Errc::limit_exceeded, "connections of one session", session.facts.legs);
    if (host && session.host_losses >= host_losses_max)
        return fail(Errc::limit_exceeded, "broken host connections", session.host_losses);
    if (host) ++session.host_losses;
    session.state = State::lost;
    return {};
}

bool LiveSessions::handing_over(const SessionId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    return found != sessions_.end() && found->second.state == State::handing_over;
}

Result<core::net::Fd> LiveSessions::take_over(const SessionId& id,
                                              std::chrono::milliseconds limit) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = sessions_.find(id);
        if (found == sessions_.end()) return fail(Errc::refused, "the session is over");
        if (found->second.state != State::lost)
            return fail(Errc::refused, "another client is attached to the session");
        found->second.state = State::handing_over;
    }
    ask_(id);
    std::unique_lock lock(mutex_);
    auto found = sessions_.end();
    const auto decided = [&] {
        found = sessions_.find(id);
        return found == sessions_.end() || found->second.state == State::free;
    };
    if (!changed_.wait_for(lock, limit, decided)) {
        // Nobody else may take it either: without this descriptor the recorder ends the session.
        sessions_.erase(id);
        return fail(Errc::timed_out, "the relay that waited");
    }
    if (found == sessions_.end()) return fail(Errc::refused, "the session is over");
    auto& session = found->second;
    auto pipe = duplicate(session.pipe.get());
    if (!pipe) {
        sessions_.erase(found);
        return pipe;
    }
    session.state = State::attached;
    ++session.facts.legs;
    return pipe;
}

void LiveSessions::release(const SessionId& id) {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return;
    found->second.state = State::free;
    changed_.notify_all();
}

void LiveSessions::close(const SessionId& id) {
    const std::lock_guard lock(mutex_);
    sessions_.erase(id);
    changed_.notify_all();
}

}  // namespace lucid::rdp::gateway

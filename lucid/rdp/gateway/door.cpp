// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/rdp/gateway/door.hpp>
#include <lucid/rdp/gateway/door_tally.hpp>
#include <lucid/rdp/gateway/leg.hpp>
#include <lucid/rdp/gateway/syscall_filter.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

namespace lucid::rdp::gateway {

namespace {

using Clock = std::chrono::steady_clock;

/// Descriptors besides the waiting ones: standard three, channel, listener, epoll, slack.
constexpr std::size_t own_descriptors = 32;
constexpr unsigned descriptors_max = 16'384;
/// Accepted in one go before waiting ones are looked at.
constexpr int accept_burst = 64;

/// The raw address, without port: a key, not a text.
std::string address_key(const sockaddr_storage& peer) {
    if (peer.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
        return {reinterpret_cast<const char*>(&v4.sin_addr), sizeof v4.sin_addr};
    }
    if (peer.ss_family != AF_INET6) return {};
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    // One customer has a /64.
    return {reinterpret_cast<const char*>(&v6.sin6_addr), 8};
}

class Door {
  public:
    Door(core::net::FrameChannel channel, core::net::Fd listener, core::net::Fd epoll,
         std::size_t waiting_max, std::chrono::milliseconds patience)
        : channel_(std::move(channel)),
          listener_(std::move(listener)),
          epoll_(std::move(epoll)),
          room_(waiting_max, patience) {}

    int run() {
        watch(channel_.fd(), EPOLLIN);
        watch(listener_.get(), EPOLLIN);
        std::array<epoll_event, 256> events{};
        for (;;) {
            const int count = ::epoll_wait(epoll_.get(), events.data(),
                                           static_cast<int>(events.size()), timeout_ms());
            if (count < 0 && errno != EINTR) return 1;
            bool arrivals = false;
            for (int i = 0; i < count; ++i) {
                const int fd = events[static_cast<std::size_t>(i)].data.fd;
                // core says nothing after the first frame: it is gone.
                if (fd == channel_.fd()) return 0;
                if (fd == listener_.get())
                    arrivals = true;
                else if (!look_at(fd))
                    return 0;
            }
            // Last: a descriptor that was closed above may be given out again here.
            if (arrivals) accept_some();
            while (const auto late = room_.overdue(Clock::now()))
                turn_away(*late, TurnedAway::silent);
            if (!tell()) return 0;
        }
    }

  private:
    void watch(int fd, std::uint32_t events) {
        epoll_event event{};
        event.events = events;
        event.data.fd = fd;
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
    }
    [[nodiscard]] int timeout_ms() const {
        auto due = room_.next_deadline();
        if (const auto news = tally_.due(); news && (!due || *news < *due)) due = news;
        if (!due) return -1;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*due - Clock::now());
        return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    }
    void drop(int fd) {
        room_.leave(fd);
        const core::net::Fd closing(fd);
    }
    void turn_away(int fd, TurnedAway reason) {
        tally_.note(reason, room_.address_of(fd));
        drop(fd);
    }
    /// False when core is gone.
    bool tell() {
        const auto now = Clock::now();
        const auto due = tally_.due();
        return !due || now < *due || channel_.send(tally_.take(now)).has_value();
    }
    void accept_some() {
        for (int i = 0; i < accept_burst; ++i) {
            sockaddr_storage peer{};
            socklen_t size = sizeof peer;
            const int fd = ::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &size,
                                     SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd < 0) {
                if (errno != EMFILE && errno != ENFILE) return;
                const auto oldest = room_.oldest();
                if (!oldest) return;
                turn_away(*oldest, TurnedAway::crowded);
                continue;
            }
            if (const auto out = room_.enter(fd, address_key(peer), Clock::now()))
                turn_away(*out, TurnedAway::crowded);
            // Edge-triggered: what was looked at and is incomplete must not wake us again.
            watch(fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
        }
    }
    /// False when core is gone.
    bool look_at(int fd) {
        ByteArray<Leg::clear_bytes_max> bytes;
        const auto got = ::recv(fd, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        const auto what =
            got <= 0 ? FirstBytes::no_rdp
                     : judge_first_bytes(ByteView(bytes).first(static_cast<std::size_t>(got)));
        if (what == FirstBytes::incomplete) return true;
        if (what != FirstBytes::request) {
            turn_away(fd, got <= 0 ? TurnedAway::left : TurnedAway::no_rdp);
            return true;
        }
        // The descriptor goes to another process; ours must stop being watched.
        (void)::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
        const bool core_there = channel_.send(as_bytes("{}"), fd).has_value();
        drop(fd);
        return core_there;
    }

    core::net::FrameChannel channel_;
    core::net::Fd listener_;
    core::net::Fd epoll_;
    WaitingRoom room_;
    DoorTally tally_;
};

/// Gives how many connections may wait.
Result<std::size_t> confine_door() {
    LUCID_CHECK(core::runtime::harden_process(descriptors_max));
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return fail_errno(errno, "descriptor limit");
    if (files.rlim_cur <= 2 * own_descriptors)
        return fail(Errc::limit_exceeded, "descriptors", files.rlim_cur);
    (void)core::runtime::leave_network();
    core::runtime::Jail jail;
    jail.bind_tcp.emplace();
    jail.connect_tcp.emplace();
    LUCID_CHECK(core::runtime::enter_jail(jail));
    LUCID_CHECK(confine_to_listener());
    return static_cast<std::size_t>(files.rlim_cur) - own_descriptors;
}

}  // namespace

FirstBytes judge_first_bytes(ByteView bytes) {
    // A fast-path header is no TPKT header; no need to wait for its length.
    if (!bytes.empty() && bytes[0] != proto::tpkt_version) return FirstBytes::no_rdp;
    const auto frame = proto::peek_pdu(bytes);
    if (!frame) return FirstBytes::no_rdp;
    if (!*frame) return FirstBytes::incomplete;
    if ((*frame)->length > Leg::clear_bytes_max) return FirstBytes::no_rdp;
    if (bytes.size() < (*frame)->length) return FirstBytes::incomplete;
    return proto::decode_connection_request(bytes.first((*frame)->length)) ? FirstBytes::request
                                                                           : FirstBytes::no_rdp;
}

std::optional<int> WaitingRoom::enter(int fd, const std::string& address, Time now) {
    auto& same = addresses_[address];
    std::optional<int> out;
    if (same.size() >= per_address_max)
        out = same.front();
    else if (entries_.size() >= waiting_max_)
        out = oldest();
    order_.push_back(fd);
    same.push_back(fd);
    entries_[fd] = Entry{address, now, std::prev(order_.end()), std::prev(same.end())};
    return out;
}

std::string WaitingRoom::address_of(int fd) const {
    const auto found = entries_.find(fd);
    return found == entries_.end() ? std::string() : found->second.address;
}

void WaitingRoom::leave(int fd) {
    const auto found = entries_.find(fd);
    if (found == entries_.end()) return;
    const auto same = addresses_.find(found->second.address);
    same->second.erase(found->second.of_address);
    if (same->second.empty()) addresses_.erase(same);
    order_.erase(found->second.in_order);
    entries_.erase(found);
}

std::optional<int> WaitingRoom::oldest() const {
    return order_.empty() ? std::nullopt : std::optional(order_.front());
}

std::optional<WaitingRoom::Time> WaitingRoom::next_deadline() const {
    if (order_.empty()) return std::nullopt;
    return entries_.at(order_.front()).arrived + patience_;
}

std::optional<int> WaitingRoom::overdue(Time now) const {
    const auto due = next_deadline();
    return due && now >= *due ? oldest() : std::nullopt;
}

Bytes encode_door_opening(std::chrono::milliseconds patience) {
    const auto text = std::to_string(patience.count());
    return to_bytes(as_bytes(text));
}

int run_door_process(core::net::Fd channel_fd) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
    core::runtime::close_descriptors_from(channel_fd.get() + 1);
    core::net::Fd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll.valid()) return 1;
    const auto waiting_max = confine_door();
    if (!waiting_max) return 1;
    core::net::FrameChannel channel(std::move(channel_fd));
    auto opening = channel.receive();
    if (!opening || !opening->fd.valid()) return 1;
    std::int64_t patience_ms = 0;
    const auto text = as_text(opening->payload);
    std::from_chars(text.data(), text.data() + text.size(), patience_ms);
    const int flags = ::fcntl(opening->fd.get(), F_GETFL);
    if (patience_ms <= 0 || flags < 0 ||
        ::fcntl(opening->fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
        return 1;
    return Door(std::move(channel), std::move(opening->fd), std::move(epoll), *waiting_max,
                std::chrono::milliseconds(patience_ms))
        .run();
}

}  // namespace lucid::rdp::gateway

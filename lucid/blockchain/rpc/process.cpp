// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/process.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/log.hpp>

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::rpc {
namespace {

namespace log = core::runtime::log;
using namespace std::chrono_literals;

constexpr int clients_max = 64;
constexpr auto patience = 500ms;

}  // namespace

ChainProcess::ChainProcess(const core::runtime::DataDir& data, chain::Chain& chain,
                           const std::string& version)
    : data_(data),
      chain_(chain),
      rpc_(chain, {.client_version = "Lucid/v" + version, .status = [this] { return status(); }}) {}

ChainProcess::~ChainProcess() {
    stop_ = true;
    if (acceptor_.joinable()) acceptor_.join();
    while (clients_ > 0) std::this_thread::sleep_for(10ms);
}

bool ChainProcess::may_sign() const {
    return data_.config().trust_unsynchronised_clock || core::runtime::clock_synchronised();
}

std::string ChainProcess::status() const {
    const auto now = static_cast<std::uint64_t>(core::runtime::wall_time_s());
    const auto slot = proto::slot_at(chain_.genesis().time_s, now);
    return nlohmann::json{{"slot", slot},
                          {"next_slot_in_s", proto::slot_start(chain_.genesis().time_s, slot + 1) +
                                                 chain::Chain::block_delay_s - now},
                          {"clock_synchronised", core::runtime::clock_synchronised()},
                          {"signing", may_sign()}}
        .dump();
}

Result<void> ChainProcess::listen() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const auto path = data_.chain_socket();
    if (path.size() >= sizeof address.sun_path)
        return fail(Errc::bad_length, "path of run/chain.sock (choose a shorter --data)",
                    path.size());
    std::memcpy(address.sun_path, path.data(), path.size());
    ::unlink(path.c_str());
    listener_ = core::net::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener_.valid() ||
        ::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::chmod(path.c_str(), 0600) != 0 || ::listen(listener_.get(), 16) != 0)
        return fail_errno(errno, "run/chain.sock");
    acceptor_ = std::thread([this] { accept_loop(); });
    return {};
}

void ChainProcess::accept_loop() {
    while (!stop_) {
        pollfd item{listener_.get(), POLLIN, 0};
        if (::poll(&item, 1, static_cast<int>(patience.count())) != 1) continue;
        core::net::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client.valid() || clients_ >= clients_max) continue;
        ++clients_;
        // Joined by count: the destructor waits until the last one has ended.
        std::thread([this, socket = std::move(client)]() mutable {
            serve(std::move(socket));
            --clients_;
        }).detach();
    }
}

void ChainProcess::serve(core::net::Fd socket) {
    core::net::FrameChannel channel(std::move(socket));
    while (!stop_) {
        const auto frame = channel.receive(patience);
        if (!frame) {
            if (frame.error().code == make_error_code(Errc::timed_out)) continue;
            return;
        }
        if (!channel.send(as_bytes(rpc_.handle(as_text(frame->payload), true)))) return;
    }
}

void ChainProcess::run(core::net::FrameChannel& core) {
    std::string last_error;
    for (;;) {
        const auto frame = core.receive(patience);
        if (!frame && frame.error().code != make_error_code(Errc::timed_out)) break;
        if (!may_sign()) continue;
        const auto made = chain_.produce(static_cast<std::uint64_t>(core::runtime::wall_time_s()));
        if (made && *made) log::info("block", {{"height", **made}, {"anchors", chain_.log_size()}});
        const auto error = made ? std::string() : made.error().message();
        if (!error.empty() && error != last_error) log::error("no block", {{"error", error}});
        last_error = error;
    }
    stop_ = true;
}

}  // namespace lucid::blockchain::rpc

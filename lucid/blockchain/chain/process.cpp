// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/process.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/sessions/format/anchor_record.hpp>

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::chain {
namespace {

namespace log = core::runtime::log;
using namespace std::chrono_literals;

constexpr std::size_t key_file_bytes_max = 64;
constexpr std::size_t genesis_bytes_max = 64 * 1024;
constexpr int clients_max = 64;
constexpr auto patience = 500ms;

Result<ChainKeys> read_keys(const core::runtime::DataDir& data) {
    LUCID_TRY(auto account,
              core::runtime::read_secret_file(data.key("account.key"), key_file_bytes_max));
    LUCID_TRY(auto account_key, crypto::Secp256k1Key::from_secret(std::move(account)));
    LUCID_TRY(auto validator,
              core::runtime::read_secret_file(data.key("validator.key"), key_file_bytes_max));
    if (validator.size() != 32)
        return fail(Errc::bad_length, "keys/validator.key", validator.size());
    return ChainKeys{std::move(account_key), crypto::Ed25519Key(std::move(validator))};
}

}  // namespace

Result<void> create_chain(const core::runtime::DataDir& data, std::uint64_t genesis_time_s) {
    LUCID_TRY(const auto keys, read_keys(data));
    LUCID_TRY(auto evidence,
              core::runtime::read_secret_file(data.key("evidence.key"), key_file_bytes_max));
    if (evidence.size() != 32) return fail(Errc::bad_length, "keys/evidence.key", evidence.size());
    Genesis genesis;
    genesis.time_s = genesis_time_s;
    genesis.node = keys.account.address();
    genesis.evidence_key = crypto::Ed25519Key(std::move(evidence)).public_key();
    genesis.validator_key = keys.validator.public_key();
    LUCID_TRY(const auto block, make_genesis(genesis));
    LUCID_CHECK(core::runtime::write_file_atomically(data.chain() + "/genesis.json",
                                                     as_bytes(genesis.to_json())));
    const sessions::format::Trust trust{genesis.chain_id, block.header.hash()};
    return core::runtime::write_file_atomically(data.trust(), as_bytes(trust.to_json()));
}

Result<std::unique_ptr<Chain>> open_chain(const core::runtime::DataDir& data) {
    LUCID_TRY(auto keys, read_keys(data));
    LUCID_TRY(const auto text,
              core::runtime::read_file(data.chain() + "/genesis.json", genesis_bytes_max));
    LUCID_TRY(const auto genesis, Genesis::from_json(text));
    return Chain::open(data.chain(), genesis, std::move(keys));
}

ChainProcess::ChainProcess(const core::runtime::DataDir& data, Chain& chain,
                           const std::string& version)
    : data_(data), chain_(chain), rpc_(chain, "Lucid/v" + version, [this] { return status(); }) {}

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
                                                 Chain::block_delay_s - now},
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

}  // namespace lucid::blockchain::chain

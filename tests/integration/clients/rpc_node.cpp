// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// The chain, JSON-RPC and HTTP server as a node runs them, on a clock that jumps to the next slot
// as soon as something waits: clients need not wait 120 s for a block. Ends with its standard
// input. With "by-hand" blocks are made by the method evm_mine alone.
// usage: rpc_node PORT DIRECTORY [by-hand]
#include <lucid/api/server/http_server.hpp>
#include <lucid/blockchain/rpc/log_pages.hpp>
#include <lucid/blockchain/rpc/rpc.hpp>

#include <csignal>
#include <cstdio>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace {

using namespace lucid;
using namespace lucid::blockchain;

constexpr std::uint64_t genesis_time_s = 1'700'000'000;
constexpr int poll_ms = 2;

class Subscriber final : public api::server::MessagePeer {
  public:
    explicit Subscriber(const rpc::Rpc& rpc) : connection_(rpc) {}
    std::string message(std::string_view text) override { return connection_.handle(text); }
    std::vector<std::string> news() override { return connection_.news(); }

  private:
    rpc::Rpc::Connection connection_;
};

Result<std::unique_ptr<chain::Chain>> open_chain(const std::string& directory) {
    // Keys that everybody knows: bytes of ones, twos and threes.
    LUCID_TRY(auto account, crypto::Secp256k1Key::from_secret(crypto::Secret(Bytes(32, 1))));
    crypto::Ed25519Key validator(crypto::Secret(Bytes(32, 2)));
    chain::Genesis genesis;
    genesis.time_s = genesis_time_s;
    genesis.node = account.address();
    genesis.validator_key = validator.public_key();
    genesis.evidence_key = crypto::Ed25519Key(crypto::Secret(Bytes(32, 3))).public_key();
    return chain::Chain::open(directory, genesis, {std::move(account), std::move(validator)});
}

std::optional<api::server::Page> page_for(const chain::Chain& chain,
                                          const api::server::PageRequest& request) {
    if (request.method != "GET" || !request.target.starts_with("/log/")) return std::nullopt;
    const auto page = rpc::log_page(chain, std::string_view(request.target).substr(5));
    if (!page) return api::server::Page{404, "text/plain", "no such page\n"};
    return api::server::Page{200, "application/octet-stream", std::string(as_text(page->body))};
}

/// The block of the next slot, if there is something for it. Slots go on even where none was made.
class Clock {
  public:
    explicit Clock(chain::Chain& chain) : chain_(chain), slot_(chain.height() + 1) {}
    Result<bool> make_block() {
        LUCID_TRY(const auto made, chain_.produce(proto::slot_start(genesis_time_s, slot_) +
                                                  chain::Chain::block_delay_s));
        if (made) ++slot_;
        return made.has_value();
    }

  private:
    chain::Chain& chain_;
    std::uint64_t slot_;
};

/// Until standard input ends; blocks as fast as transactions come, unless they are made by hand.
int serve(Clock* clock) {
    for (;;) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        if (::poll(&input, 1, clock == nullptr ? -1 : poll_ms) == 1) {
            char byte = 0;
            if (::read(STDIN_FILENO, &byte, 1) <= 0) return 0;
        }
        if (clock == nullptr) continue;
        const auto made = clock->make_block();
        if (!made) {
            std::fprintf(stderr, "no block: %s\n", made.error().message().c_str());
            return 1;
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    if (argc != 3 && argc != 4) return 2;
    const bool by_hand = argc == 4;
    const auto opened = open_chain(argv[2]);
    if (!opened) {
        std::fprintf(stderr, "rpc_node: %s\n", opened.error().message().c_str());
        return 1;
    }
    auto& chain = **opened;
    Clock clock(chain);
    rpc::RpcOptions options;
    options.client_version = "Lucid/test";
    if (by_hand)
        options.more["evm_mine"] = [&clock](const rpc::Json&) -> rpc::Json {
            const auto made = clock.make_block();
            if (!made) throw rpc::RpcError{rpc::rpc_server_error, made.error().message()};
            return *made ? rpc::Json("0x0") : rpc::Json();
        };
    const rpc::Rpc rpc(chain, options);
    api::server::HttpServer http(
        {.rpc = [&rpc](std::string_view body) { return rpc.handle(body, false); },
         .connect = [&rpc] { return std::make_unique<Subscriber>(rpc); },
         .pages = [&chain](const auto& request) { return page_for(chain, request); }});
    const auto listening =
        http.listen("127.0.0.1", static_cast<std::uint16_t>(std::stoul(argv[1])));
    if (!listening) {
        std::fprintf(stderr, "rpc_node: %s\n", listening.error().message().c_str());
        return 1;
    }
    return serve(by_hand ? nullptr : &clock);
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/api/server/http_server.hpp>
#include <lucid/blockchain/chain/open_chain.hpp>
#include <lucid/blockchain/rpc/log_pages.hpp>
#include <lucid/blockchain/rpc/process.hpp>
#include <lucid/blockchain/rpc/witness_desk.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/spawn.hpp>

#include <cerrno>
#include <csignal>
#include <sstream>
#include <sys/stat.h>

#include "../commands.hpp"
#include "all.hpp"
#include "start.hpp"

namespace lucid::app {

namespace {

namespace log = core::runtime::log;

/// JSON-RPC on one WebSocket.
class Subscriber final : public api::server::MessagePeer {
  public:
    explicit Subscriber(const blockchain::rpc::Rpc& rpc) : connection_(rpc) {}
    std::string message(std::string_view text) override { return connection_.handle(text); }
    std::vector<std::string> news() override { return connection_.news(); }

  private:
    blockchain::rpc::Rpc::Connection connection_;
};

constexpr std::size_t witness_logs_bytes_max = 64 * 1024;
constexpr std::string_view log_prefix = "/log/";

/// A witness of the logs in chain/witness_logs (one verifier key a line); nothing without any.
Result<std::unique_ptr<blockchain::rpc::WitnessDesk>> open_witness(
    const core::runtime::DataDir& data) {
    const auto text =
        core::runtime::read_file(data.chain() + "/witness_logs", witness_logs_bytes_max);
    if (!text) return nullptr;
    std::vector<blockchain::tlog::VerifierKey> logs;
    std::istringstream lines{std::string(as_text(*text))};
    for (std::string line; std::getline(lines, line);) {
        LUCID_TRY(auto key, blockchain::tlog::VerifierKey::from_text(line));
        logs.push_back(std::move(key));
    }
    LUCID_TRY(auto seed, core::runtime::read_secret_file(data.key("validator.key"), 64));
    if (seed.size() != 32) return fail(Errc::bad_length, "keys/validator.key", seed.size());
    const auto directory = data.chain() + "/witness";
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
        return fail_errno(errno, "chain/witness");
    crypto::Ed25519Key key(std::move(seed));
    const auto name = "lucid-witness/" + to_hex(key.public_key()).substr(0, 16);
    return blockchain::rpc::WitnessDesk::open(directory, name, std::move(key), std::move(logs));
}

/// The anchor log below /log/, and the witness.
std::optional<api::server::Page> page_for(const blockchain::chain::Chain& chain,
                                          blockchain::rpc::WitnessDesk* witness,
                                          const api::server::PageRequest& request) {
    if (request.method == "POST" && request.target == "/witness/add-checkpoint" &&
        witness != nullptr) {
        auto answer = witness->add_checkpoint(
            request.body, static_cast<std::uint64_t>(core::runtime::wall_time_s()));
        return api::server::Page{static_cast<unsigned>(answer.status), answer.content_type,
                                 std::move(answer.body)};
    }
    if (request.method != "GET" || !request.target.starts_with(log_prefix)) return std::nullopt;
    const auto page = blockchain::rpc::log_page(
        chain, std::string_view(request.target).substr(log_prefix.size()));
    if (!page) return api::server::Page{404, "text/plain; charset=utf-8", "no such page\n"};
    return api::server::Page{
        200, page->is_text ? "text/plain; charset=utf-8" : "application/octet-stream",
        std::string(as_text(page->body)), page->immutable};
}

}  // namespace

int run_chain(int argc, char** argv) {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    int exit_code = exit_ok;
    const auto data = start_role("chain", argc, argv, exit_code);
    if (!data) return exit_code;
    constexpr unsigned files_max = 1024;
    if (const auto hardened = core::runtime::harden_process(files_max); !hardened)
        return fail_with("hardening failed", hardened.error());
    const auto chain = blockchain::chain::open_chain(*data);
    if (!chain) return fail_with("the chain does not open", chain.error());
    const auto witness = open_witness(*data);
    if (!witness) return fail_with("the witness does not open", witness.error());
    // Keys are read: from here on the chain's own folder is all that is in reach.
    const auto& rpc = data->config().rpc;
    core::runtime::Jail jail;
    jail.write = {data->chain(), data->file("run"), data->file("log")};
    jail.bind_tcp = {rpc.port};
    jail.connect_tcp.emplace();
    if (const auto confined = core::runtime::enter_jail(jail); !confined)
        return fail_with("the jail cannot be entered", confined.error());
    if (const auto confined = core::runtime::refuse_rare_system_calls(true); !confined)
        return fail_with("the jail cannot be entered", confined.error());
    blockchain::rpc::ChainProcess process(*data, **chain, LUCID_VERSION);
    if (const auto listening = process.listen(); !listening)
        return fail_with("chain socket", listening.error());
    api::server::HttpServer http(
        {.rpc = [&process](std::string_view body) { return process.rpc().handle(body, false); },
         .connect = [&process] { return std::make_unique<Subscriber>(process.rpc()); },
         .pages =
             [&chain, &witness](const api::server::PageRequest& request) {
                 return page_for(**chain, witness->get(), request);
             }});
    // Without the public endpoint the node still anchors; the log says what to change.
    if (const auto listening = http.listen(rpc.address, rpc.port); !listening)
        log::error("JSON-RPC does not listen; change chain.rpc in lucid.toml",
                   {{"address", rpc.text()}, {"error", listening.error().message()}});
    log::info("chain runs", {{"height", (*chain)->height()}, {"rpc", rpc.text()}});
    core::net::FrameChannel channel{core::net::Fd{core::runtime::role_channel_fd}};
    process.run(channel);
    return exit_ok;
}

}  // namespace lucid::app

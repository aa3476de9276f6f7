// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/open_chain.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/sessions/format/anchor_record.hpp>

#include "../ask_chain.hpp"
#include "finding.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app::doctor {

namespace {

namespace chain = blockchain::chain;

constexpr std::size_t small_file_bytes_max = 64 * 1024;
constexpr const char* from_backup =
    "take it from a backup: lucid restore FOLDER into another directory";

/// The chain's start as the files here describe it; nothing when they are broken.
std::optional<chain::Genesis> check_genesis(const core::runtime::DataDir& data,
                                            Findings& findings) {
    const auto path = data.chain() + "/genesis.json";
    const auto text = core::runtime::read_file(path, small_file_bytes_max);
    const auto genesis = text ? chain::Genesis::from_json(*text) : fail(text.error());
    const auto block = genesis ? chain::make_genesis(*genesis) : fail(genesis.error());
    if (!block) {
        findings.broken("chain", path + ": " + block.error().message(), from_backup);
        return std::nullopt;
    }
    const auto trust_text = core::runtime::read_file(data.trust(), small_file_bytes_max);
    const auto trust =
        trust_text ? sessions::format::Trust::from_json(*trust_text) : fail(trust_text.error());
    if (!trust)
        findings.broken("trust", data.trust() + ": " + trust.error().message(), from_backup);
    else if (trust->genesis_hash != block->header.hash() || trust->chain_id != genesis->chain_id)
        findings.broken(
            "trust", data.trust() + " names another chain than " + path,
            "after an upgrade of lucid: lucid upgrade; else restore the copy you gave away");
    return *genesis;
}

void check_clock(const core::runtime::DataDir& data, const chain::Genesis& genesis,
                 std::uint64_t head_time_s, Findings& findings) {
    const auto now = static_cast<std::uint64_t>(core::runtime::wall_time_s());
    if (now < genesis.time_s || now < head_time_s)
        return findings.broken(
            "clock",
            fmt::format("it is {} s before the chain's last block",
                        std::max(genesis.time_s, head_time_s) - now),
            "set the clock: apt-get install systemd-timesyncd; timedatectl set-ntp true");
    if (core::runtime::clock_synchronised()) return findings.good("clock", "synchronised");
    if (data.config().trust_unsynchronised_clock)
        return findings.note(
            "clock", "not synchronised; blocks are signed all the same",
            "run an NTP client, then chain.trust_unsynchronised_clock = false in " +
                data.file("lucid.toml"));
    findings.broken("clock", "not synchronised: no block is signed",
                    "apt-get install systemd-timesyncd; timedatectl set-ntp true");
}

}  // namespace

void check_chain(const core::runtime::DataDir& data, bool running, Findings& findings) {
    const auto genesis = check_genesis(data, findings);
    if (!genesis) return;
    std::uint64_t height = 0;
    std::uint64_t head_time_s = genesis->time_s;
    if (running) {
        const auto head =
            ask_chain(data, "eth_getBlockByNumber", nlohmann::json::array({"latest", false}));
        if (const auto* problem = std::get_if<core::runtime::Problem>(&head))
            return findings.broken("chain", problem->message,
                                   "the end of " + data.log("chain") + " says why");
        const auto& block = std::get<nlohmann::json>(head);
        height = std::stoull(block.value("number", "0x0"), nullptr, 16);
        head_time_s = std::stoull(block.value("timestamp", "0x0"), nullptr, 16);
    } else {
        const auto opened = chain::open_chain(data);
        if (!opened)
            return findings.broken("chain", data.chain() + ": " + opened.error().message(),
                                   from_backup);
        height = (*opened)->height();
        const auto head = (*opened)->block(height);
        if (head) head_time_s = head->header.timestamp;
    }
    findings.good("chain", fmt::format("height {}, state and anchor log fit the head", height));
    check_clock(data, *genesis, head_time_s, findings);
}

}  // namespace lucid::app::doctor

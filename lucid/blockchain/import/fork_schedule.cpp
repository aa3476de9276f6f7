// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/fork_schedule.hpp>
#include <lucid/blockchain/proto/fork_id.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::import {
namespace {

using evm::Fork;
using Json = nlohmann::json;

std::optional<std::uint64_t> number(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<std::uint64_t>();
}

state::BlobSchedule blobs_of(const Json& config, const char* name) {
    const auto all = config.value("blobSchedule", Json::object());
    const auto one = all.value(name, Json::object());
    return {number(one, "target").value_or(0), number(one, "max").value_or(0),
            number(one, "baseFeeUpdateFraction").value_or(0)};
}

}  // namespace

Result<ForkSchedule> ForkSchedule::from_json(const Json& config) {
    const auto id = config.is_object() ? number(config, "chainId") : std::nullopt;
    if (!id) return fail(Errc::bad_value, "config.chainId");
    ForkSchedule schedule;
    schedule.chain_id = *id;
    if (const auto found = config.find("depositContractAddress");
        found != config.end() && found->is_string()) {
        const auto text = found->get<std::string>();
        LUCID_TRY(const auto bytes, from_hex(text.starts_with("0x") ? text.substr(2) : text));
        if (bytes.size() != 20) return fail(Errc::bad_length, "depositContractAddress");
        std::copy(bytes.begin(), bytes.end(), schedule.deposit_contract.begin());
    }
    const std::vector<std::pair<const char*, Fork>> blocks = {
        {"homesteadBlock", Fork::homestead},
        {"eip150Block", Fork::tangerine_whistle},
        {"eip158Block", Fork::spurious_dragon},
        {"byzantiumBlock", Fork::byzantium},
        {"constantinopleBlock", Fork::constantinople},
        {"petersburgBlock", Fork::petersburg},
        {"istanbulBlock", Fork::istanbul},
        {"berlinBlock", Fork::berlin},
        {"londonBlock", Fork::london}};
    std::set<std::uint64_t> numbers;
    for (const auto& [name, fork] : blocks)
        if (const auto at = number(config, name)) schedule.by_number.emplace_back(*at, fork);
    for (const auto* name :
         {"homesteadBlock", "daoForkBlock", "eip150Block", "eip155Block", "eip158Block",
          "byzantiumBlock", "constantinopleBlock", "petersburgBlock", "istanbulBlock",
          "muirGlacierBlock", "berlinBlock", "londonBlock", "arrowGlacierBlock", "grayGlacierBlock",
          "mergeNetsplitBlock"})
        if (const auto at = number(config, name); at && *at > 0) numbers.insert(*at);
    schedule.numbers.assign(numbers.begin(), numbers.end());
    const std::vector<std::tuple<const char*, const char*, Fork>> times = {
        {"shanghaiTime", "shanghai", Fork::shanghai},
        {"cancunTime", "cancun", Fork::cancun},
        {"pragueTime", "prague", Fork::prague},
        {"osakaTime", "osaka", Fork::osaka},
        {"bpo1Time", "bpo1", Fork::osaka},
        {"bpo2Time", "bpo2", Fork::osaka}};
    for (const auto& [time, name, fork] : times)
        if (const auto at = number(config, time))
            schedule.by_time.push_back({*at, fork, blobs_of(config, name)});
    return schedule;
}

state::BlockRules ForkSchedule::rules_at(std::uint64_t at, std::uint64_t time_s,
                                         bool merged) const {
    state::BlockRules rules;
    rules.chain_id = chain_id;
    rules.fork = Fork::frontier;
    for (const auto& [first, fork] : by_number)
        if (at >= first) rules.fork = std::max(rules.fork, fork);
    if (merged) rules.fork = std::max(rules.fork, Fork::paris);
    for (const auto& timed : by_time)
        if (merged && time_s >= timed.time_s) {
            rules.fork = timed.fork;
            rules.blobs = timed.blobs;
        }
    return rules;
}

ByteArray<4> ForkSchedule::fork_id(const Hash32& genesis, std::uint64_t at,
                                   std::uint64_t time_s) const {
    std::vector<std::uint64_t> passed;
    for (const auto first : numbers)
        if (first <= at) passed.push_back(first);
    std::set<std::uint64_t> times;
    for (const auto& timed : by_time)
        if (timed.time_s > 0 && timed.time_s <= time_s) times.insert(timed.time_s);
    passed.insert(passed.end(), times.begin(), times.end());
    return proto::fork_id(genesis, passed);
}

}  // namespace lucid::blockchain::import

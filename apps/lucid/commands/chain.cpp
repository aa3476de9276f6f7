// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "../ask_chain.hpp"
#include "../commands.hpp"
#include "../open_node.hpp"
#include "all.hpp"
#include "chain_log.hpp"
#include "chain_witness.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;

/// Asks the chain process; reports the failure itself.
std::optional<Json> ask(Context& context, const std::string& method, const Json& params) {
    auto opened = core::runtime::DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&opened)) {
        report_failure(context, problem->message, problem->next);
        return std::nullopt;
    }
    auto answer = ask_chain(std::get<core::runtime::DataDir>(opened), method, params);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&answer)) {
        report_failure(context, problem->message, problem->next);
        return std::nullopt;
    }
    return std::get<Json>(std::move(answer));
}

void print_object(const Json& json) {
    for (const auto& [key, value] : json.items())
        fmt::print("{:22} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
}

void print_result(Context& context, const Json& result) {
    if (context.json)
        fmt::print("{}\n", result.dump());
    else if (result.is_object())
        print_object(result);
    else
        fmt::print("{}\n", result.dump());
}

void status(Context& context) {
    const auto result = ask(context, "lucid_status", Json::array());
    if (!result) return;
    if (context.json) {
        fmt::print("{}\n", result->dump());
        return;
    }
    fmt::print(
        "chain     {} (genesis {})\nheight    {}\nslot      {}, next block in {} s if there is "
        "something to do\nanchors   {}, {} transactions wait\ncontract  {}\nsigning   {}\n",
        result->value("chain_id", 0), result->value("genesis_hash", ""), result->value("height", 0),
        result->value("slot", 0), result->value("next_slot_in_s", 0), result->value("anchors", 0),
        result->value("pending", 0), result->value("contract", ""),
        result->value("signing", false) ? (result->value("clock_synchronised", false)
                                               ? "yes"
                                               : "yes, although the clock is not synchronised "
                                                 "(chain.trust_unsynchronised_clock)")
                                        : "no: the clock is not synchronised");
}

std::string block_tag(const std::string& text) {
    if (text.empty() || text.starts_with("0x") ||
        text.find_first_not_of("0123456789") != std::string::npos)
        return text.empty() ? "latest" : text;
    return fmt::format("0x{:x}", std::stoull(text));
}

void anchor(Context& context, const std::string& id) {
    auto node = open_node(context);
    if (!node) return;
    const auto session = node->catalog.find_session(id);
    if (!session)
        return report_failure(context, "no single session starts with " + id, "lucid session ls");
    const auto place =
        ask(context, "lucid_findSession", Json::array({{{"sessionId", "0x" + session->id}}}));
    const auto chain = place ? ask(context, "lucid_status", Json::array()) : std::nullopt;
    if (!chain) return;
    const auto line = fmt::format(
        "cast call {} "
        "'getSessionAnchor(address,bytes32)((bytes32,bytes32,address,uint64,uint64,uint32,uint64))'"
        " 0x{} 0x{} --rpc-url http://{}",
        chain->value("contract", ""), chain->value("node", ""), session->id,
        node->data.config().rpc.text());
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", true},
                                {"session", session->id},
                                {"block", (*place)["block"]},
                                {"transaction", (*place)["transaction"]},
                                {"contract", (*chain)["contract"]},
                                {"node", "0x" + chain->value("node", "")},
                                {"cast", line}}
                               .dump());
        return;
    }
    fmt::print(
        "session      {}\nblock        {}\ntransaction  {}\n\nThe same with Foundry's cast:\n  "
        "{}\n",
        session->id, (*place)["block"].dump(), place->value("transaction", ""), line);
}

}  // namespace

void add_chain(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("chain", "The chain of this node");
    command->require_subcommand(1);
    command->add_subcommand("status", "Height, slot, contract")->callback([&context] {
        status(context);
    });
    auto text = std::make_shared<std::string>();
    auto* block = command->add_subcommand("block", "One block");
    block->add_option("NUMBER", *text, "Number or latest");
    block->callback([&context, text] {
        const auto result =
            ask(context, "eth_getBlockByNumber", Json::array({block_tag(*text), true}));
        if (result && result->is_null())
            return report_failure(context, "there is no block " + *text, "lucid chain status");
        if (result) print_result(context, *result);
    });
    auto* transaction = command->add_subcommand("tx", "A transaction's receipt");
    transaction->add_option("HASH", *text)->required();
    transaction->callback([&context, text] {
        const auto result = ask(context, "eth_getTransactionReceipt", Json::array({*text}));
        if (result && result->is_null())
            return report_failure(context, *text + " is in no block (yet)", "lucid chain status");
        if (result) print_result(context, *result);
    });
    add_chain_log(*command, context);
    add_chain_witness(*command, context);
    auto* anchored = command->add_subcommand("anchor", "Where a session stands on the chain");
    anchored->add_option("SESSION", *text, "Id or its beginning")->required();
    anchored->footer("Example:\n  lucid chain anchor 2da527");
    anchored->callback([&context, text] { anchor(context, *text); });
    add_conformance(*command, context);
}

}  // namespace lucid::app

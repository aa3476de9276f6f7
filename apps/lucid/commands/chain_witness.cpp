// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "chain_witness.hpp"

#include <lucid/blockchain/tlog/witness.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>

#include <charconv>
#include <memory>

#include "../ask_chain.hpp"
#include "../commands.hpp"
#include "../http_post.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {
namespace {

namespace tlog = blockchain::tlog;
using core::runtime::DataDir;
using core::runtime::Problem;
using Json = nlohmann::json;

constexpr std::size_t witness_logs_bytes_max = 64 * 1024;

void print(const Context& context, const Json& json, const std::string& text) {
    fmt::print("{}\n", context.json ? json.dump() : text);
}

/// The present checkpoint and what leads to it from an earlier size.
std::variant<std::string, Problem> request_body(const DataDir& data, const tlog::Note& note,
                                                std::uint64_t old_size, std::uint64_t size) {
    tlog::AddCheckpoint request;
    request.old_size = old_size;
    request.note = note;
    if (old_size > 0) {
        auto answer = ask_chain(data, "lucid_getConsistencyProof",
                                Json::array({{{"oldSize", old_size}, {"size", size}}}));
        if (auto* problem = std::get_if<Problem>(&answer)) return *problem;
        for (const auto& hash : std::get<Json>(answer)["proof"]) {
            const auto bytes = hash32_from_hex(hash.get<std::string>().substr(2));
            if (!bytes) return Problem{"the chain's consistency proof cannot be read", ""};
            request.proof.push_back(*bytes);
        }
    }
    return request.to_text();
}

/// Asks the witness, once more from the size that it names.
std::variant<std::string, Problem> cosignature(const DataDir& data, const std::string& url,
                                               const tlog::Note& note, std::uint64_t size) {
    std::uint64_t old_size = 0;
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto body = request_body(data, note, old_size, size);
        if (auto* problem = std::get_if<Problem>(&body)) return *problem;
        const auto answer = http_post(url + "/add-checkpoint", std::get<std::string>(body));
        if (!answer) return Problem{url + ": " + answer.error().message(), ""};
        if (answer->status == 200) return answer->body;
        const auto end = answer->body.data() + answer->body.size();
        if (answer->status != 409 ||
            std::from_chars(answer->body.data(), end, old_size).ec != std::errc{} ||
            old_size > size)
            return Problem{fmt::format("{} answered {}: {}", url, answer->status, answer->body),
                           ""};
    }
    return Problem{url + " did not take the checkpoint", ""};
}

void ask_witness(Context& context, const std::string& url, const std::string& key_text) {
    const auto key = tlog::VerifierKey::from_text(key_text);
    if (!key || key->type != tlog::KeyType::cosignature)
        return report_failure(context, "that is no witness's verifier key");
    auto opened = DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    const auto& data = std::get<DataDir>(opened);
    const auto answer = ask_chain(data, "lucid_getCheckpoint", Json::array());
    if (const auto* problem = std::get_if<Problem>(&answer))
        return report_failure(context, problem->message, problem->next);
    auto note = tlog::Note::from_text(std::get<Json>(answer).get<std::string>());
    const auto head = note ? tlog::Checkpoint::from_text(note->text) : fail(note.error());
    if (!head) return report_failure(context, "the checkpoint cannot be read");
    // Lines of other witnesses stay out: the log's own is what it signs for.
    note->signatures.resize(1);
    const auto line = cosignature(data, url, *note, head->size);
    if (const auto* problem = std::get_if<Problem>(&line))
        return report_failure(context, problem->message, problem->next);
    const auto added = ask_chain(data, "lucid_addCosignature",
                                 Json::array({{{"size", head->size},
                                               {"line", std::get<std::string>(line)},
                                               {"witness", key->to_text()}}}));
    if (const auto* problem = std::get_if<Problem>(&added))
        return report_failure(context, url + ": " + problem->message);
    print(context, {{"ok", true}, {"size", head->size}, {"witness", key->name}},
          fmt::format("{} has cosigned the log at size {}", key->name, head->size));
}

void add_log(Context& context, const std::string& key_text) {
    const auto key = tlog::VerifierKey::from_text(key_text);
    if (!key || key->type != tlog::KeyType::ed25519)
        return report_failure(context, "that is no log's verifier key",
                              "lucid chain witness key, on the node whose log it is");
    auto opened = DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    const auto path = std::get<DataDir>(opened).chain() + "/witness_logs";
    auto text = std::string(
        as_text(core::runtime::read_file(path, witness_logs_bytes_max).value_or(Bytes{})));
    if (text.find(key->to_text() + "\n") == std::string::npos) text += key->to_text() + "\n";
    if (const auto written = core::runtime::write_file_atomically(path, as_bytes(text)); !written)
        return report_failure(context, path + ": " + written.error().message());
    print(context, {{"ok", true}, {"log", key->name}},
          fmt::format("witness of {} from the next start on", key->name));
}

void show_key(Context& context) {
    auto opened = DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<Problem>(&opened))
        return report_failure(context, problem->message, problem->next);
    const auto answer = ask_chain(std::get<DataDir>(opened), "lucid_logKey", Json::array());
    if (const auto* problem = std::get_if<Problem>(&answer))
        return report_failure(context, problem->message, problem->next);
    const auto key = std::get<Json>(answer).get<std::string>();
    print(context, {{"ok", true}, {"key", key}}, key);
}

}  // namespace

void add_chain_witness(CLI::App& chain, Context& context) {
    auto* command = chain.add_subcommand("witness", "Witnesses of the anchor log (C2SP)");
    command->require_subcommand(1);
    auto text = std::make_shared<std::string>();
    auto key = std::make_shared<std::string>();
    command->add_subcommand("key", "The verifier key of this node's log")->callback([&context] {
        show_key(context);
    });
    auto* ask = command->add_subcommand("ask", "Has a witness cosign the log as it is now");
    ask->add_option("URL", *text, "http://…, without /add-checkpoint")->required();
    ask->add_option("--key", *key, "The witness's verifier key")->required();
    ask->footer(
        "Example:\n  lucid chain witness ask http://127.0.0.1:8546/witness --key "
        "lucid-witness/…+1a2b3c4d+BA…");
    ask->callback([&context, text, key] { ask_witness(context, *text, *key); });
    auto* add = command->add_subcommand("add", "Makes this node a witness of another log");
    add->add_option("KEY", *key, "That log's verifier key")->required();
    add->callback([&context, key] { add_log(context, *key); });
}

}  // namespace lucid::app

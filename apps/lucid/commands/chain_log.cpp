// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "chain_log.hpp"

#include <lucid/blockchain/tlog/growth.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>

#include <memory>

#include "../ask_chain.hpp"
#include "../commands.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {
namespace {

namespace tlog = blockchain::tlog;
using core::runtime::DataDir;
using core::runtime::Problem;
using Json = nlohmann::json;

struct LogFlags {
    std::string before;  ///< file with the earlier checkpoint
    std::string after;   ///< file with proof and later checkpoint
    std::string key;
    std::vector<std::string> witnesses;
    std::string out;
};

template <class T>
std::optional<T> read_text(Context& context, const std::string& path, const char* next) {
    const auto bytes = core::runtime::read_file(path, tlog::note_bytes_max);
    if (!bytes) {
        report_failure(context, path + ": " + bytes.error().message());
        return std::nullopt;
    }
    auto text = T::from_text(as_text(*bytes));
    if (text) return std::move(*text);
    report_failure(context, path + ": " + text.error().message(), next);
    return std::nullopt;
}

std::optional<tlog::VerifierKey> read_key(Context& context, const std::string& text,
                                          tlog::KeyType type, const char* what) {
    auto key = tlog::VerifierKey::from_text(text);
    if (key && key->type == type) return std::move(*key);
    report_failure(context, std::string("that is no ") + what + "'s verifier key: " + text,
                   "lucid chain witness key, on its node");
    return std::nullopt;
}

/// To the file, or to standard output.
void write_text(Context& context, const std::string& text, const std::string& out,
                const Json& facts) {
    if (!out.empty())
        if (const auto written = core::runtime::write_file_atomically(out, as_bytes(text), 0644);
            !written)
            return report_failure(context, out + ": " + written.error().message());
    if (context.json) {
        auto json = facts;
        json["ok"] = true;
        if (out.empty())
            json["text"] = text;
        else
            json["out"] = out;
        fmt::print("{}\n", json.dump());
    } else if (out.empty()) {
        fmt::print("{}", text);
    }
}

std::optional<Json> ask(Context& context, const char* method, const Json& params) {
    auto opened = DataDir::open(context.data_dir);
    if (const auto* problem = std::get_if<Problem>(&opened)) {
        report_failure(context, problem->message, problem->next);
        return std::nullopt;
    }
    auto answer = ask_chain(std::get<DataDir>(opened), method, params);
    if (const auto* problem = std::get_if<Problem>(&answer)) {
        report_failure(context, problem->message, problem->next);
        return std::nullopt;
    }
    return std::get<Json>(std::move(answer));
}

struct Head {
    tlog::Note note;
    tlog::Checkpoint checkpoint;
};
std::optional<Head> head_of_log(Context& context) {
    const auto answer = ask(context, "lucid_getCheckpoint", Json::array());
    if (!answer) return std::nullopt;
    const auto note = tlog::Note::from_text(answer->get<std::string>());
    const auto checkpoint = note ? tlog::Checkpoint::from_text(note->text) : fail(note.error());
    if (checkpoint) return Head{*note, *checkpoint};
    report_failure(context, "the chain's checkpoint: " + checkpoint.error().message());
    return std::nullopt;
}

void show_checkpoint(Context& context, const LogFlags& flags) {
    if (const auto head = head_of_log(context))
        write_text(context, head->note.to_text(), flags.out, {{"size", head->checkpoint.size}});
}

void make_proof(Context& context, const LogFlags& flags) {
    const auto before = read_text<tlog::Note>(context, flags.before, "lucid chain log checkpoint");
    if (!before) return;
    const auto earlier = tlog::Checkpoint::from_text(before->text);
    if (!earlier)
        return report_failure(context, flags.before + ": " + earlier.error().message(),
                              "lucid chain log checkpoint");
    const auto head = head_of_log(context);
    if (!head) return;
    tlog::AddCheckpoint proof;
    proof.old_size = earlier->size;
    proof.note = head->note;
    const auto answer =
        ask(context, "lucid_getConsistencyProof",
            Json::array({{{"oldSize", earlier->size}, {"size", head->checkpoint.size}}}));
    if (!answer) return;
    for (const auto& item : (*answer)["proof"]) {
        const auto hash = hash32_from_hex(item.get<std::string>().substr(2));
        if (!hash) return report_failure(context, "the chain's consistency proof cannot be read");
        proof.proof.push_back(*hash);
    }
    write_text(context, proof.to_text(), flags.out,
               {{"old_size", earlier->size},
                {"size", head->checkpoint.size},
                {"hashes", proof.proof.size()}});
}

void refuse(Context& context, const std::string& reason) {
    context.exit_code = exit_failed;
    if (context.json)
        fmt::print("{}\n", Json{{"ok", false}, {"verdict", "refused"}, {"reason", reason}}.dump());
    else
        fmt::print("refused: {}\n", reason);
}

void verify_files(Context& context, const LogFlags& flags) {
    const auto before = read_text<tlog::Note>(context, flags.before, "lucid chain log checkpoint");
    const auto after =
        before ? read_text<tlog::AddCheckpoint>(context, flags.after, "lucid chain log proof")
               : std::nullopt;
    if (!after) return;
    std::optional<tlog::VerifierKey> key;
    if (!flags.key.empty()) {
        key = read_key(context, flags.key, tlog::KeyType::ed25519, "log");
        if (!key) return;
    }
    std::vector<tlog::VerifierKey> witnesses;
    for (const auto& text : flags.witnesses) {
        const auto witness = read_key(context, text, tlog::KeyType::cosignature, "witness");
        if (!witness) return;
        witnesses.push_back(*witness);
    }
    const auto growth = tlog::verify_growth(*before, *after, key, witnesses);
    if (!growth) return refuse(context, growth.error().message());
    context.exit_code = key ? exit_ok : exit_unpinned;
    const char* verdict = key ? "verified" : "consistent";
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", true},
                                {"verdict", verdict},
                                {"log", growth->before.origin},
                                {"old_size", growth->before.size},
                                {"size", growth->after.size},
                                {"witnesses", witnesses.size()}}
                               .dump());
        return;
    }
    fmt::print("{}: {} only grew, from {} to {} anchors\n", verdict, growth->before.origin,
               growth->before.size, growth->after.size);
    if (!key) fmt::print("nobody's signature was checked: give the log's key with --key\n");
}

}  // namespace

void add_chain_log(CLI::App& chain, Context& context) {
    auto* command = chain.add_subcommand("log", "The anchor log: its head, and that it only grows");
    command->require_subcommand(1);
    auto flags = std::make_shared<LogFlags>();
    auto* checkpoint =
        command->add_subcommand("checkpoint", "The signed head of the log as it is now");
    checkpoint->add_option("--out", flags->out, "File instead of standard output");
    checkpoint->footer("Example:\n  lucid chain log checkpoint --out monday.checkpoint");
    checkpoint->callback([&context, flags] { show_checkpoint(context, *flags); });
    auto* proof = command->add_subcommand(
        "proof", "The head of the log, behind the proof that it grew from an earlier one");
    proof->add_option("EARLIER", flags->before, "File of `lucid chain log checkpoint`")->required();
    proof->add_option("--out", flags->out, "File instead of standard output");
    proof->footer("Example:\n  lucid chain log proof monday.checkpoint --out friday.proof");
    proof->callback([&context, flags] { make_proof(context, *flags); });
    auto* verify = command->add_subcommand(
        "verify", "Check that the log only grew: no node, no network needed");
    verify->add_option("EARLIER", flags->before, "File of `lucid chain log checkpoint`")
        ->required();
    verify->add_option("LATER", flags->after, "File of `lucid chain log proof`")->required();
    verify->add_option("--key", flags->key,
                       "The log's verifier key: both checkpoints must be signed by it");
    verify
        ->add_option("--witness", flags->witnesses,
                     "Verifier key of a witness who must have cosigned the later one")
        ->allow_extra_args(false);
    verify->footer(
        "Examples:\n  lucid chain log verify monday.checkpoint friday.proof --key "
        "lucid-…+1a2b3c4d+AQ…\n  lucid chain log verify monday.checkpoint friday.proof --json\n\n"
        "Exit codes: 0 verified, 3 consistent but no key given, 1 refused (the reason is named).");
    verify->callback([&context, flags] { verify_files(context, *flags); });
}

}  // namespace lucid::app

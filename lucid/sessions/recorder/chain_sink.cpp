// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/sessions/recorder/chain_sink.hpp>

#include <chrono>

#include <nlohmann/json.hpp>

namespace lucid::sessions::recorder {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr auto patience = 20s;
/// Server errors of the lucid_* methods (docs/design/processes.md).
constexpr int error_already_anchored = -32010;
constexpr int error_not_final = -32011;

std::string request(const char* method, Json parameters) {
    return Json{
        {"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", {std::move(parameters)}}}
        .dump();
}

std::string hex0x(ByteView bytes) {
    return "0x" + to_hex(bytes);
}

}  // namespace

Result<std::string> ChainSink::call(const std::string& text) {
    if (!channel_.valid()) {
        auto connected = core::net::FrameChannel::connect(socket_path_);
        if (!connected) return fail(Errc::peer_closed, "chain process");
        channel_ = std::move(*connected);
    }
    auto answer = channel_.send(as_bytes(text)) ? channel_.receive(patience)
                                                : fail(Errc::peer_closed, "chain process");
    if (!answer) {
        channel_ = {};
        return fail(answer.error());
    }
    const auto json = Json::parse(answer->payload.begin(), answer->payload.end(), nullptr, false);
    if (!json.is_object()) return fail(Errc::bad_value, "chain answer");
    if (const auto error = json.find("error"); error != json.end()) {
        const auto code = error->value("code", 0);
        if (code == error_already_anchored) return fail(Errc::already_exists, "anchor");
        if (code == error_not_final) return fail(Errc::not_found, "anchor");
        return fail(Errc::refused, "chain", static_cast<std::uint64_t>(-code));
    }
    const auto result = json.find("result");
    if (result == json.end()) return fail(Errc::bad_value, "chain answer");
    return result->is_string() ? result->get<std::string>() : result->dump();
}

Result<core::ports::ChainIdentity> ChainSink::identity() {
    LUCID_TRY(const auto text, call(request("lucid_status", Json::object())));
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("chain_id") || !json["chain_id"].is_number_unsigned() ||
        !json.contains("genesis_time") || !json["genesis_time"].is_number_unsigned())
        return fail(Errc::bad_value, "chain status");
    core::ports::ChainIdentity identity;
    identity.chain_id = json["chain_id"].get<std::uint64_t>();
    identity.genesis_time_s = json["genesis_time"].get<std::uint64_t>();
    const auto node = from_hex(json.value("node", ""));
    if (!node || node->size() != identity.node.size()) return fail(Errc::bad_value, "chain node");
    std::copy(node->begin(), node->end(), identity.node.begin());
    return identity;
}

Result<std::string> ChainSink::submit(const blockchain::proto::CheckpointAnchor& anchor) {
    return call(
        request("lucid_submitCheckpoint",
                {{"slot", anchor.slot}, {"root", hex0x(anchor.root)}, {"count", anchor.count}}));
}

Result<std::string> ChainSink::submit(const blockchain::proto::SessionAnchor& anchor) {
    return call(request("lucid_submitSession", {{"sessionId", hex0x(anchor.session_id.bytes)},
                                                {"manifestHash", hex0x(anchor.manifest_hash)},
                                                {"startedAt", anchor.started_at_s},
                                                {"owner", hex0x(anchor.owner)},
                                                {"merkleRoot", hex0x(anchor.merkle_root)},
                                                {"treeSize", anchor.tree_size},
                                                {"chunkCount", anchor.chunk_count}}));
}

Result<std::optional<core::ports::AnchorPlace>> ChainSink::find(const SessionId& session) {
    const auto text = call(request("lucid_findSession", {{"sessionId", hex0x(session.bytes)}}));
    if (!text && text.error().code == make_error_code(Errc::not_found)) return std::nullopt;
    if (!text) return fail(text.error());
    const auto json = Json::parse(*text, nullptr, false);
    if (!json.is_object() || !json.contains("block") || !json["block"].is_number_unsigned())
        return fail(Errc::bad_value, "chain anchor");
    return core::ports::AnchorPlace{json["block"].get<std::uint64_t>(),
                                    json.value("transaction", "")};
}

Result<std::string> ChainSink::evidence(const SessionId& session, std::uint64_t first_slot,
                                        std::uint64_t last_slot) {
    return call(request(
        "lucid_getAnchorEvidence",
        {{"sessionId", hex0x(session.bytes)}, {"firstSlot", first_slot}, {"lastSlot", last_slot}}));
}

}  // namespace lucid::sessions::recorder

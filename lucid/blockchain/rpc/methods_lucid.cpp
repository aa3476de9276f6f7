// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/lucid_method.hpp>

namespace lucid::blockchain::rpc {
namespace {

using chain::Chain;

std::uint64_t number(const Json& object, const char* name, std::uint64_t largest = UINT64_MAX) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned())
        throw RpcError{rpc_invalid_params, std::string(name) + ": number expected"};
    const auto value = found->get<std::uint64_t>();
    if (value > largest)
        throw RpcError{rpc_invalid_params, std::string(name) + ": number too large"};
    return value;
}

Json anchored(const Result<Hash32>& hash) {
    if (hash) return hex_data(*hash);
    if (hash.error().code == make_error_code(Errc::already_exists))
        throw RpcError{rpc_already_anchored, "already anchored"};
    throw RpcError{rpc_server_error, hash.error().context};
}

Json submit_checkpoint(Chain& chain, const Json& p) {
    proto::CheckpointAnchor anchor;
    anchor.slot = number(p, "slot");
    anchor.root = hash_param(p.value("root", Json()), "root");
    anchor.count = static_cast<std::uint32_t>(number(p, "count", UINT32_MAX));
    return anchored(chain.submit_anchor(anchor));
}

Json submit_session(Chain& chain, const Json& p) {
    proto::SessionAnchor anchor;
    anchor.session_id.bytes = hash_param(p.value("sessionId", Json()), "sessionId");
    anchor.manifest_hash = hash_param(p.value("manifestHash", Json()), "manifestHash");
    anchor.started_at_s = number(p, "startedAt");
    anchor.owner = address_param(p.value("owner", Json()), "owner");
    anchor.merkle_root = hash_param(p.value("merkleRoot", Json()), "merkleRoot");
    anchor.tree_size = number(p, "treeSize");
    anchor.chunk_count = static_cast<std::uint32_t>(number(p, "chunkCount", UINT32_MAX));
    return anchored(chain.submit_anchor(anchor));
}

Json find_session(Chain& chain, const Json& p) {
    const auto place = chain.find_session({hash_param(p.value("sessionId", Json()), "sessionId")});
    if (!place) throw RpcError{rpc_not_final, "not in a block yet"};
    return {{"block", place->block}, {"transaction", hex_data(place->transaction)}};
}

Json evidence(Chain& chain, const Json& p) {
    const auto text = chain.evidence({hash_param(p.value("sessionId", Json()), "sessionId")},
                                     number(p, "firstSlot"), number(p, "lastSlot"));
    if (!text && text.error().code == make_error_code(Errc::not_found))
        throw RpcError{rpc_not_final, std::string(text.error().context) + " is not in a block yet"};
    if (!text) throw RpcError{rpc_server_error, text.error().message()};
    return *text;
}

/// Entry of the anchor log with its proof against the present head.
Json anchor_at(const Chain& chain, const Json& p) {
    const auto index = number(p, "index");
    const auto size = chain.log_size();
    const auto snapshot = value_or_throw(chain.blocks().snapshot());
    const store::AnchorLog log(snapshot, size);
    if (index >= size) return nullptr;
    const auto entry = value_or_throw(log.entry(index));
    Json proof = Json::array();
    for (const auto& hash : value_or_throw(log.inclusion(index, size)))
        proof.push_back(hex_data(hash));
    return {{"index", index},
            {"data", hex_data(entry.data)},
            {"leaf", hex_data(entry.leaf)},
            {"blockSlot", entry.block_slot},
            {"treeSize", size},
            {"root", hex_data(value_or_throw(log.root(size)))},
            {"inclusion", std::move(proof)}};
}

Json consistency(const Chain& chain, const Json& p) {
    const auto old_size = number(p, "oldSize");
    const auto size = p.contains("size") ? number(p, "size") : chain.log_size();
    const auto proof = chain.log_consistency(old_size, size);
    if (!proof) throw RpcError{rpc_invalid_params, proof.error().message()};
    Json hashes = Json::array();
    for (const auto& hash : *proof) hashes.push_back(hex_data(hash));
    return {{"oldSize", old_size}, {"size", size}, {"proof", std::move(hashes)}};
}

Json add_cosignature(Chain& chain, const Json& p) {
    const auto witness = tlog::VerifierKey::from_text(p.value("witness", ""));
    if (!witness) throw RpcError{rpc_invalid_params, "witness: " + witness.error().message()};
    const auto added = chain.add_cosignature(number(p, "size"), p.value("line", ""), *witness);
    if (!added) throw RpcError{rpc_invalid_params, added.error().message()};
    return true;
}

}  // namespace

std::optional<Json> lucid_method(chain::Chain& chain, const std::string& method, const Json& params,
                                 bool local, const std::function<std::string()>& status) {
    const Json p =
        params.is_array() && !params.empty() && params[0].is_object() ? params[0] : Json::object();
    if (method == "lucid_status") {
        auto json = Json::parse(status());
        json["chain_id"] = chain.genesis().chain_id;
        json["genesis_time"] = chain.genesis().time_s;
        json["genesis_hash"] = hex_data(chain.genesis_hash());
        json["node"] = to_hex(chain.genesis().node);
        json["height"] = chain.height();
        json["anchors"] = chain.log_size();
        json["pending"] = chain.pool_size();
        json["contract"] = hex_data(chain::anchors_address());
        return json;
    }
    if (method == "lucid_findSession") return find_session(chain, p);
    if (method == "lucid_getAnchorEvidence") return evidence(chain, p);
    if (method == "lucid_getCheckpoint") return value_or_throw(chain.checkpoint_note());
    if (method == "lucid_logKey") return chain.log_key().to_text();
    if (method == "lucid_getAnchorByIndex") return anchor_at(chain, p);
    if (method == "lucid_getConsistencyProof") return consistency(chain, p);
    // These are signed with the node's key: never for the network.
    if (!local) return std::nullopt;
    if (method == "lucid_submitCheckpoint") return submit_checkpoint(chain, p);
    if (method == "lucid_submitSession") return submit_session(chain, p);
    if (method == "lucid_addCosignature") return add_cosignature(chain, p);
    return std::nullopt;
}

}  // namespace lucid::blockchain::rpc

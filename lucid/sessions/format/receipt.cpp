// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/format/json.hpp>
#include <lucid/sessions/format/receipt.hpp>

namespace lucid::sessions::format {
namespace {

using detail::Fields;
using detail::Json;

constexpr std::string_view signature_magic = "lucid/receipt/1";
constexpr std::size_t receipt_bytes_max = 4096;

Bytes signed_message(const Json& unsigned_receipt) {
    Bytes message = to_bytes(as_bytes(signature_magic));
    append(message, crypto::sha256(as_bytes(detail::canonical(unsigned_receipt))));
    return message;
}

std::string finish(Json receipt, const crypto::Ed25519Key& key) {
    const auto signature = key.sign(signed_message(receipt));
    receipt["signature"] = to_hex(signature);
    return detail::canonical(receipt);
}

/// Checks form, kind and signature.
Result<Json> open(ByteView text, const char* kind) {
    if (text.size() > receipt_bytes_max) return fail(Errc::limit_exceeded, "receipt", text.size());
    LUCID_TRY(auto json, detail::parse_canonical(text, "receipt"));
    Fields f(json, "receipt");
    LUCID_TRY(const auto found, f.text("kind"));
    if (found != kind) return fail(Errc::bad_value, "receipt kind");
    LUCID_TRY(const auto signature, f.hex_array<64>("signature"));
    LUCID_TRY(const auto key, f.hex_array<32>("node_key"));
    json.erase("signature");
    if (!crypto::ed25519_verify(key, signed_message(json), signature))
        return fail(Errc::bad_signature, "receipt");
    return json;
}

}  // namespace

std::string OpenReceipt::sign(const crypto::Ed25519Key& key) const {
    return finish({{"version", 1},
                   {"kind", "open"},
                   {"session_id", session_id.hex()},
                   {"node", to_hex(node)},
                   {"node_key", to_hex(node_key)},
                   {"started_at_us", started_at_us},
                   {"policy_hash", to_hex(policy_hash)},
                   {"consent_hash", to_hex(consent_hash)}},
                  key);
}

Result<OpenReceipt> OpenReceipt::verify(ByteView text) {
    LUCID_TRY(const auto json, open(text, "open"));
    Fields f(json, "open receipt");
    OpenReceipt r;
    LUCID_TRY(const auto version, f.number("version"));
    if (version != 1) return fail(Errc::bad_version, "receipt version", version);
    LUCID_CHECK(f.text("kind"));
    LUCID_TRY(r.session_id.bytes, f.hex_array<32>("session_id"));
    LUCID_TRY(r.node, f.hex_array<20>("node"));
    LUCID_TRY(r.node_key, f.hex_array<32>("node_key"));
    LUCID_TRY(r.started_at_us, f.number("started_at_us"));
    LUCID_TRY(r.policy_hash, f.hex_array<32>("policy_hash"));
    LUCID_TRY(r.consent_hash, f.hex_array<32>("consent_hash"));
    LUCID_CHECK(f.finish());
    return r;
}

std::string CloseReceipt::sign(const crypto::Ed25519Key& key) const {
    return finish({{"version", 1},
                   {"kind", "close"},
                   {"session_id", session_id.hex()},
                   {"node_key", to_hex(node_key)},
                   {"tree_size", tree_size},
                   {"root", to_hex(root)},
                   {"end_state", end_state}},
                  key);
}

Result<CloseReceipt> CloseReceipt::verify(ByteView text) {
    LUCID_TRY(const auto json, open(text, "close"));
    Fields f(json, "close receipt");
    CloseReceipt r;
    LUCID_TRY(const auto version, f.number("version"));
    if (version != 1) return fail(Errc::bad_version, "receipt version", version);
    LUCID_CHECK(f.text("kind"));
    LUCID_TRY(r.session_id.bytes, f.hex_array<32>("session_id"));
    LUCID_TRY(r.node_key, f.hex_array<32>("node_key"));
    LUCID_TRY(r.tree_size, f.number("tree_size"));
    LUCID_TRY(r.root, f.hex_array<32>("root"));
    LUCID_TRY(r.end_state, f.text("end_state"));
    LUCID_CHECK(f.finish());
    return r;
}

}  // namespace lucid::sessions::format

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/commitments.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::proto {
namespace {

constexpr std::uint64_t payload_version = 1;
constexpr std::string_view vote_magic = "lucid/vote/1";

}  // namespace

Bytes ConsensusPayload::encode() const {
    rlp::Encoder e;
    e.integer(payload_version).integer(slot).bytes(validator_set_hash);
    e.integer(log_size).bytes(log_root).bytes(previous_certificate_hash);
    return e.list();
}

Result<ConsensusPayload> ConsensusPayload::decode(ByteView encoded) {
    LUCID_TRY(auto d, rlp::Decoder::list(encoded, "consensus payload"));
    LUCID_TRY(const auto version, d.u64("payload version"));
    if (version != payload_version) return fail(Errc::bad_version, "payload version", version);
    ConsensusPayload p;
    LUCID_TRY(p.slot, d.u64("payload slot"));
    LUCID_TRY(p.validator_set_hash, d.array<32>("validator set hash"));
    LUCID_TRY(p.log_size, d.u64("anchor log size"));
    LUCID_TRY(p.log_root, d.array<32>("anchor log root"));
    LUCID_TRY(p.previous_certificate_hash, d.array<32>("previous certificate"));
    LUCID_CHECK(d.finish("consensus payload"));
    return p;
}

Hash32 ConsensusPayload::hash() const {
    return crypto::sha256(encode());
}

Bytes ValidatorSet::encode() const {
    rlp::Encoder e;
    for (const auto& v : validators) {
        rlp::Encoder item;
        item.bytes(v.key).integer(v.weight).bytes(v.account);
        e.raw(item.list());
    }
    return e.list();
}

Result<ValidatorSet> ValidatorSet::decode(ByteView encoded) {
    LUCID_TRY(auto d, rlp::Decoder::list(encoded, "validator set"));
    ValidatorSet set;
    while (!d.empty()) {
        if (set.validators.size() == validators_max)
            return fail(Errc::limit_exceeded, "validator set", validators_max);
        LUCID_TRY(auto item, d.sublist("validator"));
        Validator v;
        LUCID_TRY(v.key, item.array<32>("validator key"));
        LUCID_TRY(v.weight, item.u64("validator weight"));
        LUCID_TRY(v.account, item.array<20>("validator account"));
        LUCID_CHECK(item.finish("validator"));
        if (v.weight == 0 || v.weight > (std::uint64_t{1} << 48))
            return fail(Errc::bad_value, "validator weight", v.weight);
        if (!set.validators.empty() && !(set.validators.back().key < v.key))
            return fail(Errc::not_canonical, "validator order");
        set.validators.push_back(v);
    }
    return set;
}

Hash32 ValidatorSet::hash() const {
    return crypto::sha256(encode());
}

Bytes vote_message(std::uint64_t chain_id, std::uint64_t height, std::uint32_t round,
                   const Hash32& block_hash) {
    Writer w;
    w.text(vote_magic).u64_le(chain_id).u64_le(height).u32_le(round).bytes(block_hash);
    return w.take();
}

Bytes Certificate::encode() const {
    rlp::Encoder list;
    for (const auto& vote : votes) {
        rlp::Encoder item;
        item.integer(std::uint64_t{vote.validator_index}).bytes(vote.signature);
        list.raw(item.list());
    }
    rlp::Encoder e;
    e.integer(height).integer(std::uint64_t{round}).bytes(block_hash).raw(list.list());
    return e.list();
}

Result<Certificate> Certificate::decode(ByteView encoded) {
    LUCID_TRY(auto d, rlp::Decoder::list(encoded, "certificate"));
    Certificate c;
    LUCID_TRY(c.height, d.u64("certificate height"));
    LUCID_TRY(const auto round, d.u64("certificate round"));
    if (round > 0xffffffff) return fail(Errc::bad_value, "certificate round", round);
    c.round = static_cast<std::uint32_t>(round);
    LUCID_TRY(c.block_hash, d.array<32>("certificate block"));
    LUCID_TRY(auto votes, d.sublist("certificate votes"));
    LUCID_CHECK(d.finish("certificate"));
    while (!votes.empty()) {
        LUCID_TRY(auto item, votes.sublist("vote"));
        LUCID_TRY(const auto index, item.u64("vote index"));
        if (index >= validators_max) return fail(Errc::bad_value, "vote index", index);
        if (!c.votes.empty() && index <= c.votes.back().validator_index)
            return fail(Errc::not_canonical, "vote order", index);
        Vote vote;
        vote.validator_index = static_cast<std::uint32_t>(index);
        LUCID_TRY(vote.signature, item.array<64>("vote signature"));
        LUCID_CHECK(item.finish("vote"));
        c.votes.push_back(vote);
    }
    return c;
}

Hash32 Certificate::hash() const {
    return crypto::sha256(encode());
}

Result<void> Certificate::verify(const ValidatorSet& set, std::uint64_t chain_id) const {
    const auto message = vote_message(chain_id, height, round, block_hash);
    std::uint64_t total = 0;
    for (const auto& v : set.validators) total += v.weight;
    std::uint64_t signed_weight = 0;
    for (const auto& vote : votes) {
        if (vote.validator_index >= set.validators.size())
            return fail(Errc::bad_value, "vote index", vote.validator_index);
        const auto& validator = set.validators[vote.validator_index];
        if (!crypto::ed25519_verify(validator.key, message, vote.signature))
            return fail(Errc::bad_signature, "vote", vote.validator_index);
        signed_weight += validator.weight;
    }
    if (signed_weight * 3 <= total * 2)
        return fail(Errc::refused, "certificate weight", signed_weight);
    return {};
}

}  // namespace lucid::blockchain::proto

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/receipt.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::proto {
namespace {

/// The three bits that an item sets: low eleven bits of the first three pairs of its hash.
std::array<unsigned, 3> bloom_bits(ByteView item) {
    const auto hash = crypto::keccak256(item);
    std::array<unsigned, 3> bits{};
    for (std::size_t i = 0; i < 3; ++i)
        bits[i] = (static_cast<unsigned>(hash[2 * i]) << 8 | hash[2 * i + 1]) & 0x7ffU;
    return bits;
}

void set_bits(Bloom& bloom, ByteView item) {
    for (const auto bit : bloom_bits(item))
        bloom[255 - bit / 8] |= static_cast<std::uint8_t>(1U << (bit % 8));
}

}  // namespace

void add_to_bloom(Bloom& bloom, const Log& log) {
    set_bits(bloom, log.address);
    for (const auto& topic : log.topics) set_bits(bloom, topic);
}

Bloom bloom_of(std::span<const Log> logs) {
    Bloom bloom{};
    for (const auto& log : logs) add_to_bloom(bloom, log);
    return bloom;
}

bool bloom_may_contain(const Bloom& bloom, ByteView item) {
    for (const auto bit : bloom_bits(item))
        if ((bloom[255 - bit / 8] >> (bit % 8) & 1U) == 0) return false;
    return true;
}

Bytes Receipt::encode() const {
    rlp::Encoder list;
    for (const auto& log : logs) {
        rlp::Encoder topics;
        for (const auto& topic : log.topics) topics.bytes(topic);
        rlp::Encoder item;
        item.bytes(log.address).raw(topics.list()).bytes(log.data);
        list.raw(item.list());
    }
    rlp::Encoder e;
    if (state_root)
        e.bytes(*state_root);
    else
        e.integer(std::uint64_t{success ? 1U : 0U});
    e.integer(cumulative_gas_used);
    e.bytes(bloom_of(logs)).raw(list.list());
    Bytes out;
    if (type != TransactionType::legacy) out.push_back(static_cast<std::uint8_t>(type));
    append(out, e.list());
    return out;
}

Result<Receipt> Receipt::decode(ByteView bytes) {
    if (bytes.empty()) return fail(Errc::truncated, "receipt");
    Receipt r;
    if (bytes[0] < 0xc0) {
        r.type = static_cast<TransactionType>(bytes[0]);
        bytes = bytes.subspan(1);
    }
    LUCID_TRY(auto d, rlp::Decoder::list(bytes, "receipt"));
    LUCID_TRY(const auto outcome, d.bytes("status"));
    if (outcome.size() == 32) {
        std::copy(outcome.begin(), outcome.end(), r.state_root.emplace().begin());
    } else {
        r.success = outcome.size() == 1 && outcome[0] == 1;
        if (!r.success && !outcome.empty()) return fail(Errc::bad_value, "status");
    }
    LUCID_TRY(r.cumulative_gas_used, d.u64("cumulativeGasUsed"));
    LUCID_TRY(const auto bloom, d.array<256>("logsBloom"));
    LUCID_TRY(auto logs, d.sublist("logs"));
    while (!logs.empty()) {
        LUCID_TRY(auto item, logs.sublist("log"));
        Log log;
        LUCID_TRY(log.address, item.array<20>("log address"));
        LUCID_TRY(auto topics, item.sublist("log topics"));
        while (!topics.empty()) {
            LUCID_TRY(const auto topic, topics.array<32>("log topic"));
            log.topics.push_back(topic);
        }
        LUCID_TRY(const auto data, item.bytes("log data"));
        log.data = to_bytes(data);
        LUCID_CHECK(item.finish("log"));
        r.logs.push_back(std::move(log));
    }
    LUCID_CHECK(d.finish("receipt"));
    if (bloom != bloom_of(r.logs)) return fail(Errc::hash_mismatch, "logsBloom");
    return r;
}

}  // namespace lucid::blockchain::proto

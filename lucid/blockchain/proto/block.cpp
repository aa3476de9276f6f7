// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/block.hpp>

namespace lucid::blockchain::proto {
namespace {

Result<Withdrawal> decode_withdrawal(rlp::Decoder& list) {
    LUCID_TRY(auto d, list.sublist("withdrawal"));
    Withdrawal w;
    LUCID_TRY(w.index, d.u64("withdrawal index"));
    LUCID_TRY(w.validator_index, d.u64("withdrawal validatorIndex"));
    LUCID_TRY(w.address, d.array<20>("withdrawal address"));
    LUCID_TRY(w.amount_gwei, d.u64("withdrawal amount"));
    LUCID_CHECK(d.finish("withdrawal"));
    return w;
}

}  // namespace

Bytes Withdrawal::encode() const {
    rlp::Encoder e;
    e.integer(index).integer(validator_index).bytes(address).integer(amount_gwei);
    return e.list();
}

Bytes Block::encode() const {
    rlp::Encoder transaction_list;
    for (const auto& transaction : transactions) {
        // A legacy transaction is a list itself, a typed one stands as a string (EIP-2718).
        if (!transaction.empty() && transaction[0] >= 0xc0)
            transaction_list.raw(transaction);
        else
            transaction_list.bytes(transaction);
    }
    rlp::Encoder ommer_list;
    for (const auto& ommer : ommers) ommer_list.raw(ommer.encode());
    rlp::Encoder e;
    e.raw(header.encode()).raw(transaction_list.list()).raw(ommer_list.list());
    if (withdrawals) {
        rlp::Encoder list;
        for (const auto& withdrawal : *withdrawals) list.raw(withdrawal.encode());
        e.raw(list.list());
    }
    return e.list();
}

Result<Block> Block::decode(ByteView encoded) {
    if (encoded.size() > block_bytes_max)
        return fail(Errc::limit_exceeded, "block", encoded.size());
    LUCID_TRY(auto d, rlp::Decoder::list(encoded, "block"));
    Block block;
    LUCID_TRY(const auto header, d.raw("block header"));
    LUCID_TRY(block.header, Header::decode_any(header));
    LUCID_TRY(auto transactions, d.sublist("block transactions"));
    while (!transactions.empty()) {
        if (transactions.next_is_list()) {
            LUCID_TRY(const auto legacy, transactions.raw("transaction"));
            block.transactions.push_back(to_bytes(legacy));
        } else {
            LUCID_TRY(const auto typed, transactions.bytes("transaction"));
            if (typed.empty() || typed[0] > 0x7f)
                return fail(Errc::bad_value, "transaction type", typed.empty() ? 0 : typed[0]);
            block.transactions.push_back(to_bytes(typed));
        }
    }
    LUCID_TRY(auto ommers, d.sublist("block ommers"));
    while (!ommers.empty()) {
        LUCID_TRY(const auto ommer, ommers.raw("ommer"));
        LUCID_TRY(auto decoded, Header::decode_any(ommer));
        block.ommers.push_back(std::move(decoded));
    }
    if (!d.empty()) {
        LUCID_TRY(auto list, d.sublist("block withdrawals"));
        block.withdrawals.emplace();
        while (!list.empty()) {
            LUCID_TRY(const auto withdrawal, decode_withdrawal(list));
            block.withdrawals->push_back(withdrawal);
        }
    }
    LUCID_CHECK(d.finish("block"));
    return block;
}

}  // namespace lucid::blockchain::proto

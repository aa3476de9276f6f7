// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/tracers.hpp>
#include <lucid/common/crypto/hash.hpp>

// Logs, and ether that moves as if it were a token (eth_simulateV1, traceTransfers).

namespace lucid::blockchain::rpc {
namespace {

Hash32 as_topic(const proto::Address& address) {
    Hash32 topic{};
    std::copy(address.begin(), address.end(), topic.begin() + 12);
    return topic;
}

/// ERC-7528's address of the native asset; ERC-20's event.
proto::Log transfer_log(const proto::Address& from, const proto::Address& to,
                        const proto::Uint256& amount) {
    static const auto event = crypto::keccak256(as_bytes("Transfer(address,address,uint256)"));
    proto::Log log;
    log.address.fill(0xee);
    log.topics = {event, as_topic(from), as_topic(to)};
    log.data = to_bytes(amount.to_be());
    return log;
}

}  // namespace

void LogTracer::note(proto::Log log) {
    logs_.push_back({std::move(log), next_index_++});
}

void LogTracer::note_transfer(const proto::Address& from, const proto::Address& to,
                              const proto::Uint256& amount) {
    if (with_transfers_ && !amount.is_zero()) note(transfer_log(from, to, amount));
}

void LogTracer::on_enter(const evm::Message& message) {
    frames_.push_back(logs_.size());
    if (message.kind == evm::CallKind::delegatecall) return;
    const bool borrows = message.kind == evm::CallKind::callcode;
    note_transfer(message.caller, borrows ? message.code_address : message.recipient,
                  message.value);
}

void LogTracer::on_exit(const evm::Message&, const evm::Outcome& outcome) {
    if (outcome.status != evm::Status::success) logs_.resize(frames_.back());
    frames_.pop_back();
}

}  // namespace lucid::blockchain::rpc

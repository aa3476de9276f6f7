// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/tracers.hpp>
#include <lucid/common/crypto/hash.hpp>

// Ether that moves, as if it were a token (eth_simulateV1, traceTransfers).

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

void TransferTracer::note(const proto::Address& from, const proto::Address& to,
                          const proto::Uint256& amount) {
    if (!amount.is_zero())
        transfers_.push_back({world_.logs().size(), transfer_log(from, to, amount)});
}

void TransferTracer::on_enter(const evm::Message& message) {
    frames_.push_back(transfers_.size());
    if (message.kind == evm::CallKind::delegatecall) return;
    const bool borrows = message.kind == evm::CallKind::callcode;
    note(message.caller, borrows ? message.code_address : message.recipient, message.value);
}

void TransferTracer::on_exit(const evm::Message&, const evm::Outcome& outcome) {
    if (outcome.status != evm::Status::success) transfers_.resize(frames_.back());
    frames_.pop_back();
}

std::vector<proto::Log> TransferTracer::merged(const std::vector<proto::Log>& logs) const {
    std::vector<proto::Log> out;
    auto next = transfers_.begin();
    for (std::size_t i = 0; i <= logs.size(); ++i) {
        for (; next != transfers_.end() && next->logs_before == i; ++next) out.push_back(next->log);
        if (i < logs.size()) out.push_back(logs[i]);
    }
    return out;
}

}  // namespace lucid::blockchain::rpc

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

// Requests of the execution layer to the consensus layer: EIP-7685, 6110, 7002, 7251.

namespace lucid::blockchain::state {
namespace {

constexpr Address deposit_contract = {0x00, 0x00, 0x00, 0x00, 0x21, 0x9a, 0xb5, 0x40, 0x35, 0x6c,
                                      0xbb, 0x83, 0x9c, 0xbe, 0x05, 0x30, 0x3d, 0x77, 0x05, 0xfa};
constexpr Address withdrawal_requests = {0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e,
                                         0xb5, 0x5e, 0x80, 0xd1, 0x9a, 0xd8, 0x35,
                                         0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02};
constexpr Address consolidation_requests = {0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48,
                                            0x86, 0x42, 0xfb, 0x57, 0x9f, 0x8b, 0x00,
                                            0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51};
constexpr std::uint8_t deposit_type = 0;
constexpr std::uint8_t withdrawal_type = 1;
constexpr std::uint8_t consolidation_type = 2;

/// keccak256 of DepositEvent(bytes,bytes,bytes,bytes,bytes).
const Hash32& deposit_event() {
    static const Hash32 topic =
        crypto::keccak256(as_bytes("DepositEvent(bytes,bytes,bytes,bytes,bytes)"));
    return topic;
}

/// The five fields of a deposit in its log: offset of the ABI's length word and size.
struct DepositField {
    std::uint64_t offset;
    std::uint64_t size;
};
constexpr std::array<DepositField, 5> deposit_fields = {
    {{160, 48}, {256, 32}, {320, 8}, {384, 96}, {512, 8}}};
constexpr std::size_t deposit_log_bytes = 576;

/// EIP-6110: pubkey ‖ withdrawal credentials ‖ amount ‖ signature ‖ index; any other layout makes
/// the block invalid.
Result<void> append_deposit(Bytes& out, ByteView data) {
    if (data.size() != deposit_log_bytes)
        return fail(Errc::bad_length, "deposit event", data.size());
    for (std::size_t i = 0; i < deposit_fields.size(); ++i) {
        const auto& field = deposit_fields[i];
        if (Uint256::load_be(data.data() + 32 * i) != Uint256(field.offset) ||
            Uint256::load_be(data.data() + field.offset) != Uint256(field.size))
            return fail(Errc::bad_value, "deposit event", i);
        append(out, data.subspan(field.offset + 32, field.size));
    }
    return {};
}

Result<Bytes> ask_contract(World& world, const evm::BlockContext& context,
                           const Address& contract) {
    if (world.code(contract)->empty()) return fail(Errc::not_found, "system contract");
    auto outcome = system_call(world, context, contract, {});
    if (outcome.status != evm::Status::success) return fail(Errc::refused, "system contract");
    return std::move(outcome.output);
}

void add_request(Requests& out, std::uint8_t type, ByteView data) {
    if (data.empty()) return;
    Bytes request = {type};
    append(request, data);
    out.push_back(std::move(request));
}

}  // namespace

Hash32 requests_hash(const Requests& requests) {
    Bytes hashes;
    for (const auto& request : requests) append(hashes, crypto::sha256(request));
    return crypto::sha256(hashes);
}

Result<Requests> collect_requests(World& world, const evm::BlockContext& context,
                                  std::span<const proto::Receipt> receipts) {
    Bytes deposits;
    for (const auto& receipt : receipts)
        for (const auto& log : receipt.logs)
            if (log.address == deposit_contract && !log.topics.empty() &&
                log.topics[0] == deposit_event())
                LUCID_CHECK(append_deposit(deposits, log.data));
    Requests out;
    add_request(out, deposit_type, deposits);
    LUCID_TRY(const auto withdrawals, ask_contract(world, context, withdrawal_requests));
    add_request(out, withdrawal_type, withdrawals);
    LUCID_TRY(const auto consolidations, ask_contract(world, context, consolidation_requests));
    add_request(out, consolidation_type, consolidations);
    return out;
}

}  // namespace lucid::blockchain::state

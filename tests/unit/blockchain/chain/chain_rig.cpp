// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "chain_rig.hpp"

#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>

#include <filesystem>
#include <unistd.h>

namespace lucid::blockchain::chain::test {
namespace {

constexpr std::uint64_t genesis_time_s = 1'700'000'000;

}  // namespace

ChainRig::ChainRig() : evidence_key(signing_key(3)) {
    static int count = 0;
    directory_ = (std::filesystem::temp_directory_path() /
                  ("lucid-chain-" + std::to_string(::getpid()) + "-" + std::to_string(++count)))
                     .string();
    std::filesystem::create_directories(directory_);
    genesis.time_s = genesis_time_s;
    genesis.node = node().address();
    genesis.evidence_key = evidence_key.public_key();
    genesis.validator_key = signing_key(2).public_key();
    reopen();
}

ChainRig::~ChainRig() {
    chain_.reset();
    std::filesystem::remove_all(directory_);
}

crypto::Secp256k1Key ChainRig::account(std::uint8_t seed) {
    auto key = crypto::Secp256k1Key::from_secret(crypto::Secret(Bytes(32, seed)));
    LUCID_ASSERT(key.has_value());
    return std::move(*key);
}
crypto::Ed25519Key ChainRig::signing_key(std::uint8_t seed) {
    return crypto::Ed25519Key(crypto::Secret(Bytes(32, seed)));
}
const crypto::Secp256k1Key& ChainRig::node() {
    static const auto key = account(1);
    return key;
}

Result<std::unique_ptr<Chain>> ChainRig::try_open() const {
    return Chain::open(directory_, genesis, ChainKeys{account(1), signing_key(2)});
}

Chain& ChainRig::reopen() {
    chain_.reset();
    auto opened = try_open();
    LUCID_ASSERT(opened.has_value());
    chain_ = std::move(*opened);
    return *chain_;
}

std::uint64_t ChainRig::due(std::uint64_t slot) const {
    return proto::slot_start(genesis.time_s, slot) + Chain::block_delay_s;
}

bool ChainRig::produce(std::uint64_t slot) {
    const auto made = chain_->produce(due(slot));
    LUCID_ASSERT(made.has_value());
    return made->has_value();
}

proto::Transaction ChainRig::call(const crypto::Secp256k1Key& from, std::uint64_t nonce,
                                  std::optional<proto::Address> to, std::uint64_t value, Bytes data,
                                  std::uint64_t gas) const {
    proto::Transaction t;
    t.type = proto::TransactionType::dynamic_fee;
    t.chain_id = genesis.chain_id;
    t.nonce = nonce;
    t.max_fee_per_gas = base_fee_wei;
    t.gas_limit = gas;
    t.to = to;
    t.value = value;
    t.data = std::move(data);
    t.sign(from);
    return t;
}

proto::Address ChainRig::deploy(const Bytes& runtime_code) {
    const auto nonce = chain_->nonce(genesis.node, true);
    const auto sent = chain_->submit(
        call(node(), nonce, std::nullopt, 0, creation_code(runtime_code), 1'000'000));
    LUCID_ASSERT(sent.has_value());
    return evm::create_address(genesis.node, nonce);
}

Bytes creation_code(const Bytes& runtime) {
    Writer w;
    const auto size = static_cast<std::uint16_t>(runtime.size());
    // PUSH2 size PUSH1 12 PUSH0 CODECOPY PUSH2 size PUSH0 RETURN
    w.u8(0x61).u16_be(size).u8(0x60).u8(12).u8(0x5f).u8(0x39);
    w.u8(0x61).u16_be(size).u8(0x5f).u8(0xf3);
    w.bytes(runtime);
    return w.take();
}

proto::SessionAnchor sample_session(std::uint8_t number) {
    proto::SessionAnchor anchor;
    anchor.session_id.bytes.fill(number);
    anchor.manifest_hash.fill(static_cast<std::uint8_t>(number + 1));
    anchor.started_at_s = genesis_time_s + number;
    anchor.owner.fill(static_cast<std::uint8_t>(number + 2));
    anchor.merkle_root.fill(static_cast<std::uint8_t>(number + 3));
    anchor.tree_size = number;
    anchor.chunk_count = 1;
    return anchor;
}

}  // namespace lucid::blockchain::chain::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/open_chain.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/anchor_record.hpp>

namespace lucid::blockchain::chain {
namespace {

constexpr std::size_t key_file_bytes_max = 64;
constexpr std::size_t genesis_bytes_max = 64 * 1024;

Result<ChainKeys> read_keys(const core::runtime::DataDir& data) {
    LUCID_TRY(auto account,
              core::runtime::read_secret_file(data.key("account.key"), key_file_bytes_max));
    LUCID_TRY(auto account_key, crypto::Secp256k1Key::from_secret(std::move(account)));
    LUCID_TRY(auto validator,
              core::runtime::read_secret_file(data.key("validator.key"), key_file_bytes_max));
    if (validator.size() != 32)
        return fail(Errc::bad_length, "keys/validator.key", validator.size());
    return ChainKeys{std::move(account_key), crypto::Ed25519Key(std::move(validator))};
}

}  // namespace

Result<void> create_chain(const core::runtime::DataDir& data, std::uint64_t genesis_time_s) {
    LUCID_TRY(const auto keys, read_keys(data));
    LUCID_TRY(auto evidence,
              core::runtime::read_secret_file(data.key("evidence.key"), key_file_bytes_max));
    if (evidence.size() != 32) return fail(Errc::bad_length, "keys/evidence.key", evidence.size());
    Genesis genesis;
    genesis.time_s = genesis_time_s;
    genesis.node = keys.account.address();
    genesis.evidence_key = crypto::Ed25519Key(std::move(evidence)).public_key();
    genesis.validator_key = keys.validator.public_key();
    LUCID_TRY(const auto block, make_genesis(genesis));
    LUCID_CHECK(core::runtime::write_file_atomically(data.chain() + "/genesis.json",
                                                     as_bytes(genesis.to_json())));
    const sessions::format::Trust trust{genesis.chain_id, block.header.hash()};
    return core::runtime::write_file_atomically(data.trust(), as_bytes(trust.to_json()));
}

Result<std::unique_ptr<Chain>> open_chain(const core::runtime::DataDir& data) {
    LUCID_TRY(auto keys, read_keys(data));
    LUCID_TRY(const auto text,
              core::runtime::read_file(data.chain() + "/genesis.json", genesis_bytes_max));
    LUCID_TRY(const auto genesis, Genesis::from_json(text));
    return Chain::open(data.chain(), genesis, std::move(keys), data.config().history_blocks);
}

}  // namespace lucid::blockchain::chain

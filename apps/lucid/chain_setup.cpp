// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "chain_setup.hpp"

#include <lucid/blockchain/chain/open_chain.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/storage/kv/store.hpp>

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>

#include "verdict.hpp"

namespace lucid::app {

namespace {

namespace fs = std::filesystem;
using sessions::format::Trust;

constexpr std::size_t genesis_bytes_max = 64 * 1024;
constexpr std::size_t anchor_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t hash_digits = 8;

Result<Trust> trust_of_genesis(const core::runtime::DataDir& data) {
    LUCID_TRY(const auto text,
              core::runtime::read_file(data.chain() + "/genesis.json", genesis_bytes_max));
    LUCID_TRY(const auto genesis, blockchain::chain::Genesis::from_json(text));
    LUCID_TRY(const auto block, blockchain::chain::make_genesis(genesis));
    return Trust{genesis.chain_id, block.header.hash(), {}, 0};
}

}  // namespace

Result<void> set_up_chain(const core::runtime::DataDir& data) {
    return blockchain::chain::create_chain(
        data, static_cast<std::uint64_t>(core::runtime::wall_time_s()));
}

Result<bool> is_other_chain(const core::runtime::DataDir& data) {
    LUCID_TRY(const auto mine, trust_of_genesis(data));
    LUCID_TRY(const auto trusted, read_trust(data.trust()));
    return mine.genesis_hash != trusted.genesis_hash;
}

Result<void> begin_chain_anew(const core::runtime::DataDir& data) {
    LUCID_TRY(auto mine, trust_of_genesis(data));
    LUCID_TRY(const auto before, read_trust(data.trust()));
    mine.witnesses = before.witnesses;
    mine.witness_quorum = before.witness_quorum;
    const auto name = to_hex(before.genesis_hash).substr(0, hash_digits);
    LUCID_TRY(const auto text, core::runtime::read_file(data.trust(), genesis_bytes_max));
    LUCID_CHECK(core::runtime::write_file_atomically(data.file("trust." + name + ".json"), text));
    const auto aside = data.chain() + "/before-" + name;
    if (::mkdir(aside.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno(errno, "old chain");
    for (const auto* file : {storage::kv::data_file_name, storage::kv::lock_file_name}) {
        std::error_code error;
        if (!fs::exists(data.chain() + "/" + file, error)) continue;
        fs::rename(data.chain() + "/" + file, aside + "/" + file, error);
        if (error) return fail(make_system_error(error.value(), "old chain"));
    }
    LUCID_CHECK(core::runtime::sync_directory(aside));
    LUCID_CHECK(core::runtime::sync_directory(data.chain()));
    return core::runtime::write_file_atomically(data.trust(), as_bytes(mine.to_json()));
}

Result<Trust> trust_for(const core::runtime::DataDir& data, const std::string& recording) {
    LUCID_TRY(const auto current, read_trust(data.trust()));
    const auto anchor = core::runtime::read_file(recording + "/anchor.json", anchor_bytes_max);
    const auto record =
        anchor ? sessions::format::AnchorRecord::from_json(*anchor) : fail(anchor.error());
    if (!record) return current;
    const auto genesis = crypto::keccak256(record->genesis.header);
    if (genesis == current.genesis_hash) return current;
    const auto path = data.file("trust." + to_hex(genesis).substr(0, hash_digits) + ".json");
    const auto older = read_trust(path);
    return older && older->genesis_hash == genesis ? *older : current;
}

}  // namespace lucid::app

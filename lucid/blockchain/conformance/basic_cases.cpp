// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/conformance/keystore.hpp>
#include <lucid/blockchain/proto/block.hpp>
#include <lucid/blockchain/proto/transaction.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secp256k1.hpp>

// BasicTests, GenesisTests, KeyStoreTests.

namespace lucid::blockchain::conformance {
namespace {

crypto::Secp256k1Key key_from(const Json& hex_key) {
    auto key = crypto::Secp256k1Key::from_secret(crypto::Secret(data(hex_key)));
    if (!key) throw BadTest("bad key");
    return std::move(*key);
}

void check_hex_prefix(const Json& file, const CaseContext& context) {
    for (const auto& [name, test] : file.items()) {
        Bytes nibbles;
        for (const auto& nibble : test["seq"]) nibbles.push_back(nibble.get<std::uint8_t>());
        context.report.check(
            "basic", name,
            state::hex_prefix(nibbles, test["term"].get<bool>()) == data(test["out"]), "encoding");
    }
}

void check_keys(const Json& file, const CaseContext& context) {
    for (const auto& test : file) {
        const auto key = key_from(test["key"]);
        // The signatures in the file are by random nonces over a message that nobody names.
        context.report.check("basic", test["seed"].get<std::string>(),
                             key.address() == fixed<20>(test["addr"]), "address");
    }
}

void check_transactions(const Json& file, const CaseContext& context) {
    for (const auto& test : file) {
        proto::Transaction t;
        t.nonce = number64(test["nonce"]);
        t.max_fee_per_gas = t.max_priority_fee_per_gas = number(test["gasprice"]);
        t.gas_limit = number64(test["startgas"]);
        if (!test["to"].get<std::string>().empty()) t.to = fixed<20>(test["to"]);
        t.value = number(test["value"]);
        t.data = data(test["data"]);
        const auto signed_bytes = data(test["signed"]);
        const auto decoded = proto::Transaction::decode(signed_bytes);
        bool good = decoded && decoded->encode() == signed_bytes &&
                    decoded->signing_hash() == t.signing_hash();
        if (good) {
            const auto sender = decoded->sender(true);  // from before EIP-2
            good = sender && *sender == key_from(test["key"]).address();
        }
        context.report.check("basic", "txtest", good, "transaction");
    }
}

void check_genesis_hash(const Json& file, const CaseContext& context) {
    const auto bytes = data(file["genesis_rlp_hex"]);
    const auto block = proto::Block::decode(bytes);
    context.report.check("basic", "genesis",
                         block && block->encode() == bytes &&
                             block->header.hash() == fixed<32>(file["genesis_hash"]) &&
                             block->header.state_root == fixed<32>(file["genesis_state_root"]),
                         "genesis");
}

void check_genesis(const Json& file, const CaseContext& context) {
    for (const auto& [name, test] : file.items()) {
        Json alloc = test["alloc"];
        for (auto& [address, account] : alloc.items())
            if (account.contains("wei")) account["balance"] = account["wei"];
        proto::Block block;
        auto& h = block.header;
        h.fields = proto::HeaderFields::frontier;
        h.parent_hash = fixed<32>(test["parentHash"]);
        h.coinbase = fixed<20>(test["coinbase"]);
        h.state_root = state::state_root(read_accounts(alloc));
        h.difficulty = number(test["difficulty"]);
        h.gas_limit = number64(test["gasLimit"]);
        h.timestamp = number64(test["timestamp"]);
        h.extra_data = data(test["extraData"]);
        h.mix_hash = fixed<32>(test["mixHash"]);
        h.nonce = fixed<8>(test["nonce"]);
        context.report.check("genesis", name, block.encode() == data(test["result"]), "header");
    }
}

void check_key_stores(const Json& file, const CaseContext& context) {
    for (const auto& [name, test] : file.items()) {
        const auto secret = open_key_store(test["json"], test["password"].get<std::string>());
        context.report.check("keystore", name, secret && *secret == data(test["priv"]), "secret");
    }
}

}  // namespace

void run_basic_file(const Json& file, const CaseContext& context) {
    const auto is = [&](const char* part) { return context.file.find(part) != std::string::npos; };
    if (is("hexencodetest")) return check_hex_prefix(file, context);
    if (is("keyaddrtest")) return check_keys(file, context);
    if (is("txtest")) return check_transactions(file, context);
    if (is("genesishashestest")) return check_genesis_hash(file, context);
    if (is("basic_genesis_tests")) return check_genesis(file, context);
    if (is("KeyStoreTests")) return check_key_stores(file, context);
    for (const auto& [name, test] : file.items())
        context.report.fail("basic", name, "no runner for this file");
}

}  // namespace lucid::blockchain::conformance

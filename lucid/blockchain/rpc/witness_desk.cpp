// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/witness_desk.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::rpc {
namespace {

constexpr std::size_t store_bytes_max = std::size_t{64} << 20;

Result<tlog::WitnessedHead> read_head(const storage::kv::Store& store, const std::string& origin) {
    const auto row = store.get(crypto::sha256(as_bytes(origin)));
    if (!row && row.error().code == make_error_code(Errc::not_found)) return tlog::WitnessedHead{};
    if (!row) return fail(row.error());
    Reader r(*row);
    tlog::WitnessedHead head;
    LUCID_TRY(head.size, r.u64_be("witnessed size"));
    LUCID_TRY(head.root, r.array<32>("witnessed root"));
    return head;
}

Result<void> write_head(storage::kv::Store& store, const std::string& origin,
                        const tlog::WitnessedHead& head) {
    Writer row;
    row.u64_be(head.size).bytes(head.root);
    LUCID_TRY(auto batch, store.begin());
    LUCID_CHECK(batch.put(crypto::sha256(as_bytes(origin)), row.view()));
    return batch.commit();
}

}  // namespace

Result<std::unique_ptr<WitnessDesk>> WitnessDesk::open(const std::string& directory,
                                                       const std::string& name,
                                                       crypto::Ed25519Key key,
                                                       const std::vector<tlog::VerifierKey>& logs) {
    LUCID_TRY(auto store, storage::kv::Store::open(directory, store_bytes_max));
    std::unique_ptr<WitnessDesk> desk(new WitnessDesk(std::move(store), std::move(key)));
    std::map<std::string, tlog::Witness::Log> known;
    for (const auto& log : logs) {
        LUCID_TRY(const auto head, read_head(desk->store_, log.name));
        known[log.name] = {log, head};
    }
    desk->witness_ = std::make_unique<tlog::Witness>(name, desk->key_, std::move(known));
    return desk;
}

tlog::WitnessAnswer WitnessDesk::add_checkpoint(std::string_view body, std::uint64_t now_s) {
    const std::lock_guard lock(mutex_);
    auto answer = witness_->add_checkpoint(body, now_s);
    if (!answer.head) return answer;
    if (!write_head(store_, answer.origin, *answer.head))
        return {500, "text/plain", "the head could not be stored\n", std::nullopt, {}};
    witness_->keep(answer.origin, *answer.head);
    return answer;
}

}  // namespace lucid::blockchain::rpc

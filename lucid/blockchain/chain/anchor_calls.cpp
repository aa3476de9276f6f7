// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/anchor_calls.hpp>
#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::chain {
namespace {

using proto::Uint256;

Hash32 topic(std::string_view signature) {
    return crypto::keccak256(as_bytes(signature));
}

class Calldata {
  public:
    explicit Calldata(std::string_view signature) {
        const auto hash = topic(signature);
        bytes_.assign(hash.begin(), hash.begin() + 4);
    }
    Calldata& word(const Hash32& value) {
        append(bytes_, value);
        return *this;
    }
    Calldata& number(std::uint64_t value) { return word(Uint256(value).to_be()); }
    Calldata& address(const proto::Address& value) { return word(Uint256::from_be(value).to_be()); }
    [[nodiscard]] Bytes take() { return std::move(bytes_); }

  private:
    Bytes bytes_;
};

Hash32 word_at(ByteView data, std::size_t index) {
    Hash32 out;
    std::copy_n(data.begin() + static_cast<std::ptrdiff_t>(index * 32), 32, out.begin());
    return out;
}
std::uint64_t number_at(ByteView data, std::size_t index) {
    return Uint256::from_be(word_at(data, index)).words[0];
}
proto::Address address_of(const Hash32& word) {
    proto::Address address;
    std::copy(word.begin() + 12, word.end(), address.begin());
    return address;
}

}  // namespace

Bytes checkpoint_calldata(const proto::CheckpointAnchor& anchor) {
    return Calldata("checkpoint(uint64,bytes32,uint32)")
        .number(anchor.slot)
        .word(anchor.root)
        .number(anchor.count)
        .take();
}

Bytes session_calldata(const proto::SessionAnchor& anchor) {
    return Calldata("registerSession(bytes32,bytes32,uint64,address,bytes32,uint64,uint32)")
        .word(anchor.session_id.bytes)
        .word(anchor.manifest_hash)
        .number(anchor.started_at_s)
        .address(anchor.owner)
        .word(anchor.merkle_root)
        .number(anchor.tree_size)
        .number(anchor.chunk_count)
        .take();
}

std::optional<Bytes> leaf_of_event(std::uint64_t block_slot, const proto::Log& log) {
    static const auto checkpoint = topic("Checkpoint(address,uint64,bytes32,uint32)");
    static const auto session =
        topic("SessionRegistered(address,bytes32,address,bytes32,uint64,bytes32,uint64,uint32)");
    if (log.address != anchors_address() || log.topics.empty()) return std::nullopt;
    if (log.topics[0] == checkpoint && log.topics.size() == 3 && log.data.size() == 64) {
        proto::CheckpointAnchor anchor;
        anchor.slot = Uint256::from_be(log.topics[2]).words[0];
        anchor.root = word_at(log.data, 0);
        anchor.count = static_cast<std::uint32_t>(number_at(log.data, 1));
        return proto::anchor_leaf(block_slot, address_of(log.topics[1]), anchor);
    }
    if (log.topics[0] == session && log.topics.size() == 4 && log.data.size() == 160) {
        proto::SessionAnchor anchor;
        anchor.session_id.bytes = log.topics[2];
        anchor.owner = address_of(log.topics[3]);
        anchor.manifest_hash = word_at(log.data, 0);
        anchor.started_at_s = number_at(log.data, 1);
        anchor.merkle_root = word_at(log.data, 2);
        anchor.tree_size = number_at(log.data, 3);
        anchor.chunk_count = static_cast<std::uint32_t>(number_at(log.data, 4));
        return proto::anchor_leaf(block_slot, address_of(log.topics[1]), anchor);
    }
    return std::nullopt;
}

}  // namespace lucid::blockchain::chain

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/header.hpp>
#include <lucid/blockchain/state/trie.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain {
namespace {

TEST(Header, round_trips_and_refuses_prefixes_and_damage) {
    proto::Header h;
    h.number = 5;
    h.extra_data = Bytes(32, 1);
    h.base_fee_per_gas = 1'000'000'000;
    const auto bytes = h.encode();
    EXPECT_EQ(proto::Header::decode(bytes)->hash(), h.hash());
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(proto::Header::decode(ByteView(bytes).first(n)));
    h.extra_data.push_back(0);
    EXPECT_FALSE(proto::Header::decode(h.encode()));
}

// ethereum/tests TrieTests, "dogs" and "puppy".
TEST(Trie, matches_published_roots) {
    const auto item = [](std::string_view text) { return to_bytes(as_bytes(text)); };
    EXPECT_EQ(to_hex(state::trie_root({})),
              "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    EXPECT_EQ(to_hex(state::trie_root({{item("doe"), item("reindeer")},
                                       {item("dog"), item("puppy")},
                                       {item("dogglesworth"), item("cat")}})),
              "8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
    EXPECT_EQ(to_hex(state::trie_root({{item("do"), item("verb")},
                                       {item("horse"), item("stallion")},
                                       {item("doge"), item("coin")},
                                       {item("dog"), item("puppy")}})),
              "5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84");
}

}  // namespace
}  // namespace lucid::blockchain

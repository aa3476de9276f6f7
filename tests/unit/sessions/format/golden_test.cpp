// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/checkpoint.hpp>
#include <lucid/sessions/format/chunk.hpp>

#include <fstream>

#include "../../../support/test_paths.hpp"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// What tests/vectors/evidence/make_vectors.py made from the specification, with other libraries.

namespace lucid::sessions::format {
namespace {

class GoldenVectors : public testing::Test {
  protected:
    GoldenVectors() {
        std::ifstream in(std::string(lucid::test::source_dir) +
                         "/tests/vectors/evidence/segment.json");
        vectors = nlohmann::json::parse(in);
        const auto id_bytes = bytes("session_id");
        std::copy(id_bytes.begin(), id_bytes.end(), id.bytes.begin());
        key = crypto::Secret(bytes("session_key"));
    }
    [[nodiscard]] Bytes bytes(const char* name) const {
        return *from_hex(vectors.at(name).get<std::string>());
    }
    [[nodiscard]] std::vector<Bytes> list(const char* name) const {
        std::vector<Bytes> out;
        for (const auto& item : vectors.at(name)) out.push_back(*from_hex(item.get<std::string>()));
        return out;
    }
    nlohmann::json vectors;
    SessionId id;
    crypto::Secret key;
};

TEST_F(GoldenVectors, keys_follow_the_schedule) {
    EXPECT_EQ(to_bytes(class_key(key, id, EventClass::screen).expose()), bytes("class_key_0"));
    EXPECT_EQ(to_bytes(key_commitment(id, key)), bytes("key_commitment"));
}

TEST_F(GoldenVectors, segments_open_in_order_and_in_no_other) {
    const auto segments = list("segments");
    const auto opener = class_key(key, id, EventClass::screen);
    Hash32 previous{};
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto events = open_segment(segments[i], id, opener, previous);
        ASSERT_TRUE(events) << events.error().message();
        EXPECT_EQ(*events, bytes("events"));
        previous = segment_leaf(segments[i]);
        EXPECT_EQ(to_bytes(previous), list("leaves")[i]);
    }
    EXPECT_FALSE(open_segment(segments[1], id, opener, Hash32{}));
    EXPECT_FALSE(open_segment(segments[0], id, class_key(key, id, EventClass::input), Hash32{}));
    EXPECT_FALSE(open_segment(segments[0], SessionId{}, opener, Hash32{}));
}

TEST_F(GoldenVectors, tree_chunk_and_checkpoint_agree) {
    std::vector<Hash32> leaves;
    std::vector<SegmentRef> refs;
    auto chunk = encode_chunk_header(id, 0, 0);
    for (const auto& segment : list("segments")) {
        leaves.push_back(segment_leaf(segment));
        refs.push_back({chunk.size(), segment.size(), *decode_segment_header(segment)});
        append(chunk, segment);
    }
    append(chunk, encode_chunk_trailer(refs));
    EXPECT_EQ(chunk, bytes("chunk"));
    const auto root = crypto::merkle_root(leaves);
    EXPECT_EQ(to_bytes(root), bytes("root"));
    EXPECT_EQ(to_bytes(checkpoint_root({{id, leaves.size(), root}})),
              bytes("checkpoint_root_of_one"));
}

TEST_F(GoldenVectors, what_we_seal_opens_again) {
    SegmentSealer sealer(id, key);
    const auto events = bytes("events");
    const auto segment = sealer.seal(EventClass::screen, 0, 0, 428, events, Hash32{});
    // The header is the vector's but for the length, which is the compressor's.
    const auto expected = list("segments")[0];
    EXPECT_TRUE(std::equal(segment.begin(), segment.begin() + 32, expected.begin()));
    EXPECT_EQ(*open_segment(segment, id, class_key(key, id, EventClass::screen), Hash32{}), events);
}

}  // namespace
}  // namespace lucid::sessions::format

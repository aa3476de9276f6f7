// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/storage/backup/snapshot.hpp>

#include <gtest/gtest.h>

namespace lucid::storage::backup {
namespace {

Hash32 hash(std::uint8_t first) {
    Hash32 h{};
    h[0] = first;
    return h;
}

Snapshot example(const crypto::Ed25519Key& key) {
    Snapshot s;
    s.node = "0102";
    s.node_key = key.public_key();
    s.created_s = 1'700'000'000;
    s.lucid = "0.1.0";
    s.files = 2;
    s.bytes = 30;
    s.recordings = 1;
    s.recipients = {"age1x"};
    s.objects = {{hash(1), 400}, {hash(2), 500}};
    s.index = {hash(2)};
    return s;
}

struct SnapshotText : testing::Test {
    crypto::Ed25519Key key{crypto::Secret::copy_of(ByteArray<32>{7})};
    std::string text = example(key).sign(key);
};

TEST_F(SnapshotText, comes_back_as_it_was_written) {
    const auto read = Snapshot::from_text(as_bytes(text));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->sign(key), text);
    EXPECT_EQ(read->objects.size(), 2U);
    EXPECT_EQ(read->created_s, 1'700'000'000);
}

TEST_F(SnapshotText, cut_at_any_byte_is_refused) {
    for (std::size_t n = 0; n < text.size(); ++n)
        EXPECT_FALSE(Snapshot::from_text(as_bytes(text).first(n))) << n;
}

TEST_F(SnapshotText, changed_in_any_bit_is_refused) {
    for (std::size_t n = 0; n < text.size(); ++n)
        for (const int bit : {1, 4, 64}) {
            auto damaged = text;
            damaged[n] = static_cast<char>(damaged[n] ^ bit);
            EXPECT_FALSE(Snapshot::from_text(as_bytes(damaged))) << n << " " << bit;
        }
}

TEST_F(SnapshotText, signed_by_another_key_than_it_names_is_refused) {
    const crypto::Ed25519Key other{crypto::Secret::copy_of(ByteArray<32>{8})};
    const auto read = Snapshot::from_text(as_bytes(example(key).sign(other)));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, make_error_code(Errc::bad_signature));
}

TEST_F(SnapshotText, objects_out_of_order_or_twice_are_refused) {
    auto s = example(key);
    s.objects = {{hash(2), 1}, {hash(1), 1}};
    EXPECT_FALSE(Snapshot::from_text(as_bytes(s.sign(key))));
    s.objects = {{hash(1), 1}, {hash(1), 1}};
    EXPECT_FALSE(Snapshot::from_text(as_bytes(s.sign(key))));
}

TEST(Index, comes_back_as_it_was_written) {
    const std::vector<IndexedFile> files = {
        {"format", {{hash(1), 13, hash(9), 0}}},
        {"empty", {}},
        {"sessions/aa/chunks/x.lchk", {{hash(2), 8 << 20, hash(8), 0}, {hash(3), 5, hash(7), 11}}}};
    const auto text = encode_index(files);
    const auto read = decode_index(as_bytes(text));
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(encode_index(*read), text);
    EXPECT_EQ((*read)[2].bytes(), (8U << 20) + 5);
}

TEST(Index, cut_at_any_byte_but_the_last_is_refused) {
    const auto text = encode_index({{"a", {{hash(1), 13, hash(9), 0}}}, {"b", {}}});
    for (std::size_t n = 0; n + 1 < text.size(); ++n)
        EXPECT_FALSE(decode_index(as_bytes(text).first(n))) << n;
}

TEST(Index, a_part_beyond_an_object_is_refused_at_one_past_the_limit) {
    const auto with = [](std::uint64_t length) {
        return decode_index(as_bytes(encode_index({{"a", {{hash(1), length, hash(9), 0}}}})));
    };
    EXPECT_TRUE(with(object_bytes_max));
    EXPECT_FALSE(with(object_bytes_max + 1));
}

TEST(Index, paths_that_lead_elsewhere_or_twice_to_one_place_are_refused) {
    for (const auto* bad : {"", "/etc/passwd", "..", "../x", "a/../b", "a/./b", "a//b", "a/", ".",
                            "a\nb", "a\x7f", "a\xc3"}) {
        EXPECT_FALSE(is_safe_path(bad)) << bad;
        if (std::string_view(bad).find('\xc3') == std::string_view::npos)
            EXPECT_FALSE(decode_index(as_bytes(encode_index({{bad, {}}})))) << bad;
    }
    for (const auto* good : {"a", "a/b", ".checkpoints/7.json", "a..b", "..a"})
        EXPECT_TRUE(is_safe_path(good)) << good;
    EXPECT_TRUE(is_safe_path(std::string(path_bytes_max, 'a')));
    EXPECT_FALSE(is_safe_path(std::string(path_bytes_max + 1, 'a')));
    EXPECT_FALSE(decode_index(as_bytes(encode_index({{"a", {}}, {"a", {}}}))));
}

}  // namespace
}  // namespace lucid::storage::backup

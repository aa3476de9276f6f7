// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/storage/backup/snapshot.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::storage::backup {
namespace {

using Json = nlohmann::json;

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

/// Signs whatever it is given, in the form of a snapshot.
std::string signed_text(const crypto::Ed25519Key& key, const Json& inner) {
    auto message = to_bytes(as_bytes("lucid/backup/1"));
    append(message, crypto::sha256(as_bytes(inner.dump())));
    return Json{{"signature", to_hex(key.sign(message))}, {"snapshot", inner}}.dump();
}
std::error_code refusal(std::string_view text) {
    const auto read = Snapshot::from_text(as_bytes(text));
    return read ? std::error_code() : read.error().code;
}

TEST_F(SnapshotText, that_is_signed_but_lacks_a_field_or_has_another_type_is_refused) {
    const auto inner = Json::parse(text)["snapshot"];
    ASSERT_EQ(signed_text(key, inner), text);
    for (const auto& [name, value] : inner.items()) {
        auto less = inner;
        less.erase(name);
        EXPECT_EQ(refusal(signed_text(key, less)), Errc::bad_value) << name;
        for (const auto& other : {Json(-1), Json(1.5), Json(Json::object()), Json(true)}) {
            auto changed = inner;
            changed[name] = other;
            EXPECT_EQ(refusal(signed_text(key, changed)), Errc::bad_value) << name << other;
        }
    }
}

TEST_F(SnapshotText, that_is_signed_but_has_a_wrong_value_is_refused) {
    const auto with = [&](const char* name, Json value) {
        auto inner = Json::parse(text)["snapshot"];
        inner[name] = std::move(value);
        return refusal(signed_text(key, inner));
    };
    const std::string hex(64, 'a');
    EXPECT_EQ(with("version", 2), Errc::bad_version);
    EXPECT_NE(with("node_key", "zz"), std::error_code());
    EXPECT_EQ(with("node_key", hex), Errc::bad_signature) << "of another key";
    EXPECT_EQ(with("recipients", {"age1x", 7}), Errc::bad_value);
    EXPECT_FALSE(with("recipients", Json::array()));
    EXPECT_FALSE(with("objects", Json::array({Json::array({hex, 5})})));
    for (const auto& object : {Json("x"), Json::array({hex}), Json::array({hex, 5, 6}),
                               Json::array({hex, "5"}), Json::array({5, 5})})
        EXPECT_EQ(with("objects", Json::array({object})), Errc::bad_value) << object;
    EXPECT_NE(with("objects", Json::array({Json::array({"abc", 5})})), std::error_code());
    EXPECT_EQ(with("index", Json::array({5})), Errc::bad_value);
    EXPECT_NE(with("index", Json::array({"abc"})), std::error_code());
}

TEST_F(SnapshotText, has_two_members_without_white_space) {
    const auto whole = Json::parse(text);
    for (const auto* name : {"signature", "snapshot"}) {
        auto other = whole;
        other.erase(name);
        EXPECT_EQ(refusal(other.dump()), Errc::bad_value);
        other["else"] = 1;
        EXPECT_EQ(refusal(other.dump()), Errc::bad_value) << name;
        other = whole;
        other[name] = 1;
        EXPECT_EQ(refusal(other.dump()), Errc::bad_value) << name;
    }
    EXPECT_EQ(refusal(whole.dump(1)), Errc::not_canonical);
    EXPECT_EQ(refusal("[1,2]"), Errc::bad_value);
    auto other = whole;
    other["signature"] = std::string(126, 'a');
    EXPECT_EQ(refusal(other.dump()), Errc::bad_length);
    other["signature"] = std::string(128, 'g');
    EXPECT_NE(refusal(other.dump()), std::error_code());
}

TEST(Index, of_another_shape_is_refused) {
    const std::string hex(64, 'a');
    const auto refused = [](const Json& index) {
        const auto read = decode_index(as_bytes(index.dump()));
        return read ? std::error_code() : read.error().code;
    };
    const auto with_part = [&](const Json& part) {
        return refused(Json::array({Json::array({"a", Json::array({part})})}));
    };
    EXPECT_FALSE(with_part(Json::array({hex, 1, hex, 2})));
    EXPECT_EQ(refused(Json::object()), Errc::bad_value);
    for (const auto& file : {Json("a"), Json::array({"a"}), Json::array({"a", Json::array(), 1}),
                             Json::array({1, Json::array()}), Json::array({"a", "b"})})
        EXPECT_EQ(refused(Json::array({file})), Errc::bad_value) << file;
    for (const auto& part : {Json("x"), Json::array({hex, 1, hex}), Json::array({hex, -1, hex, 2}),
                             Json::array({hex, 1, hex, "2"}), Json::array({1, 1, hex, 2}),
                             Json::array({hex, 1, 1, 2})})
        EXPECT_EQ(with_part(part), Errc::bad_value) << part;
    EXPECT_NE(with_part(Json::array({"abc", 1, hex, 2})), std::error_code());
    EXPECT_NE(with_part(Json::array({hex, 1, "abc", 2})), std::error_code());
    EXPECT_FALSE(with_part(Json::array({hex, 1, hex, object_bytes_max})));
    EXPECT_EQ(with_part(Json::array({hex, 1, hex, object_bytes_max + 1})), Errc::limit_exceeded);
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
        if (std::string_view(bad).find('\xc3') == std::string_view::npos) {
            EXPECT_FALSE(decode_index(as_bytes(encode_index({{bad, {}}})))) << bad;
        }
    }
    for (const auto* good : {"a", "a/b", ".checkpoints/7.json", "a..b", "..a"})
        EXPECT_TRUE(is_safe_path(good)) << good;
    EXPECT_TRUE(is_safe_path(std::string(path_bytes_max, 'a')));
    EXPECT_FALSE(is_safe_path(std::string(path_bytes_max + 1, 'a')));
    EXPECT_FALSE(decode_index(as_bytes(encode_index({{"a", {}}, {"a", {}}}))));
}

}  // namespace
}  // namespace lucid::storage::backup

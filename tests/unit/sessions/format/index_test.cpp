// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/index.hpp>

#include <random>

#include <gtest/gtest.h>

namespace lucid::sessions::format {
namespace {

/// Every shorter prefix is refused, and damage never does harm.
template <class Decode>
void hard_to_fool(const Bytes& payload, Decode decode) {
    ASSERT_TRUE(decode(payload));
    for (std::size_t n = 0; n < payload.size(); n += 1 + n / 64)
        EXPECT_FALSE(decode(ByteView(payload).first(n))) << n;
    std::mt19937 random(1);
    for (int i = 0; i < 500; ++i) {
        auto damaged = payload;
        damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
        (void)decode(damaged);
    }
}

TEST(PageGroup, gives_back_its_pages) {
    const Bytes a(index_page_bytes_max, 1);
    const Bytes b = {1, 2, 3};
    const std::array<ByteView, 2> pages = {a, b};
    const auto payload = encode_page_group(70'000, pages);
    const auto group = decode_page_group(payload);
    ASSERT_TRUE(group);
    EXPECT_EQ(group->first_page, 70'000U);
    EXPECT_EQ(group->pages, (std::vector<Bytes>{a, b}));
    EXPECT_EQ(*peek_page_group(payload), (PageRun{70'000, 2}));
    hard_to_fool(payload, [](ByteView bytes) { return decode_page_group(bytes).has_value(); });
    auto longer = payload;
    longer.push_back(0);
    EXPECT_FALSE(decode_page_group(longer));
    // A page number past the last one that may be.
    auto far = payload;
    far[3] = 0xff;
    EXPECT_FALSE(decode_page_group(far));
}

TEST(Keyframe, gives_back_its_runs) {
    const Keyframe keyframe{{{0, 3}, {500, 1}, {7, 900}}};
    const auto payload = encode_keyframe(keyframe);
    EXPECT_EQ(decode_keyframe(payload)->pages, keyframe.pages);
    hard_to_fool(payload, [](ByteView bytes) { return decode_keyframe(bytes).has_value(); });
    EXPECT_FALSE(decode_keyframe(encode_keyframe({{{5, 0}}}))) << "an empty run";
    EXPECT_FALSE(decode_keyframe(encode_keyframe({{{5, index_pages_max}}}))) << "past the last";
}

TEST(History, goes_in_pieces) {
    Bytes history(400'000);
    std::mt19937 random(2);
    for (auto& byte : history) byte = static_cast<std::uint8_t>(random());
    const auto pieces = encode_history(99, history);
    EXPECT_GT(pieces.size(), 3U);
    HistoryReader reader;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        EXPECT_LE(pieces[i].size(), event_payload_bytes_max);
        const auto whole = reader.add(pieces[i]);
        ASSERT_TRUE(whole);
        EXPECT_EQ(whole->size(), i + 1 == pieces.size() ? 1U : 0U);
        if (!whole->empty()) {
            EXPECT_EQ(whole->front(), history);
        }
    }
    EXPECT_EQ(reader.keyframe_us(), 99U);
    ASSERT_TRUE(reader.add(pieces[0]));
    auto other = pieces[1];
    other[0] ^= 1;
    EXPECT_FALSE(reader.add(other)) << "a piece of another keyframe";
    HistoryReader damaged;
    auto piece = encode_history(1, Bytes(100, 3)).front();
    piece.back() ^= 0xff;
    piece.pop_back();
    EXPECT_FALSE(damaged.add(piece));
}

TEST(Spans, give_back_times_and_flags) {
    std::vector<Span> spans = {
        {10, 20, 20, false}, {20, 20, std::nullopt, true}, {25, 30, 90, false}};
    const auto payload = encode_spans(10, spans);
    const auto found = decode_spans(payload);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->keyframe_us, 10U);
    ASSERT_EQ(found->spans.size(), spans.size());
    for (std::size_t i = 0; i < spans.size(); ++i) {
        EXPECT_EQ(found->spans[i].first_us, spans[i].first_us);
        EXPECT_EQ(found->spans[i].last_us, spans[i].last_us);
        EXPECT_EQ(found->spans[i].over_us, spans[i].over_us);
        EXPECT_EQ(found->spans[i].pointer, spans[i].pointer);
    }
    hard_to_fool(payload, [](ByteView bytes) { return decode_spans(bytes).has_value(); });
}

TEST(Activity, gives_back_its_counts) {
    const Activity activity{10, 300, 1 << 20, 42, 9000};
    const auto payload = encode_activity(activity);
    const auto found = decode_activity(payload);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->seconds, 10U);
    EXPECT_EQ(found->host_bytes, 1U << 20);
    EXPECT_EQ(found->changed_permille, 9000U);
    hard_to_fool(payload, [](ByteView bytes) { return decode_activity(bytes).has_value(); });
}

TEST(IndexMap, gives_back_its_segments) {
    IndexMap map;
    map.segments.push_back({0, {5, 90}, {5}, {0}});
    map.segments.push_back({17, {}, {}, {}});
    map.segments.push_back({17, {1000}, {90, 1000}, {5}});
    const auto payload = encode_index_map(map);
    ASSERT_TRUE(payload);
    const auto found = decode_index_map(*payload);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->segments.size(), 3U);
    EXPECT_EQ(found->segments[2].first_page, 17U);
    EXPECT_EQ(found->segments[0].keyframes_us, map.segments[0].keyframes_us);
    EXPECT_EQ(found->segments[2].histories_us, map.segments[2].histories_us);
    EXPECT_EQ(found->segments[2].spans_us, map.segments[2].spans_us);
    hard_to_fool(*payload, [](ByteView bytes) { return decode_index_map(bytes).has_value(); });
    map.segments.assign(index_segments_max, {});
    EXPECT_TRUE(decode_index_map(*encode_index_map(map)));
    map.segments.emplace_back();
    EXPECT_FALSE(encode_index_map(map));
}

}  // namespace
}  // namespace lucid::sessions::format

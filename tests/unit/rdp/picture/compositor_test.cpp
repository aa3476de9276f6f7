// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>

#include <filesystem>
#include <tests/support/bulk_samples.hpp>
#include <tests/support/host_stream.hpp>

#include "captures.hpp"
#include <gtest/gtest.h>

namespace lucid::rdp::picture {
namespace {

using test::pixel_at;

constexpr std::uint8_t code_bitmap = 1;

/// Captures hold all channels; drdynvc is the fourth of them.
CompositorOptions captured() {
    CompositorOptions options;
    options.dynamic_channel = 1007;
    options.make_avc = avc::make_ffmpeg_decoder;
    return options;
}

void begin(Compositor& compositor, std::uint16_t width, std::uint16_t height) {
    ASSERT_TRUE(compositor.connect_response(test::connect_response({.channels = 1})));
    ASSERT_TRUE(compositor.server_pdu(test::demand_active(width, height)));
    compositor.take_damage();
}

TEST(Compositor, captured_sessions_are_drawn_without_an_error) {
    for (const std::string name : {"shadow.h2c", "shadow_rfx.h2c", "xrdp.h2c"}) {
        const auto pdus = test::captured_pdus(name);
        Compositor compositor(captured());
        const auto fed = test::feed(compositor, pdus, 0, pdus.size());
        EXPECT_TRUE(fed) << name << " " << fed.error().message();
        EXPECT_GE(compositor.screen().width(), 640U) << name;
        EXPECT_FALSE(compositor.take_damage().empty());
        // The bitmaps of shadow arrived compressed by XCRUSH in two fragments, RemoteFX plain.
        if (name.starts_with("shadow")) {
            const auto bytes = compositor.screen().bytes();
            EXPECT_TRUE(std::any_of(bytes.begin(), bytes.end(), [](auto b) {
                return b != 0 && b != 0xff;
            })) << name;
        }
    }
}

TEST(Compositor, draws_bitmaps_by_both_paths) {
    Compositor compositor({});
    begin(compositor, 64, 48);
    EXPECT_EQ(pixel_at(compositor.screen(), 0, 0), 0xff000000U);
    const auto red = test::solid_bitmap(3, 5, 4, 2, 0x00ff0000);
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, red)));
    EXPECT_EQ(compositor.take_damage(), (std::vector<codec::Rect>{{3, 5, 4, 2}}));
    EXPECT_EQ(pixel_at(compositor.screen(), 3, 5), 0xffff0000U);
    EXPECT_EQ(pixel_at(compositor.screen(), 6, 6), 0xffff0000U);
    EXPECT_EQ(pixel_at(compositor.screen(), 7, 6), 0xff000000U);
    const auto green = test::solid_bitmap(0, 0, 4, 4, 0x0000ff00);
    ASSERT_TRUE(
        compositor.server_pdu(test::from_host(test::io_channel, test::share_data(0x02, green))));
    EXPECT_EQ(pixel_at(compositor.screen(), 3, 3), 0xff00ff00U);
    // Half outside: the part inside is drawn.
    const auto outside = test::solid_bitmap(62, 46, 4, 4, 0x000000ff);
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, outside)));
    EXPECT_EQ(pixel_at(compositor.screen(), 63, 47), 0xff0000ffU);
}

TEST(Compositor, puts_fragments_together_and_keeps_their_limit) {
    Compositor compositor({});
    begin(compositor, 64, 48);
    const auto update = test::solid_bitmap(0, 0, 8, 8, 0x00123456);
    const ByteView bytes(update);
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, bytes.first(100), 2)));
    ASSERT_TRUE(
        compositor.server_pdu(test::fast_path_update(code_bitmap, bytes.subspan(100, 50), 3)));
    EXPECT_TRUE(compositor.damage().empty());
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, bytes.subspan(150), 1)));
    EXPECT_EQ(pixel_at(compositor.screen(), 7, 7), 0xff123456U);
    EXPECT_FALSE(compositor.server_pdu(test::fast_path_update(code_bitmap, bytes, 3)))
        << "the middle of nothing";
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, Bytes(16384), 2)));
    for (std::size_t sum = 16384; sum < update_bytes_max; sum += 16384)
        ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, Bytes(16384), 3)));
    EXPECT_FALSE(compositor.server_pdu(test::fast_path_update(code_bitmap, Bytes(1), 3)));
}

TEST(Compositor, decompresses_updates) {
    Compositor compositor({});
    begin(compositor, 64, 48);
    // Literals below 0x80 are their own MPPC: the update has only such bytes.
    const auto update = test::solid_bitmap(0, 0, 4, 4, 0x00010203);
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, update, 0, 0x21)));
    EXPECT_EQ(pixel_at(compositor.screen(), 3, 3), 0xff010203U);
}

TEST(Compositor, a_new_size_is_black_and_a_new_connection_keeps_the_picture) {
    Compositor compositor({});
    begin(compositor, 64, 48);
    ASSERT_TRUE(compositor.server_pdu(
        test::fast_path_update(code_bitmap, test::solid_bitmap(0, 0, 4, 4, 0x00ffffff))));
    ASSERT_TRUE(compositor.connect_response(test::connect_response({.channels = 1})));
    EXPECT_EQ(pixel_at(compositor.screen(), 0, 0), 0xffffffffU);
    ASSERT_TRUE(compositor.server_pdu(test::demand_active(80, 60)));
    EXPECT_EQ(compositor.screen().width(), 80U);
    EXPECT_EQ(pixel_at(compositor.screen(), 0, 0), 0xff000000U);
}

TEST(Compositor, an_error_leaves_the_rest_to_be_drawn) {
    Compositor compositor({});
    begin(compositor, 64, 48);
    auto update = test::solid_bitmap(0, 0, 4, 4, 0x00ffffff);
    update.resize(update.size() - 1);
    EXPECT_FALSE(compositor.server_pdu(test::fast_path_update(code_bitmap, update)));
    EXPECT_FALSE(compositor.server_pdu(test::fast_path_update(0, Bytes{1, 0}))) << "orders";
    EXPECT_FALSE(compositor.server_pdu({}));
    ASSERT_TRUE(compositor.server_pdu(
        test::fast_path_update(code_bitmap, test::solid_bitmap(0, 0, 4, 4, 0x00ffffff))));
    EXPECT_EQ(pixel_at(compositor.screen(), 3, 3), 0xffffffffU);
}

TEST(Compositor, memory_of_pictures_is_bounded) {
    CompositorOptions options;
    options.pixel_bytes_max = std::size_t{64} * 48 * 4;
    Compositor compositor(options);
    begin(compositor, 64, 48);
    EXPECT_EQ(compositor.pixel_bytes(), options.pixel_bytes_max);
    const auto larger = compositor.server_pdu(test::demand_active(64, 49));
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().code, make_error_code(Errc::limit_exceeded));
    EXPECT_EQ(compositor.pixel_bytes(), 0U);
    // What the whole may take at defaults is one number.
    EXPECT_LT(compositor_bytes_max, std::size_t{1} << 30);
}

TEST(Compositor, survives_every_cut_and_bit_of_captures) {
    for (const std::string name : {"shadow.h2c", "shadow_rfx.h2c"}) {
        const auto pdus = test::captured_pdus(name);
        for (std::size_t i = 0; i < pdus.size(); ++i) {
            const auto limit = std::min<std::size_t>(pdus[i].size(), 200);
            Compositor compositor(captured());
            (void)test::feed(compositor, pdus, 0, i);
            for (std::size_t n = 0; n < limit; n += 1 + n / 16) {
                (void)compositor.server_pdu(ByteView(pdus[i]).first(n));
                Bytes damaged = pdus[i];
                damaged[n] ^= static_cast<std::uint8_t>(1U << (n % 8));
                (void)compositor.server_pdu(damaged);
            }
        }
    }
}

TEST(Snapshot, goes_on_exactly_from_every_pdu_of_a_capture) {
    for (const std::string name : {"shadow.h2c", "shadow_rfx.h2c", "xrdp.h2c"}) {
        const auto pdus = test::captured_pdus(name);
        Compositor whole(captured());
        ASSERT_TRUE(test::feed(whole, pdus, 0, pdus.size()));
        for (std::size_t i = 1; i < pdus.size(); ++i) {
            Compositor first(captured());
            ASSERT_TRUE(test::feed(first, pdus, 0, i));
            const auto snapshot = first.snapshot();
            ASSERT_TRUE(snapshot);
            Compositor second(captured());
            const auto restored = second.restore(*snapshot);
            ASSERT_TRUE(restored) << name << " " << i << " " << restored.error().message();
            EXPECT_EQ(*second.snapshot(), *snapshot);
            ASSERT_TRUE(test::feed(second, pdus, i, pdus.size())) << name << " " << i;
            EXPECT_TRUE(std::equal(whole.screen().bytes().begin(), whole.screen().bytes().end(),
                                   second.screen().bytes().begin(), second.screen().bytes().end()))
                << name << " " << i;
        }
    }
}

/// Where `whole` is after all PDUs, `second` must be, restored from a keyframe before `pdus[i]`.
void goes_on_from_keyframe(const std::vector<Bytes>& pdus, std::size_t i, std::size_t end,
                           const std::string& name) {
    Compositor first(captured());
    ASSERT_TRUE(test::feed(first, pdus, 0, i));
    const auto keyframe = first.keyframe();
    ASSERT_TRUE(keyframe);
    first.mark_history();
    std::size_t sum = 0;
    for (const auto page : keyframe->pages) {
        ASSERT_LE(page, state_page_bytes_max);
        sum += page;
    }
    EXPECT_EQ(sum, keyframe->bytes.size());
    ASSERT_TRUE(test::feed(first, pdus, i, end));
    const auto history = first.take_history();
    Compositor second(captured());
    ASSERT_TRUE(second.restore(keyframe->bytes)) << name << " " << i;
    ASSERT_TRUE(second.patch(history)) << name << " " << i;
    ASSERT_TRUE(test::feed(second, pdus, i, end)) << name << " " << i;
    EXPECT_EQ(to_bytes(first.screen().bytes()), to_bytes(second.screen().bytes()))
        << name << " " << i;
}

TEST(Keyframe, goes_on_without_histories_but_for_what_is_taken_from_them) {
    for (const std::string name : {"shadow.h2c", "shadow_rfx.h2c", "xrdp.h2c"}) {
        const auto pdus = test::captured_pdus(name);
        for (std::size_t i = 1; i < pdus.size(); ++i)
            goes_on_from_keyframe(pdus, i, pdus.size(), name);
    }
}

TEST(Keyframe, an_unchanged_screen_gives_the_same_pages) {
    const auto pdus = test::captured_pdus("xrdp.h2c");
    Compositor compositor(captured());
    ASSERT_TRUE(test::feed(compositor, pdus, 0, pdus.size()));
    const auto before = compositor.keyframe();
    const auto red = test::solid_bitmap(3, 5, 4, 2, 0x00ff0000);
    ASSERT_TRUE(compositor.server_pdu(test::fast_path_update(code_bitmap, red)));
    const auto after = compositor.keyframe();
    ASSERT_TRUE(before && after);
    ASSERT_EQ(before->pages, after->pages);
    std::size_t changed = 0;
    std::size_t at = 0;
    for (const auto page : before->pages) {
        const auto a = ByteView(before->bytes).subspan(at, page);
        const auto b = ByteView(after->bytes).subspan(at, page);
        if (!std::equal(a.begin(), a.end(), b.begin())) ++changed;
        at += page;
    }
    EXPECT_EQ(changed, 1U) << "one tile of the screen";
}

TEST(Keyframe, a_patch_outside_of_a_history_is_refused) {
    Compositor compositor({});
    begin(compositor, 16, 16);
    Writer w;
    w.u8(0x80).u32_le(1).u32_le(1).u8(0);
    EXPECT_FALSE(compositor.patch(w.view()));
    w.clear();
    w.u8(4).u32_le(0).u32_le(1).u8(0);
    EXPECT_FALSE(compositor.patch(w.view())) << "no such history yet";
    w.clear();
    w.u8(0x80).u32_le(0).u32_le(5).u8(0);
    EXPECT_FALSE(compositor.patch(w.view())) << "cut off";
    EXPECT_TRUE(compositor.patch({}));
}

TEST(Snapshot, refuses_what_is_none) {
    Compositor compositor({});
    begin(compositor, 16, 16);
    const auto snapshot = *compositor.snapshot();
    for (std::size_t n = 0; n < snapshot.size(); n += 1 + n / 100) {
        Compositor other({});
        EXPECT_FALSE(other.restore(ByteView(snapshot).first(n))) << n;
        EXPECT_EQ(other.screen().width(), 0U);
    }
    Bytes longer = snapshot;
    longer.push_back(0);
    EXPECT_FALSE(Compositor({}).restore(longer));
    Bytes version = snapshot;
    version[4] ^= 1;
    EXPECT_FALSE(Compositor({}).restore(version));
}

TEST(Compositor, the_seeds_of_the_snapshot_fuzz_target_restore) {
    const auto folder =
        std::string(test::source_dir) + "/tests/fuzz/rdp/picture/corpus/rdp_snapshot";
    std::size_t seeds = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const Bytes snapshot{std::istreambuf_iterator<char>(file), {}};
        Compositor compositor({});
        const auto restored = compositor.restore(snapshot);
        EXPECT_TRUE(restored) << entry.path() << ": " << restored.error().message();
        ++seeds;
    }
    EXPECT_GE(seeds, 2U);
}

}  // namespace
}  // namespace lucid::rdp::picture

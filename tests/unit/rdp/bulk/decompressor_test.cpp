// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/decompressor.hpp>

#include <set>
#include <tests/support/bulk_samples.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

TEST(Decompressor, takes_the_method_each_packet_names) {
    Decompressor bulk;
    EXPECT_EQ(as_text(*bulk.decompress(packet_compressed | 0, test::bells_mppc_8k)), test::bells);
    EXPECT_EQ(as_text(*bulk.decompress(packet_compressed | 1, test::bells_mppc_64k)), test::bells);
    EXPECT_EQ(as_text(*bulk.decompress(packet_compressed | 2, test::bells_ncrush)), test::bells);
    EXPECT_EQ(as_text(*bulk.decompress(0, as_bytes("plain"))), "plain");
    EXPECT_EQ(bulk.decompress(packet_compressed | 4, test::bells_mppc_8k).error().code,
              make_error_code(Errc::unsupported));
}

TEST(Decompressor, saves_what_was_used) {
    Decompressor first;
    ASSERT_TRUE(first.decompress(packet_compressed | 2, test::bells_ncrush));
    Writer w;
    first.save(w);
    Decompressor second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    EXPECT_TRUE(r.empty());
    EXPECT_EQ(to_bytes(*first.decompress(packet_compressed | 2, test::bells_ncrush)),
              to_bytes(*second.decompress(packet_compressed | 2, test::bells_ncrush)));
    Reader bad(as_bytes("\2"));
    EXPECT_FALSE(Decompressor().restore(bad));
}

/// A packet of each method in use, by which all histories are written.
void use_all(Decompressor& bulk) {
    ASSERT_TRUE(bulk.decompress(packet_compressed | 0, test::bells_mppc_8k));
    ASSERT_TRUE(bulk.decompress(packet_compressed | 1, test::bells_mppc_64k));
    ASSERT_TRUE(bulk.decompress(packet_compressed | 2, test::bells_ncrush));
    ASSERT_TRUE(bulk.decompress(packet_compressed | 3, Bytes{0x12, packet_compressed, 'a', 'b'}));
}

TEST(Decompressor, goes_on_without_its_histories_but_for_what_is_taken_from_them) {
    Decompressor first;
    use_all(first);
    Writer w;
    first.save(w, SavedHistory::left_out);
    EXPECT_LT(w.offset(), 100U);
    first.mark();
    // Three back in the histories of MPPC; two from the front of level 1; a literal, then three
    // back in level 2. The packet of NCRUSH refers to itself alone.
    const Bytes match_8k = {0xf0, 0xc0}, match_64k = {0xf8, 0x60};
    const Bytes match_level_1 = {0x11, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0};
    const Bytes match_level_2 = {0x12, packet_compressed | 1, 'c', 0xf8, 0x60};
    const auto all = [&](Decompressor& bulk) {
        std::vector<std::string> got;
        for (const auto& [flags, packet] :
             {std::pair{0, match_8k}, std::pair{1, match_64k}, std::pair{2, test::bells_ncrush},
              std::pair{3, match_level_1}, std::pair{3, match_level_2}}) {
            const auto plain =
                bulk.decompress(static_cast<std::uint8_t>(packet_compressed | flags), packet);
            got.push_back(plain ? std::string(as_text(*plain)) : plain.error().message());
        }
        return got;
    };
    const auto got = all(first);
    EXPECT_EQ(got[0], "ee!");
    EXPECT_EQ(got[1], "ee!");
    EXPECT_EQ(got[3], "ab");
    EXPECT_EQ(got[4], "cabc");
    Decompressor second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    std::set<BulkHistory> histories;
    for (const auto& slice : first.take_slices()) {
        histories.insert(slice.history);
        ASSERT_TRUE(second.patch(slice));
    }
    EXPECT_EQ(histories, (std::set{BulkHistory::mppc_8k, BulkHistory::mppc_64k,
                                   BulkHistory::xcrush_level_2, BulkHistory::xcrush}));
    EXPECT_EQ(all(second), got);
}

TEST(Decompressor, patches_the_histories_there_are) {
    const std::vector all = {BulkHistory::mppc_8k, BulkHistory::mppc_64k, BulkHistory::ncrush,
                             BulkHistory::xcrush_level_2, BulkHistory::xcrush};
    Decompressor unused;
    unused.mark();
    EXPECT_TRUE(unused.take_slices().empty());
    Decompressor used;
    use_all(used);
    for (const auto history : all) {
        EXPECT_EQ(unused.patch({history, {0, {1}}}).error().code, Errc::bad_value);
        EXPECT_TRUE(used.patch({history, {0, {1}}}));
        EXPECT_EQ(used.patch({history, {xcrush_history_bytes, {1}}}).error().code, Errc::bad_value);
    }
    EXPECT_EQ(used.patch({static_cast<BulkHistory>(5), {0, {1}}}).error().code, Errc::bad_value);
}

TEST(Decompressor, refuses_a_state_cut_anywhere) {
    Decompressor used;
    use_all(used);
    Writer w;
    used.save(w, SavedHistory::left_out);
    for (std::size_t n = 0; n < w.offset(); ++n) {
        Reader cut(w.view().first(n));
        EXPECT_EQ(Decompressor().restore(cut).error().code, Errc::truncated) << n;
    }
    Bytes damaged = to_bytes(w.view());
    damaged[0] = 2;
    Reader r(damaged);
    EXPECT_EQ(Decompressor().restore(r).error().code, Errc::bad_value);
}

}  // namespace
}  // namespace lucid::rdp::bulk

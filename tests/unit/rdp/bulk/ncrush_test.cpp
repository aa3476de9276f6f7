// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/ncrush.hpp>

#include <tests/support/bulk_samples.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

constexpr std::uint8_t compressed = packet_compressed | 2;

TEST(Ncrush, decompresses_the_example) {
    Ncrush ncrush;
    const auto plain = ncrush.decompress(compressed, test::bells_ncrush);
    ASSERT_TRUE(plain) << plain.error().message();
    EXPECT_EQ(as_text(*plain), test::bells);
}

TEST(Ncrush, needs_half_a_history_to_slide) {
    Ncrush ncrush;
    ASSERT_TRUE(ncrush.decompress(compressed, test::bells_ncrush));
    EXPECT_FALSE(ncrush.decompress(compressed | packet_at_front, test::bells_ncrush));
}

TEST(Ncrush, survives_every_cut_and_bit) {
    const auto& sample = test::bells_ncrush;
    for (std::size_t i = 0; i < sample.size(); ++i) {
        // Without the end symbol it is no packet.
        Ncrush cut;
        if (i + 2 < sample.size()) {
            EXPECT_FALSE(cut.decompress(compressed, ByteView(sample).first(i))) << i;
        }
        for (int bit = 0; bit < 8; ++bit) {
            Bytes damaged = sample;
            damaged[i] ^= static_cast<std::uint8_t>(1U << bit);
            Ncrush ncrush;
            (void)ncrush.decompress(compressed, damaged);
        }
    }
}

TEST(Ncrush, goes_on_from_a_saved_state) {
    Ncrush first;
    ASSERT_TRUE(first.decompress(compressed, test::bells_ncrush));
    Writer w;
    first.save(w);
    Ncrush second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    EXPECT_TRUE(r.empty());
    EXPECT_EQ(to_bytes(*first.decompress(compressed, test::bells_ncrush)),
              to_bytes(*second.decompress(compressed, test::bells_ncrush)));
    Reader cut(w.view().first(w.view().size() - 1));
    EXPECT_FALSE(Ncrush().restore(cut));
}

}  // namespace
}  // namespace lucid::rdp::bulk

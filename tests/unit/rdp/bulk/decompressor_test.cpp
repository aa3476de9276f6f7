// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/decompressor.hpp>

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

}  // namespace
}  // namespace lucid::rdp::bulk

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/decompressor.hpp>
#include <lucid/rdp/bulk/zgfx.hpp>

#include <freerdp/codec/mppc.h>
#include <freerdp/codec/ncrush.h>
#include <freerdp/codec/xcrush.h>
#include <freerdp/codec/zgfx.h>
#include <functional>
#include <memory>
#include <tests/support/bulk_samples.hpp>
#include <tests/support/zgfx_writer.hpp>

#include <gtest/gtest.h>

// What FreeRDP's compressors make comes back as it was; its decompressors agree on ZGFX.

namespace lucid::rdp::bulk {
namespace {

/// FreeRDP's calling convention of all compressors.
using Compress =
    std::function<int(BYTE* from, UINT32 size, BYTE** to, UINT32* to_size, UINT32* flags)>;

constexpr std::size_t packets = 400;
constexpr std::size_t packet_bytes = 16384;

void expect_same(const Compress& compress, std::size_t bytes_max, std::uint32_t seed,
                 std::size_t compressed_min = packets / 2) {
    std::mt19937 random(seed);
    Decompressor bulk;
    std::size_t compressed = 0;
    for (std::size_t i = 0; i < packets; ++i) {
        auto plain = test::mixed_bytes(random, 1 + random() % bytes_max);
        Bytes buffer(2 * packet_bytes + 64);
        BYTE* out = buffer.data();
        UINT32 out_size = static_cast<UINT32>(buffer.size());
        UINT32 flags = 0;
        ASSERT_GE(
            compress(plain.data(), static_cast<UINT32>(plain.size()), &out, &out_size, &flags), 0);
        if ((flags & packet_compressed) != 0) ++compressed;
        const auto got = bulk.decompress(static_cast<std::uint8_t>(flags), ByteView(out, out_size));
        ASSERT_TRUE(got) << i << " " << got.error().message();
        ASSERT_TRUE(std::equal(got->begin(), got->end(), plain.begin(), plain.end())) << i;
    }
    EXPECT_GT(compressed, compressed_min);
}

TEST(FreeRdp, mppc_8k_and_64k) {
    for (const DWORD level : {0U, 1U}) {
        const std::unique_ptr<MPPC_CONTEXT, decltype(&mppc_context_free)> context(
            mppc_context_new(level, TRUE), mppc_context_free);
        expect_same(
            [&](BYTE* from, UINT32 size, BYTE** to, UINT32* to_size, UINT32* flags) {
                return mppc_compress(context.get(), from, size, to, to_size, flags);
            },
            level == 0 ? 8000 : packet_bytes, 10 + level);
    }
}

TEST(FreeRdp, ncrush) {
    const std::unique_ptr<NCRUSH_CONTEXT, decltype(&ncrush_context_free)> context(
        ncrush_context_new(TRUE), ncrush_context_free);
    expect_same(
        [&](BYTE* from, UINT32 size, BYTE** to, UINT32* to_size, UINT32* flags) {
            return ncrush_compress(context.get(), from, size, to, to_size, flags);
        },
        packet_bytes, 20);
}

TEST(FreeRdp, xcrush) {
    const std::unique_ptr<XCRUSH_CONTEXT, decltype(&xcrush_context_free)> context(
        xcrush_context_new(TRUE), xcrush_context_free);
    expect_same(
        [&](BYTE* from, UINT32 size, BYTE** to, UINT32* to_size, UINT32* flags) {
            return xcrush_compress(context.get(), from, size, to, to_size, flags);
        },
        // It gives up, and starts over, on what is mostly noise.
        packet_bytes, 30, packets / 8);
}

TEST(FreeRdp, zgfx) {
    const std::unique_ptr<ZGFX_CONTEXT, decltype(&zgfx_context_free)> context(
        zgfx_context_new(FALSE), zgfx_context_free);
    std::mt19937 random(40);
    Bytes plain;
    Zgfx zgfx;
    while (plain.size() < zgfx_history_bytes + 100'000) {
        const auto message =
            test::zgfx_single(test::random_zgfx_segment(random, plain, 1 + random() % 5000));
        BYTE* out = nullptr;
        UINT32 out_size = 0;
        ASSERT_GE(zgfx_decompress(context.get(), message.data(),
                                  static_cast<UINT32>(message.size()), &out, &out_size, 0),
                  0);
        const auto got = zgfx.decompress(message);
        ASSERT_TRUE(got) << got.error().message();
        const bool same = std::equal(got->begin(), got->end(), out, out + out_size);
        std::free(out);
        ASSERT_TRUE(same);
    }
}

}  // namespace
}  // namespace lucid::rdp::bulk

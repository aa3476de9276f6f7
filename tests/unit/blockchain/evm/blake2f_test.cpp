// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/blake2f_rounds.hpp>
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/processor/processor.hpp>

#include <random>

#include <gtest/gtest.h>

namespace lucid::blockchain::evm {
namespace {

void put_le(Bytes& out, std::uint64_t word) {
    for (unsigned shift = 0; shift < 64; shift += 8)
        out.push_back(static_cast<std::uint8_t>(word >> shift));
}

// RFC 7693, appendix A: BLAKE2b-512 of "abc" is one compression of twelve rounds.
TEST(Blake2f, hashes_abc_as_the_document_says) {
    constexpr std::array<std::uint64_t, 8> iv = {
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    Bytes input = {0, 0, 0, 12};
    for (std::size_t i = 0; i < iv.size(); ++i) put_le(input, i == 0 ? iv[i] ^ 0x01010040 : iv[i]);
    append(input, as_bytes("abc"));
    input.resize(4 + 64 + 128);
    put_le(input, 3);
    put_le(input, 0);
    input.push_back(1);
    proto::Address address{};
    address[19] = 9;
    const auto outcome = run_precompile(address, proto::Fork::prague, input, 12);
    ASSERT_EQ(outcome.status, Status::success);
    EXPECT_EQ(to_hex(outcome.output),
              "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
              "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

TEST(Blake2f, both_paths_give_the_same_words) {
#if defined(__x86_64__)
    if (!processor::has_avx2()) GTEST_SKIP() << "this processor has no AVX2";
    std::mt19937_64 random(20261128);
    const auto draw = [&] {
        blake2::Words words;
        for (auto& word : words) word = random();
        return words;
    };
    for (std::uint32_t rounds = 0; rounds <= 3 * blake2::sigma_rows; ++rounds)
        for (int i = 0; i < 100; ++i) {
            const auto message = draw();
            auto portable = draw();
            auto vectors = portable;
            blake2::mix_rounds_portable(portable, message, rounds);
            blake2::mix_rounds_avx2(vectors, message, rounds);
            ASSERT_EQ(portable, vectors) << rounds << " rounds";
        }
#else
    GTEST_SKIP() << "one path on this processor";
#endif
}

}  // namespace
}  // namespace lucid::blockchain::evm

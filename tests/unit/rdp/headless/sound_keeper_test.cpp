// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/sound_keeper.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::rdp::headless {
namespace {

using client::SoundCodec;
using client::SoundStarted;
using proto::channels::SoundFormat;

/// Doubles each byte; 'x' is broken.
class Doubling : public client::SoundDecoder {
  public:
    Result<client::Pcm> decode(ByteView block) override {
        if (!block.empty() && block[0] == 'x') return fail(Errc::bad_value, "a block of the test");
        client::Pcm pcm{2, 44100, {}};
        for (const auto byte : block) append(pcm.samples, Bytes{byte, byte});
        return pcm;
    }
};

class SoundKeeperTest : public testing::Test {
  protected:
    SoundKeeperTest() {
        const int file = ::mkstemp(path_.data());
        ::close(file);
    }
    ~SoundKeeperTest() override { ::unlink(path_.c_str()); }
    SoundKeeper keeper() {
        return SoundKeeper(*WaveFile::create(path_), [this](const SoundFormat& format) {
            ++made_;
            if (format.tag == 9)
                return Result<std::unique_ptr<client::SoundDecoder>>(
                    fail(Errc::unsupported, "a format of the test"));
            return Result<std::unique_ptr<client::SoundDecoder>>(std::make_unique<Doubling>());
        });
    }
    /// The header's channels and rate, and what is behind it.
    [[nodiscard]] std::string content() const {
        std::ifstream in(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    [[nodiscard]] std::string samples() const { return content().substr(44); }

    std::string path_ = "/tmp/lucid-sound-XXXXXX";
    int made_ = 0;
};

const SoundStarted pcm = {SoundCodec::pcm, {1, 2, 44100, 176400, 4, 16, {}}};
const SoundStarted opus = {SoundCodec::opus, {0x69, 2, 44100, 176400, 4, 16, {}}};

TEST_F(SoundKeeperTest, keeps_pcm_as_it_is_and_compressed_sound_decoded) {
    auto k = keeper();
    ASSERT_TRUE(k.start(pcm));
    ASSERT_TRUE(k.add(as_bytes("abcd")));
    ASSERT_TRUE(k.start(opus));
    ASSERT_TRUE(k.add(as_bytes("ef")));
    ASSERT_TRUE(k.start(pcm));
    ASSERT_TRUE(k.add(as_bytes("ghij")));
    ASSERT_TRUE(k.start(opus));
    ASSERT_TRUE(k.add(as_bytes("kl")));
    EXPECT_EQ(samples(), "abcdeeffghijkkll") << "one format throughout: one file";
    EXPECT_EQ(made_, 1) << "the decoder keeps what it knows";
    EXPECT_EQ(k.file().heard_bytes(), 16U);
}

TEST_F(SoundKeeperTest, a_broken_block_is_counted_and_left_out) {
    auto k = keeper();
    ASSERT_TRUE(k.start(opus));
    ASSERT_TRUE(k.add(as_bytes("x")));
    ASSERT_TRUE(k.add(as_bytes("ab")));
    ASSERT_TRUE(k.add(as_bytes("x")));
    EXPECT_EQ(samples(), "aabb");
    EXPECT_EQ(k.broken_blocks(), 2U);
    EXPECT_EQ(k.why_broken().code, Errc::bad_value);
}

TEST_F(SoundKeeperTest, a_format_without_a_decoder_is_told_and_the_rest_kept) {
    auto k = keeper();
    auto other = opus;
    other.format.tag = 9;
    ASSERT_TRUE(k.start(other));
    EXPECT_EQ(k.broken_blocks(), 1U);
    ASSERT_TRUE(k.add(as_bytes("ab")));
    ASSERT_TRUE(k.start(pcm));
    ASSERT_TRUE(k.add(as_bytes("cdef")));
    EXPECT_EQ(samples(), "cdef");
}

TEST_F(SoundKeeperTest, another_format_is_counted_only) {
    auto k = keeper();
    auto slow = pcm;
    slow.format.samples_per_second = 22050;
    ASSERT_TRUE(k.start(slow));
    ASSERT_TRUE(k.add(as_bytes("abcd")));
    ASSERT_TRUE(k.start(opus));
    ASSERT_TRUE(k.add(as_bytes("ef")));
    EXPECT_EQ(samples(), "abcd");
    EXPECT_EQ(k.file().heard_bytes(), 8U);
}

}  // namespace
}  // namespace lucid::rdp::headless

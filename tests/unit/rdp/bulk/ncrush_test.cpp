// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/ncrush.hpp>
#include <lucid/rdp/bulk/ncrush_tables.hpp>

#include <set>
#include <string>
#include <tests/support/bulk_samples.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::bulk {
namespace {

constexpr std::uint8_t compressed = packet_compressed | 2;

namespace tables = ncrush_tables;

/// Writes the codes of MS-RDPEGDI 3.1.8.1.4, first bit lowest.
class NcrushWriter {
  public:
    NcrushWriter& literal(std::uint8_t value) { return symbol(tables::lec_lengths, value); }
    NcrushWriter& literals(std::string_view text) {
        for (const char c : text) literal(static_cast<std::uint8_t>(c));
        return *this;
    }
    /// `distance` bytes back; 0 is written and is none.
    NcrushWriter& copy(std::uint32_t distance, std::uint32_t length) {
        const auto index = range_of(tables::copy_offset_base, distance + 1);
        symbol(tables::lec_lengths, 257 + index);
        bits(distance + 1 - tables::copy_offset_base[index], tables::copy_offset_bits[index]);
        return match_length(length);
    }
    /// The distance at `index` of the last ones; 4 is none.
    NcrushWriter& copy_cached(std::size_t index, std::uint32_t length) {
        symbol(tables::lec_lengths, 289 + index);
        return match_length(length);
    }
    /// A symbol of the length's code as it is.
    NcrushWriter& copy_with_length_symbol(std::size_t length_symbol) {
        symbol(tables::lec_lengths, 289);
        return symbol(tables::lom_lengths, length_symbol);
    }
    Bytes end() {
        symbol(tables::lec_lengths, 256);
        return bytes_;
    }

  private:
    template <std::size_t N>
    static std::size_t range_of(const std::array<std::uint32_t, N>& base, std::uint32_t value) {
        // The last two ranges of match lengths begin anew at 2.
        std::size_t index = 0;
        while (index + 1 < N && base[index + 1] > base[index] && base[index + 1] <= value) ++index;
        return index;
    }
    NcrushWriter& match_length(std::uint32_t length) {
        const auto index = range_of(tables::match_length_base, length);
        symbol(tables::lom_lengths, index);
        bits(length - tables::match_length_base[index], tables::match_length_bits[index]);
        return *this;
    }
    /// Codes are canonical: counted up by length, then by symbol.
    template <std::size_t N>
    NcrushWriter& symbol(const std::array<std::uint8_t, N>& lengths, std::size_t wanted) {
        std::uint32_t code = 0;
        for (unsigned length = 1; length <= lengths[wanted]; ++length) {
            code <<= 1;
            for (std::size_t i = 0; i < N; ++i) {
                if (lengths[i] != length) continue;
                if (i == wanted) {
                    for (unsigned bit = length; bit-- > 0;) bits(code >> bit, 1);
                    return *this;
                }
                ++code;
            }
        }
        return *this;
    }
    void bits(std::uint32_t value, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            if (used_ % 8 == 0) bytes_.push_back(0);
            bytes_.back() |= static_cast<std::uint8_t>((value >> i & 1U) << used_ % 8);
            ++used_;
        }
    }

    Bytes bytes_;
    std::size_t used_ = 0;
};

std::string decompressed(Ncrush& ncrush, const Bytes& packet, std::uint8_t flags = compressed) {
    const auto got = ncrush.decompress(flags, packet);
    return got ? std::string(as_text(*got))
               : got.error().context + (": " + got.error().code.message());
}
std::string refusal(const char* field, Errc code) {
    return field + (": " + make_error_code(code).message());
}

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

TEST(Ncrush, matches_by_distance_and_by_the_last_four_distances) {
    Ncrush ncrush;
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().literals("abcdefgh").end()), "abcdefgh");
    // Distances 3, 4, 5, 6: the cache then holds 6, 5, 4, 3.
    NcrushWriter w;
    w.copy(3, 3).copy(4, 2).copy(5, 2).copy(6, 2);
    w.copy_cached(3, 3).copy_cached(0, 2).copy_cached(2, 2);
    std::string plain = "abcdefgh";
    for (const auto& [distance, length] :
         {std::pair{3, 3}, std::pair{4, 2}, std::pair{5, 2}, std::pair{6, 2}, std::pair{3, 3},
          std::pair{3, 2}, std::pair{4, 2}})
        for (int i = 0; i < length; ++i) plain += plain[plain.size() - std::size_t(distance)];
    EXPECT_EQ(decompressed(ncrush, w.end()), plain.substr(8));
}

TEST(Ncrush, refuses_codes_that_stand_for_nothing) {
    Ncrush ncrush;
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().literal('a').copy(0, 2).end()),
              refusal("ncrush copy offset", Errc::bad_value));
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().copy_cached(0, 2).end()),
              refusal("ncrush copy offset", Errc::bad_value))
        << "nothing in the cache yet";
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().copy_cached(4, 2).end()),
              refusal("ncrush symbol", Errc::bad_value));
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().copy_with_length_symbol(30).end()),
              refusal("ncrush match length", Errc::bad_value));
}

TEST(Ncrush, names_what_a_packet_ends_inside_of) {
    std::set<std::string> seen;
    for (std::size_t before = 0; before < 8; ++before) {
        NcrushWriter w;
        w.literals(std::string(before, 'a'));
        const auto packet = w.copy(40'000, 700).end();
        for (std::size_t n = 0; n + 2 < packet.size(); ++n) {
            Ncrush ncrush;
            seen.insert(decompressed(ncrush, Bytes(packet.begin(), packet.begin() + n)));
        }
    }
    EXPECT_EQ(seen, (std::set<std::string>{refusal("ncrush symbol", Errc::truncated),
                                           refusal("ncrush copy offset", Errc::truncated),
                                           refusal("ncrush match length", Errc::truncated)}));
}

TEST(Ncrush, stops_at_the_end_of_its_history) {
    const auto filled = [](std::size_t left) {
        Ncrush ncrush;
        NcrushWriter w;
        w.literal('x');
        for (std::size_t sum = 1; sum < 65536 - left;) {
            const auto length = std::min<std::size_t>(700, 65536 - left - sum);
            w.copy(1, static_cast<std::uint32_t>(length));
            sum += length;
        }
        EXPECT_EQ(ncrush.decompress(compressed, w.end())->size(), 65536 - left);
        return ncrush;
    };
    auto two = filled(2);
    EXPECT_EQ(decompressed(two, NcrushWriter().copy(9, 3).end()),
              refusal("ncrush history", Errc::limit_exceeded));
    EXPECT_EQ(decompressed(two, NcrushWriter().copy(9, 2).end()), "xx");
    EXPECT_EQ(decompressed(two, NcrushWriter().end()), "");
    EXPECT_EQ(decompressed(two, NcrushWriter().literal('y').end()),
              refusal("ncrush history", Errc::limit_exceeded));
}

/// 40,000 bytes, of which the last 32,768 stay when the history slides.
void fill(Ncrush& ncrush) {
    NcrushWriter w;
    for (std::size_t i = 0; i < 40'000; ++i) w.literal(static_cast<std::uint8_t>(i % 251));
    ASSERT_TRUE(ncrush.decompress(compressed, w.end()));
}

TEST(Ncrush, a_slide_keeps_half_of_the_history_and_a_flush_nothing) {
    Ncrush ncrush;
    fill(ncrush);
    const auto old = NcrushWriter().copy(100, 3).end();
    const std::string three = {char(39'900 % 251), char(39'901 % 251), char(39'902 % 251)};
    EXPECT_EQ(decompressed(ncrush, old, compressed | packet_at_front), three);
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().literals("ab").end(),
                           compressed | packet_at_front | packet_flushed),
              "ab");
    EXPECT_EQ(decompressed(ncrush, NcrushWriter().copy(3, 3).end()), std::string("\0ab", 3));
    EXPECT_EQ(as_text(*ncrush.decompress(2, as_bytes("as it is"))), "as it is");
}

TEST(Ncrush, goes_on_without_its_history_but_for_what_is_taken_from_it) {
    // A packet from the history and from itself; one that slides it; one that flushes it.
    const std::vector<std::pair<std::uint8_t, Bytes>> packets = {
        {compressed, NcrushWriter().copy(100, 30).copy(10, 20).copy(500, 500).end()},
        {compressed | packet_at_front, NcrushWriter().copy(30'000, 9).end()},
        {compressed | packet_flushed, NcrushWriter().literals("abc").copy(3, 3).end()}};
    Ncrush first;
    fill(first);
    Writer w;
    first.save(w, SavedHistory::left_out);
    EXPECT_LT(w.offset(), 32U);
    first.mark();
    std::vector<std::string> got;
    for (const auto& [flags, packet] : packets) got.push_back(decompressed(first, packet, flags));
    EXPECT_EQ(got.back(), "abcabc");
    Ncrush second;
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    for (const auto& slice : first.take_slices()) ASSERT_TRUE(second.patch(slice));
    for (std::size_t i = 0; i < packets.size(); ++i)
        EXPECT_EQ(decompressed(second, packets[i].second, packets[i].first), got[i]) << i;
    EXPECT_EQ(second.patch({65536, {0}}).error().code, Errc::bad_value);
}

TEST(Ncrush, a_match_round_the_end_of_the_history_is_taken_from_both_ends) {
    Ncrush first;
    Ncrush second;
    // Two bytes; then a match from beyond the front, which is the end of the ring.
    ASSERT_TRUE(first.decompress(compressed, NcrushWriter().literals("ab").end()));
    Writer w;
    first.save(w, SavedHistory::left_out);
    first.mark();
    const auto packet = NcrushWriter().copy(5, 5).end();
    EXPECT_EQ(decompressed(first, packet), std::string("\0\0\0ab", 5));
    const auto slices = first.take_slices();
    ASSERT_EQ(slices.size(), 2U);
    EXPECT_EQ(slices[0].offset, 0U);
    EXPECT_EQ(slices[1].offset, 65536 - HistoryWatch::granule_bytes);
    Reader r(w.view());
    ASSERT_TRUE(second.restore(r));
    for (const auto& slice : slices) ASSERT_TRUE(second.patch(slice));
    EXPECT_EQ(decompressed(second, packet), std::string("\0\0\0ab", 5));
}

TEST(Ncrush, refuses_a_state_that_is_none) {
    Writer w;
    w.u32_le(65536).u32_le(1).u32_le(2).u32_le(3).u32_le(4).u8(0);
    Reader whole(w.view());
    EXPECT_TRUE(Ncrush().restore(whole));
    for (std::size_t n = 0; n < w.offset(); ++n) {
        Reader cut(w.view().first(n));
        EXPECT_EQ(Ncrush().restore(cut).error().code, Errc::truncated) << n;
    }
    w.patch_u32_le(0, 65537);
    Reader past(w.view());
    EXPECT_EQ(Ncrush().restore(past).error().code, Errc::bad_value);
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

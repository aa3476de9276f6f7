// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/scan/proto/scan_frames.hpp>

#include <gtest/gtest.h>

namespace lucid::scan::proto {
namespace {

Bytes piece(std::uint32_t id, ByteView bytes) {
    Bytes out;
    append(out, scan_frame_head(ScanOp::piece, id, bytes.size()));
    append(out, bytes);
    return out;
}

TEST(ScanFrame, is_what_the_document_says) {
    const auto frame = piece(0x01020304, as_bytes("ab"));
    EXPECT_EQ(frame, (Bytes{7, 0, 0, 0, 1, 4, 3, 2, 1, 'a', 'b'}));
    const auto end = scan_frame_head(ScanOp::end, 9, 0);
    EXPECT_EQ(end, (ByteArray<9>{5, 0, 0, 0, 2, 9, 0, 0, 0}));
    const auto read = peek_scan_frame(frame);
    ASSERT_TRUE(read && *read);
    EXPECT_EQ((*read)->op, ScanOp::piece);
    EXPECT_EQ((*read)->id, 0x01020304U);
    EXPECT_EQ(as_text((*read)->piece), "ab");
    EXPECT_EQ((*read)->length, frame.size());
}

TEST(ScanFrame, is_waited_for_at_each_byte) {
    const auto frame = piece(1, as_bytes("content"));
    for (std::size_t n = 0; n < frame.size(); ++n) {
        const auto read = peek_scan_frame(ByteView(frame).first(n));
        ASSERT_TRUE(read) << n;
        EXPECT_FALSE(*read) << n;
    }
}

TEST(ScanFrame, has_limits) {
    EXPECT_TRUE(peek_scan_frame(piece(1, Bytes(scan_piece_bytes_max))));
    EXPECT_FALSE(peek_scan_frame(piece(1, Bytes(scan_piece_bytes_max + 1))));
    EXPECT_FALSE(peek_scan_frame(piece(1, {}))) << "a piece of nothing would end the scan";
    Bytes end = to_bytes(scan_frame_head(ScanOp::end, 1, 1));
    end.push_back('x');
    EXPECT_FALSE(peek_scan_frame(end));
    EXPECT_FALSE(peek_scan_frame(Bytes{5, 0, 0, 0, 3, 1, 0, 0, 0})) << "unknown op";
    EXPECT_FALSE(peek_scan_frame(Bytes{4, 0, 0, 0, 2, 1, 0, 0})) << "too short for an id";
}

TEST(VerdictFrame, survives_the_way) {
    for (const auto verdict : {Verdict::clean, Verdict::infected, Verdict::too_large,
                               Verdict::unavailable, Verdict::timed_out}) {
        const auto frame = encode_verdict_frame(77, {verdict, "a name"});
        for (std::size_t n = 0; n < frame.size(); ++n) {
            const auto part = peek_verdict_frame(ByteView(frame).first(n));
            EXPECT_TRUE(part && !*part) << n;
        }
        const auto read = peek_verdict_frame(frame);
        ASSERT_TRUE(read && *read);
        EXPECT_EQ((*read)->id, 77U);
        EXPECT_EQ((*read)->result, (ScanResult{verdict, "a name"}));
        EXPECT_EQ((*read)->length, frame.size());
    }
}

TEST(VerdictFrame, knows_five_verdicts) {
    for (const std::uint8_t kind : Bytes{0, 6, 255})
        EXPECT_FALSE(peek_verdict_frame(Bytes{5, 0, 0, 0, kind, 1, 0, 0, 0}));
    Bytes long_name = {
        static_cast<std::uint8_t>(5 + scan_name_bytes_max + 1), 0, 0, 0, 1, 1, 0, 0, 0};
    EXPECT_FALSE(peek_verdict_frame(long_name));
}

}  // namespace
}  // namespace lucid::scan::proto

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/scan/proto/clamd.hpp>
#include <lucid/scan/proto/scan_frames.hpp>

/// Oracle: a frame lies inside its stream and has bytes where it is a piece; a verdict survives
/// being written again; no answer but clamd's own words is "clean".
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    using namespace lucid::scan::proto;
    const ByteView bytes(data, size);
    if (const auto frame = peek_scan_frame(bytes); frame && *frame) {
        LUCID_ASSERT((*frame)->length <= size);
        LUCID_ASSERT(((*frame)->op == ScanOp::piece) == !(*frame)->piece.empty());
    }
    if (const auto frame = peek_verdict_frame(bytes); frame && *frame) {
        const auto again = peek_verdict_frame(encode_verdict_frame((*frame)->id, (*frame)->result));
        LUCID_ASSERT(again && *again && (*again)->result == (*frame)->result);
    }
    ClamdAnswer answer;
    if (const auto text = answer.take(bytes); text && *text) {
        const auto result = decode_scan_answer(**text);
        LUCID_ASSERT((result.verdict == Verdict::clean) == (**text == "stream: OK"));
        LUCID_ASSERT(result.name.size() <= scan_name_bytes_max);
    }
    return 0;
}

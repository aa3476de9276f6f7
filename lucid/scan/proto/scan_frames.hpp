// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What passes on the pipe between a relay and the scanner process (docs/design/processes.md,
/// "relay ↔ scanner"). Both sides read the other's frames as hostile input.
///
///   relay → scanner   u32 LE length ‖ u8 op ‖ u32 LE id ‖ bytes     length counts what follows it
///   scanner → relay   u32 LE length ‖ u8 verdict ‖ u32 LE id ‖ name
///
/// A relay sends the pieces of one content and its end before it begins with the next.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/scan/proto/verdict.hpp>

#include <optional>

namespace lucid::scan::proto {

/// Largest piece of a content in one frame.
inline constexpr std::size_t scan_piece_bytes_max = 64 * 1024;

enum class ScanOp : std::uint8_t {
    piece = 1,  ///< some of the content
    end = 2,    ///< all was sent, what is the verdict?
};
struct ScanFrame {
    ScanOp op{};
    std::uint32_t id = 0;
    ByteView piece;
    std::size_t length = 0;  ///< of the whole frame
};
/// The frame at the front of `stream`, or nothing while it is not whole.
Result<std::optional<ScanFrame>> peek_scan_frame(ByteView stream);
/// What stands before a piece of `bytes`; of an end: 0.
[[nodiscard]] ByteArray<9> scan_frame_head(ScanOp op, std::uint32_t id, std::size_t bytes);

struct VerdictFrame {
    std::uint32_t id = 0;
    ScanResult result;
    std::size_t length = 0;
};
Result<std::optional<VerdictFrame>> peek_verdict_frame(ByteView stream);
[[nodiscard]] Bytes encode_verdict_frame(std::uint32_t id, const ScanResult& result);

}  // namespace lucid::scan::proto

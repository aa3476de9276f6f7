// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One scan by clamd: the command INSTREAM (clamd(8), "COMMANDS"): `zINSTREAM\0`, pieces as
/// u32 BE length ‖ bytes, an empty piece, and one answer that ends with NUL. clamd may answer
/// before everything was sent, and closes then.
///
///   send(clamd_scan_begin()); for each piece: send(clamd_piece_head(n)), send(piece);
///   send(clamd_scan_end()); ClamdAnswer answer; while (!answer.take(received)) …

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/scan/proto/verdict.hpp>

#include <optional>

namespace lucid::scan::proto {

[[nodiscard]] Bytes clamd_scan_begin();
/// Stands before a piece; a piece of no bytes would end the scan. `bytes` > 0.
[[nodiscard]] ByteArray<4> clamd_piece_head(std::uint32_t bytes);
[[nodiscard]] ByteArray<4> clamd_scan_end();
/// Asks whether somebody is there; the answer is clamd_pong.
[[nodiscard]] Bytes clamd_ping();
inline constexpr std::string_view clamd_pong = "PONG";
/// Asks for version and age of the signatures.
[[nodiscard]] Bytes clamd_version();

/// Collects an answer up to its NUL.
class ClamdAnswer {
  public:
    static constexpr std::size_t bytes_max = 2048;

    /// Gives the answer's text once it is whole. Errc::limit_exceeded: it is none of clamd's;
    /// Errc::trailing_bytes: something follows it.
    Result<std::optional<std::string>> take(ByteView bytes);

  private:
    std::string text_;
};

/// What "stream: …" means. Anything unknown is no verdict: unavailable.
[[nodiscard]] ScanResult decode_scan_answer(std::string_view answer);

}  // namespace lucid::scan::proto

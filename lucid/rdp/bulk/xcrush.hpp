// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// XCRUSH, the bulk compression of RDP 6.1: MS-RDPEGDI 2.2.2.4 RDP61_COMPRESSED_DATA, 3.1.8.2:
/// long matches in a history of 2,000,000 bytes (level 1) inside MPPC with 64 KiB (level 2).

#include <lucid/rdp/bulk/mppc.hpp>

namespace lucid::rdp::bulk {

inline constexpr std::size_t xcrush_history_bytes = 2'000'000;

class Xcrush {
  public:
    Xcrush();
    /// As Mppc::decompress.
    Result<ByteView> decompress(std::uint8_t flags, ByteView data);

    void save(Writer& w, SavedHistory history = SavedHistory::whole) const;
    Result<void> restore(Reader& r);
    /// Of both levels.
    void mark();
    std::vector<HistorySlice> take_slices() { return watch_.take(); }
    Result<void> patch(const HistorySlice& slice) { return patch_history(history_, slice); }
    [[nodiscard]] Mppc& level_2() { return level_2_; }

  private:
    Result<ByteView> decompress_level_1(std::uint8_t flags, ByteView data);
    Result<void> put(ByteView literals, std::size_t start);
    Result<void> copy_match(std::size_t from, std::size_t length, std::size_t start);

    Mppc level_2_{MppcHistory::rdp5_64k};
    HistoryWatch watch_;
    Bytes history_;  ///< empty until the first packet
    std::size_t offset_ = 0;
};

}  // namespace lucid::rdp::bulk

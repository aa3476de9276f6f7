// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// NCRUSH, the bulk compression of RDP 6.0: MS-RDPEGDI 3.1.8.1 (Huffman codes over a 64 KiB
/// history with a cache of the last four offsets).

#include <lucid/rdp/bulk/mppc.hpp>

namespace lucid::rdp::bulk {

class Ncrush {
  public:
    Ncrush();
    /// As Mppc::decompress.
    Result<ByteView> decompress(std::uint8_t flags, ByteView data);

    void save(Writer& w, SavedHistory history = SavedHistory::whole) const;
    Result<void> restore(Reader& r);
    void mark() { watch_.mark(history_.size()); }
    std::vector<HistorySlice> take_slices() { return watch_.take(); }
    Result<void> patch(const HistorySlice& slice) { return patch_history(history_, slice); }

  private:
    Result<void> slide();

    Bytes history_;
    HistoryWatch watch_;
    std::size_t offset_ = 0;
    std::array<std::uint32_t, 4> offset_cache_{};
};

}  // namespace lucid::rdp::bulk

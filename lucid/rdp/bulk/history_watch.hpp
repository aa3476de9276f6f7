// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What packets take out of a history as it was at a mark. A history changes with every byte that
/// is sent, but few of its bytes are ever referred to again: whoever saves a state at the mark and
/// adds these later need not save the history.
///
///   watch.mark(history.size());          // here a state without the history is saved
///   watch.reads(history, from, count);   // before a match is copied; what this packet wrote apart
///   watch.wrote(from, count);            // after the packet
///   watch.take();                        // bytes that bring the saved state up to the next mark

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/result.hpp>

#include <vector>

namespace lucid::rdp::bulk {

/// Bytes of a history at `offset`.
struct HistorySlice {
    std::uint32_t offset = 0;
    Bytes bytes;
};

class HistoryWatch {
  public:
    /// Bytes are kept in pieces of this size.
    static constexpr std::size_t granule_bytes = 64;

    void mark(std::size_t history_bytes);
    [[nodiscard]] bool on() const { return !granules_.empty(); }
    void reads(ByteView history, std::size_t offset, std::size_t count);
    void wrote(std::size_t offset, std::size_t count);
    /// By offset, neighbours joined; ends the watch.
    std::vector<HistorySlice> take();

  private:
    enum class Granule : std::uint8_t { as_marked, kept, overwritten };
    std::vector<Granule> granules_;
    std::size_t history_bytes_ = 0;
    Bytes kept_;  ///< as large as the history once something is kept
    std::size_t run_from_ = 0;
    std::size_t run_to_ = 0;
};

/// What of a decompressor is saved: all of it, or no bytes of its history, which then have to be
/// patched in (HistoryWatch).
enum class SavedHistory : std::uint8_t { left_out = 0, whole = 1 };

/// The form of every saved history: u8 SavedHistory ‖ its bytes, if whole. Left out, it is zeros.
void save_history(Writer& w, ByteView history, SavedHistory form);
Result<void> restore_history(Reader& r, MutableByteView history);
Result<void> patch_history(MutableByteView history, const HistorySlice& slice);

}  // namespace lucid::rdp::bulk

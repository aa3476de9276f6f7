// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// RDP 8.0 bulk compression ("ZGFX") of the graphics pipeline: MS-RDPEGFX 2.2.5
/// RDP_SEGMENTED_DATA, 3.1.9.1.

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/rdp/bulk/mppc.hpp>

namespace lucid::rdp::bulk {

inline constexpr std::size_t zgfx_history_bytes = 2'500'000;
/// Plain bytes of one segment (3.1.9.1: 65,535; encoders are seen to use one more).
inline constexpr std::size_t zgfx_segment_bytes_max = 65536;
/// Plain bytes of one message: a picture of 3840 x 2160 pixels uncompressed has half of it.
inline constexpr std::size_t zgfx_message_bytes_max = std::size_t{64} << 20;

class Zgfx {
  public:
    /// One RDP_SEGMENTED_DATA; the view is valid until the next call. A distance that reaches
    /// behind the first byte ever sent is Errc::bad_value. After an error the history is not the
    /// peer's any more.
    Result<ByteView> decompress(ByteView message);

    void save(Writer& w, SavedHistory history = SavedHistory::whole) const;
    Result<void> restore(Reader& r);
    /// From here on what is taken out of the history is kept for take_slices().
    void mark() { watch_.mark(history_.size()); }
    std::vector<HistorySlice> take_slices() { return watch_.take(); }
    /// Errc::bad_value outside of the history.
    Result<void> patch(const HistorySlice& slice) { return patch_history(history_, slice); }

  private:
    Result<void> add_segment(ByteView segment);
    Result<void> decode(ByteView data, std::size_t start);
    Result<void> copy_match(std::size_t distance, std::size_t count, std::size_t start);
    void remember(ByteView plain);

    Bytes output_;
    HistoryWatch watch_;
    Bytes history_;         ///< grows to zgfx_history_bytes, then a ring
    std::size_t next_ = 0;  ///< where the next byte goes in the ring
};

}  // namespace lucid::rdp::bulk

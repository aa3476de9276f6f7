// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// MPPC as RDP 4.0 (8 KiB history) and RDP 5.0 (64 KiB) use it: MS-RDPBCGR 3.1.8.4.1, 3.1.8.4.2.

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/rdp/bulk/history_watch.hpp>

namespace lucid::rdp::bulk {

/// compressionFlags (MS-RDPBCGR 2.2.8.1.1.1.2).
inline constexpr std::uint8_t packet_compressed = 0x20;
inline constexpr std::uint8_t packet_at_front = 0x40;
inline constexpr std::uint8_t packet_flushed = 0x80;
inline constexpr std::uint8_t compression_type_mask = 0x0f;

/// Largest result of one packet, whatever the method; each history is the bound beside it.
inline constexpr std::size_t packet_bytes_max = 65536;

enum class MppcHistory { rdp4_8k, rdp5_64k };

class Mppc {
  public:
    explicit Mppc(MppcHistory history);
    /// The plain bytes: a view of the history (or of `data` where the packet is not compressed),
    /// valid until the next call. After an error the history is not the peer's any more.
    Result<ByteView> decompress(std::uint8_t flags, ByteView data);

    void save(Writer& w, SavedHistory history = SavedHistory::whole) const;
    Result<void> restore(Reader& r);
    /// From here on what is taken out of the history is kept for take_slices().
    void mark() { watch_.mark(history_.size()); }
    std::vector<HistorySlice> take_slices() { return watch_.take(); }
    /// Errc::bad_value outside of the history.
    Result<void> patch(const HistorySlice& slice) { return patch_history(history_, slice); }

  private:
    Bytes history_;
    HistoryWatch watch_;
    std::size_t offset_ = 0;  ///< where the next packet's bytes go; ≤ history_.size()
};

}  // namespace lucid::rdp::bulk

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A compositor's state as bytes, cut into pages such that what did not change gives the same pages
/// again: a keyframe then costs the pages that are new (sessions/pictures).
///
///   snapshot = u32 LE length of fields ‖ fields ‖ pages, one behind the other
///
/// Small values are fields; pixels, coefficients and the like are pages. Page bounds are not part
/// of the snapshot: a reader knows from the fields how many bytes belong to what.

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/bulk/mppc.hpp>

#include <span>
#include <vector>

namespace lucid::rdp::picture {

/// Bytes of one page at most: a tile of 64 x 64 pixels.
inline constexpr std::size_t state_page_bytes_max = 16384;

struct Snapshot {
    Bytes bytes;
    std::vector<std::uint32_t> pages;  ///< lengths in order; together all bytes
};

class StateWriter {
  public:
    explicit StateWriter(bulk::SavedHistory histories = bulk::SavedHistory::whole)
        : histories_(histories) {}

    [[nodiscard]] Writer& fields() { return fields_; }
    /// Whether histories of bulk compression belong to the state.
    [[nodiscard]] bulk::SavedHistory histories() const { return histories_; }
    /// Pages of their own, cut also at `cuts`: ascending offsets in `bytes`.
    void pages(ByteView bytes, std::span<const std::size_t> cuts = {});
    /// u32 LE length as a field, and the pages.
    void sized_pages(ByteView bytes, std::span<const std::size_t> cuts = {});
    [[nodiscard]] Snapshot take() &&;

  private:
    bulk::SavedHistory histories_;
    Writer fields_;
    Bytes pages_;
    std::vector<std::uint32_t> lengths_;
};

class StateReader {
  public:
    static Result<StateReader> open(ByteView snapshot);
    [[nodiscard]] Reader& fields() { return fields_; }
    Result<ByteView> pages(std::size_t bytes, const char* what) { return pages_.take(bytes, what); }
    /// What sized_pages() wrote.
    Result<ByteView> sized_pages(std::size_t bytes_max, const char* what);
    /// Errc::trailing_bytes unless all was read.
    Result<void> finish() const;

  private:
    StateReader(ByteView fields, ByteView pages) : fields_(fields), pages_(pages) {}
    Reader fields_;
    Reader pages_;
};

}  // namespace lucid::rdp::picture

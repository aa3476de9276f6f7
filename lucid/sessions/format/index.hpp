// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The index of a recording: derived data, never evidence (evidence specification, Index). Events
/// of class 5 in segments with a tree of their own, made by a process that sees pixels and no keys:
/// everything in here is read as a stranger's.
///
/// A keyframe is the state of a compositor between two events, as pages (rdp/picture/state.hpp)
/// that lie in groups; a page that a keyframe shares with an earlier one is stored once. Histories
/// of bulk compression are not in it, only what is taken out of them until the next keyframe.

#include <lucid/sessions/format/event.hpp>

#include <optional>
#include <span>
#include <vector>

namespace lucid::sessions::format {

inline constexpr std::uint8_t kind_pages = 80;
inline constexpr std::uint8_t kind_keyframe = 81;
inline constexpr std::uint8_t kind_history = 82;
inline constexpr std::uint8_t kind_thumbnail = 83;  ///< PNG of the picture at the event's time
inline constexpr std::uint8_t kind_activity = 84;
inline constexpr std::uint8_t kind_index_map = 85;
inline constexpr std::uint8_t kind_spans = 86;
/// Between recorder and indexer only, never stored: u64 LE bytes recorded so far; and the indexer's
/// last frame, without which an index is not whole.
inline constexpr std::uint8_t kind_index_stored = 94;
inline constexpr std::uint8_t kind_index_done = 95;

inline constexpr std::size_t index_page_bytes_max = 16384;
/// Plain bytes and pages of one group.
inline constexpr std::size_t index_group_bytes_max = 112 * 1024;
inline constexpr std::size_t index_group_pages_max = 256;
/// Pages of one index; a keyframe of 4K with a surface has 4,000.
inline constexpr std::uint32_t index_pages_max = 1U << 26;
/// What is kept of histories for one keyframe.
inline constexpr std::size_t index_history_bytes_max = std::size_t{8} << 20;

/// kind_pages: u32 LE first page ‖ u16 LE count ‖ u16 LE length − 1 of each ‖ one zstd frame.
/// Pages have ascending numbers.
[[nodiscard]] Bytes encode_page_group(std::uint32_t first_page, std::span<const ByteView> pages);
struct PageGroup {
    std::uint32_t first_page = 0;
    std::vector<Bytes> pages;
};
Result<PageGroup> decode_page_group(ByteView payload);
/// First page and count, without decompressing.
struct PageRun {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    friend bool operator==(const PageRun&, const PageRun&) = default;
};
Result<PageRun> peek_page_group(ByteView payload);

/// kind_keyframe: varint runs ‖ (varint first page ‖ varint count)… The event's time is that of the
/// last event before it.
struct Keyframe {
    std::vector<PageRun> pages;  ///< the snapshot: these, one behind the other
};
[[nodiscard]] Bytes encode_keyframe(const Keyframe& keyframe);
Result<Keyframe> decode_keyframe(ByteView payload);

/// kind_history: u64 LE time of the keyframe ‖ u8 1 for the last piece ‖ a piece of a zstd frame
/// around what Compositor::take_history() gave.
[[nodiscard]] std::vector<Bytes> encode_history(std::uint64_t keyframe_us, ByteView history);
/// Puts pieces together.
class HistoryReader {
  public:
    /// Errc::bad_value: a piece of another keyframe. Gives the history behind the last piece.
    Result<std::vector<Bytes>> add(ByteView payload);
    [[nodiscard]] std::uint64_t keyframe_us() const { return keyframe_us_; }

  private:
    std::uint64_t keyframe_us_ = 0;
    Bytes pieces_;
};

/// kind_spans: which parts of the recording after a keyframe (or after the beginning) need not be
/// read for a later moment, because all they drew was drawn over by then. u64 LE time of the
/// keyframe, 0 for the beginning ‖ varint count ‖ (varint first event, after the first one of the
/// span before ‖ varint its last event, after the first ‖ varint when it was drawn over, after the
/// last, plus 1; 0: not before the next keyframe ‖ u8 1 when the pointer changed)…
struct Span {
    std::uint64_t first_us = 0;
    std::uint64_t last_us = 0;
    std::optional<std::uint64_t> over_us;
    bool pointer = false;
};
/// Spans of one keyframe; more are joined.
inline constexpr std::size_t index_spans_max = 4096;
[[nodiscard]] Bytes encode_spans(std::uint64_t keyframe_us, std::span<const Span> spans);
struct Spans {
    std::uint64_t keyframe_us = 0;
    std::vector<Span> spans;
};
Result<Spans> decode_spans(ByteView payload);

/// kind_activity: what happened in the seconds up to the event's time; varints in this order.
struct Activity {
    std::uint64_t seconds = 0;
    std::uint64_t host_pdus = 0;
    std::uint64_t host_bytes = 0;
    std::uint64_t client_inputs = 0;
    std::uint64_t changed_permille = 0;  ///< of the screen's pixels, drawn again ones counted again
};
[[nodiscard]] Bytes encode_activity(const Activity& activity);
Result<Activity> decode_activity(ByteView payload);

/// kind_index_map, the only event of the last segment: where things are. Per segment, in order:
/// varint first page in it or behind it ‖ varint count ‖ times of keyframes ‖ the same of histories
/// (first pieces) and of spans; page numbers and times as differences to the one before.
struct IndexMap {
    struct Segment {
        std::uint32_t first_page = 0;
        std::vector<std::uint64_t> keyframes_us;
        std::vector<std::uint64_t> histories_us;
        std::vector<std::uint64_t> spans_us;
    };
    std::vector<Segment> segments;
};
/// Segments of one index: a map of so many fits into an event.
inline constexpr std::size_t index_segments_max = 16384;
Result<Bytes> encode_index_map(const IndexMap& map);
Result<IndexMap> decode_index_map(ByteView payload);

}  // namespace lucid::sessions::format

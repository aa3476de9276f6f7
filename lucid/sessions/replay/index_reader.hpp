// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The index of a recording: which keyframes, thumbnails and activity there are, and what a
/// keyframe needs. What it gives is opened and not looked into: a picture is made of it by a
/// process that holds no key.

#include <lucid/sessions/format/index.hpp>
#include <lucid/sessions/format/index_manifest.hpp>
#include <lucid/sessions/replay/recording.hpp>
#include <lucid/sessions/replay/segment_reader.hpp>

namespace lucid::sessions::replay {

/// Bytes of one keyframe's pages and history, as stored.
inline constexpr std::size_t keyframe_bytes_max = std::size_t{256} << 20;

class IndexReader {
  public:
    /// Errc::not_found: the recording has no index. `class_key` is that of class 5.
    static Result<IndexReader> open(format::BundleSource& source, const format::Manifest& manifest,
                                    crypto::Secret class_key);

    /// The last keyframe at or before this time.
    [[nodiscard]] std::optional<std::uint64_t> keyframe_before(std::uint64_t time_us) const;
    [[nodiscard]] const std::vector<std::uint64_t>& keyframes() const { return keyframes_us_; }
    /// Its pages, its history, the keyframe itself, as events of class 5 in this order.
    Result<std::vector<RecordedEvent>> keyframe(std::uint64_t keyframe_us);
    /// What need not be read between that keyframe (nothing: the beginning) and a later moment.
    /// None where the index does not say.
    Result<std::vector<format::Span>> spans(std::optional<std::uint64_t> keyframe_us);
    /// All events of these kinds (thumbnails, activity), in order. Reads the whole index.
    Result<std::vector<RecordedEvent>> all(std::span<const std::uint8_t> kinds);

  private:
    IndexReader(SegmentReader segments, crypto::Secret class_key, format::IndexMap map);
    template <class Take>
    Result<void> each_event(std::size_t segment, Take take);
    Result<format::Keyframe> find_keyframe(std::uint64_t keyframe_us, RecordedEvent& event);
    Result<void> add_pages(const std::vector<format::PageRun>& runs,
                           std::vector<RecordedEvent>& events);
    Result<void> add_history(std::uint64_t keyframe_us, std::vector<RecordedEvent>& events);

    SegmentReader segments_;
    crypto::Secret class_key_;
    format::IndexMap map_;
    std::vector<std::uint64_t> keyframes_us_;
};

}  // namespace lucid::sessions::replay

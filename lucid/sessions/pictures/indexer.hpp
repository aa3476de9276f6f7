// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Makes the index of a session while it runs: keyframes whose pages are stored once, thumbnails,
/// an activity track (sessions/format/index.hpp). No I/O and no clock: events of the session go in,
/// frames for the recorder (docs/design/processes.md, recorder ↔ indexer) come out.
///
///   Indexer indexer({.make_avc = rdp::avc::make_ffmpeg_decoder});
///   indexer.event(event_class, kind, time_us, payload);      // in the session's order
///   indexer.stored(bytes);                                    // so much is recorded by now
///   send(indexer.take_output());
///   indexer.finish();                                         // the session is over
///
/// Its size follows the recording's: never above `share_permille` of what is stored, or index_floor
/// bytes. A session whose keyframes are too dear for that has fewer of them.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/sessions/pictures/ownership.hpp>
#include <lucid/sessions/pictures/page_store.hpp>
#include <lucid/sessions/pictures/stage.hpp>

namespace lucid::sessions::pictures {

struct IndexerOptions {
    rdp::picture::MakeAvcDecoder make_avc;
    std::uint64_t share_permille = 45;
    /// What a player that comes from the keyframe before may have to read of the recording.
    std::uint64_t keyframe_distance_bytes = 640 * 1024;
    /// What a keyframe's pages may have to be read from.
    std::size_t keyframe_bytes_max = 896 * 1024;
    std::uint64_t thumbnail_distance_us = 60'000'000;
    std::uint32_t thumbnail_side = 160;
    std::uint64_t activity_us = 10'000'000;
};

/// A recording too short to have 5 % of anything may have this much of an index.
inline constexpr std::uint64_t index_floor_bytes = 16 * 1024;

class Indexer {
  public:
    explicit Indexer(IndexerOptions options);

    void event(format::EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
               ByteView payload);
    /// Bytes of the recording on disk.
    void stored(std::uint64_t bytes) { stored_ = std::max(stored_, bytes); }
    void finish();
    /// Frames since the last call.
    Bytes take_output() { return output_.take(); }

    [[nodiscard]] std::uint64_t keyframes() const { return keyframes_; }
    /// Bytes of all frames so far.
    [[nodiscard]] std::uint64_t emitted() const { return emitted_; }

  private:
    void emit(std::uint8_t kind, std::uint64_t time_us, ByteView payload);
    [[nodiscard]] std::uint64_t allowance() const;
    [[nodiscard]] bool keyframe_due() const;
    void try_keyframe();
    void end_history();
    void end_spans();
    void draw(std::uint8_t kind, ByteView payload);
    void make_thumbnail();
    void end_activity();

    IndexerOptions options_;
    Stage stage_;
    PageStore pages_;
    Ownership ownership_;
    Writer output_;
    std::uint64_t stored_ = 0;
    std::uint64_t emitted_ = 0;
    std::uint64_t now_us_ = 0;
    std::uint64_t keyframes_ = 0;
    std::uint64_t keyframe_us_ = 0;
    std::uint64_t keyframe_stored_ = 0;  ///< stored_ at the last one
    std::uint64_t next_try_stored_ = 0;
    std::uint64_t thumbnail_us_ = 0;
    bool has_thumbnail_ = false;
    bool picture_changed_ = false;  ///< since the last thumbnail
    format::Activity activity_;
    std::uint64_t activity_from_us_ = 0;
    std::uint64_t changed_pixels_ = 0;
};

}  // namespace lucid::sessions::pictures

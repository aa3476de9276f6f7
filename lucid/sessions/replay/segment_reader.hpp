// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Single segments out of the chunks of a tree, reading little: of a chunk its trailer and what is
/// asked for, of the tree's tiles the hash before a segment. For a recording that is verified, or
/// whose picture is all that is asked for: a segment that is not what was sealed does not open.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/sessions/format/bundle.hpp>
#include <lucid/sessions/format/manifest.hpp>
#include <lucid/sessions/format/segment.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lucid::sessions::replay {

struct SegmentPlace {
    std::uint64_t index = 0;
    std::uint64_t t_first_us = 0;
    format::EventClass event_class{};
    std::size_t chunk = 0;
    std::uint64_t offset = 0;
    std::size_t length = 0;
};

class SegmentReader {
  public:
    /// `folder`: "" for the recording, "index/" for its index. `source` must outlive this.
    SegmentReader(format::BundleSource& source, SessionId id, std::string folder,
                  std::vector<format::ManifestChunk> chunks)
        : source_(&source),
          id_(id),
          folder_(std::move(folder)),
          chunks_(std::move(chunks)),
          places_(chunks_.size()) {}

    [[nodiscard]] std::size_t chunks() const { return chunks_.size(); }
    /// Segments of a chunk in order, from its trailer.
    Result<std::span<const SegmentPlace>> places(std::size_t chunk);
    /// Of the segment with that number.
    Result<SegmentPlace> place(std::uint64_t index);
    /// Its events, opened. Cheapest in ascending order.
    Result<Bytes> open(const SegmentPlace& place, const crypto::Secret& class_key);
    /// The last chunk whose first segment begins at or before this time; nothing: none does.
    Result<std::optional<std::size_t>> chunk_at(std::uint64_t time_us);

  private:
    [[nodiscard]] std::string file(std::size_t chunk) const;
    Result<Hash32> leaf_before(std::uint64_t index);

    format::BundleSource* source_;
    SessionId id_;
    std::string folder_;
    std::vector<format::ManifestChunk> chunks_;
    std::vector<std::vector<SegmentPlace>> places_;
    /// The segment opened last.
    std::optional<std::uint64_t> opened_;
    Hash32 opened_leaf_{};
};

}  // namespace lucid::sessions::replay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which pages of a session's keyframes are stored already, and what it takes to read a keyframe.

#include <lucid/rdp/picture/state.hpp>
#include <lucid/sessions/format/index.hpp>

#include <unordered_map>
#include <unordered_set>

namespace lucid::sessions::pictures {

/// Pages remembered; the ones that the last keyframe did not have go first.
inline constexpr std::size_t known_pages_max = 131'072;

class PageStore {
  public:
    /// How one snapshot would be stored.
    struct Plan {
        std::vector<Bytes> groups;  ///< payloads of kind_pages
        format::Keyframe keyframe;
        std::size_t new_bytes = 0;   ///< of the groups
        std::size_t read_bytes = 0;  ///< of all groups that the keyframe needs
    };
    /// Pages that are in few-used groups are stored again while more than `read_bytes_max` would
    /// have to be read.
    [[nodiscard]] Plan plan(const rdp::picture::Snapshot& snapshot, std::size_t read_bytes_max);
    /// The plan made last is what was stored.
    void commit();

  private:
    using Key = ByteArray<16>;
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            std::size_t value = 0;
            for (std::size_t i = 0; i < sizeof value; ++i) value = value << 8 | key[i];
            return value;
        }
    };
    struct Known {
        std::uint32_t page = 0;
        std::uint32_t group = 0;
    };
    struct Group {
        std::uint32_t bytes = 0;
        std::uint32_t pages = 0;
    };
    using KnownPages = std::unordered_map<Key, Known, KeyHash>;

    [[nodiscard]] std::unordered_set<std::uint32_t> dear_groups(const std::vector<Key>& keys,
                                                                std::size_t read_bytes_max) const;

    KnownPages known_;
    std::vector<Group> groups_;
    std::uint32_t next_page_ = 0;

    /// Of the last plan.
    KnownPages added_;
    std::vector<Group> added_groups_;
    std::vector<Key> planned_;
    std::uint32_t planned_next_page_ = 0;
};

}  // namespace lucid::sessions::pictures

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where recordings lie: the data directory and, beside it, volumes of `storage.volumes` in
/// lucid.toml. A volume is a folder that carries a marker (`lucid-volume.json`: id, node) and
/// `sessions/`, laid out as in the data directory. Without the marker it is absent: an unmounted
/// disk leaves an empty folder, and what was written there would be lost under the mount.

#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace lucid::core::runtime {

struct Volume {
    std::string path;     ///< absolute
    std::string id;       ///< 16 hex digits; empty for the data directory itself, and while absent
    std::string problem;  ///< why it cannot be used, a sentence; empty when ready
    std::uint64_t free_bytes = 0;
    [[nodiscard]] bool ready() const { return problem.empty(); }
    [[nodiscard]] std::string sessions() const { return path + "/sessions"; }
};

/// A folder that may be a recording: 64 hex digits in a `sessions` folder.
struct PlacedRecording {
    std::string id;
    std::string directory;
    std::string volume;  ///< id of the volume, empty for the data directory
};

class Volumes {
  public:
    /// Most volumes beside the data directory.
    static constexpr std::size_t count_max = 32;

    Volumes() = default;
    /// `node` is the account that markers have to name.
    Volumes(std::string data_path, std::vector<std::string> paths, std::string node)
        : data_path_(std::move(data_path)), paths_(std::move(paths)), node_(std::move(node)) {}

    /// As they are now; the data directory comes first.
    [[nodiscard]] std::vector<Volume> look() const;
    /// Where the recording is, else where it would be in the data directory.
    [[nodiscard]] std::string find(const std::string& id_hex) const;
    /// All folders named like recordings on what is ready, in no order.
    [[nodiscard]] std::vector<PlacedRecording> recordings() const;
    /// For a new recording: the one with most space that has at least `reserve_bytes` free.
    /// Errc::refused when none has.
    [[nodiscard]] Result<Volume> place(std::uint64_t reserve_bytes) const;

    /// Marks a folder as a volume of `node` and makes `sessions/`. Errc::already_exists for one of
    /// another node, Errc::refused for a folder that holds something else.
    static Result<Volume> prepare(const std::string& path, const std::string& node);

  private:
    [[nodiscard]] Volume look_at(const std::string& path) const;
    std::string data_path_;
    std::vector<std::string> paths_;
    std::string node_;
};

/// Bytes that this user may still write there.
Result<std::uint64_t> free_bytes(const std::string& path);

}  // namespace lucid::core::runtime

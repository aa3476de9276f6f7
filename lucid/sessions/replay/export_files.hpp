// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The files of an export. What draws a recording sits in a jail and opens none: it asks for pieces
/// by kind and number and gets descriptors; names and folders are its owner's affair.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <cstdint>
#include <string>

namespace lucid::sessions::replay {

struct ExportPiece {
    enum class Kind : std::uint8_t {
        result,   ///< the one file that was asked for
        picture,  ///< of a folder; numbered by milliseconds
        part,     ///< of a video that is not whole yet
    };
    Kind kind = Kind::result;
    std::uint64_t number = 0;
};

class ExportFiles {
  public:
    virtual ~ExportFiles() = default;
    /// Before the first part. `kind` says what they are: those that are there from an export of
    /// another kind are removed.
    virtual Result<void> begin_parts(const std::string& kind) = 0;
    /// Whether it was kept, now or by an export that was broken off.
    virtual Result<bool> has(const ExportPiece& piece) = 0;
    /// A new, empty file to write and read; it has no name of its own before keep().
    virtual Result<core::net::Fd> create(const ExportPiece& piece) = 0;
    /// One that was kept, to read.
    virtual Result<core::net::Fd> open(const ExportPiece& piece) = 0;
    /// What create() gave last is whole: it is synced and gets its name. The result ends the parts.
    virtual Result<void> keep(const ExportPiece& piece) = 0;
};

/// `target` is the result's path or the folder of pictures; parts lie in `target`.parts. A file
/// that was created and not kept is removed at the end.
class ExportFolder final : public ExportFiles {
  public:
    explicit ExportFolder(std::string target) : target_(std::move(target)) {}
    ~ExportFolder() override;
    ExportFolder(const ExportFolder&) = delete;
    ExportFolder& operator=(const ExportFolder&) = delete;

    Result<void> begin_parts(const std::string& kind) override;
    Result<bool> has(const ExportPiece& piece) override;
    Result<core::net::Fd> create(const ExportPiece& piece) override;
    Result<core::net::Fd> open(const ExportPiece& piece) override;
    Result<void> keep(const ExportPiece& piece) override;

  private:
    [[nodiscard]] std::string path_of(const ExportPiece& piece) const;
    [[nodiscard]] std::string parts() const { return target_ + ".parts"; }

    std::string target_;
    std::string unfinished_;  ///< the path of what is being written
    core::net::Fd file_;      ///< it, to sync
};

}  // namespace lucid::sessions::replay

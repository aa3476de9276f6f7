// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder of this machine as a drive of the host, to be read only. The kernel keeps every path
/// inside of it: symbolic links are not followed, ".." leads nowhere (openat2, RESOLVE_BENEATH).

#include <lucid/core/net/fd.hpp>
#include <lucid/rdp/client/drive.hpp>

#include <memory>

namespace lucid::rdp::headless {

/// Entries of one listing.
inline constexpr std::size_t folder_entries_max = 65536;

class Folder : public client::DriveFolder {
  public:
    static Result<std::unique_ptr<Folder>> open(const std::string& path);

    Result<client::DriveEntry> look(const std::string& path) override;
    Result<std::vector<client::DriveEntry>> list(const std::string& path) override;
    Result<Bytes> read(const std::string& path, std::uint64_t offset, std::uint32_t bytes) override;

  private:
    explicit Folder(core::net::Fd root) : root_(std::move(root)) {}
    /// Regular files and folders only.
    Result<core::net::Fd> open_beneath(const std::string& path) const;

    core::net::Fd root_;
};

}  // namespace lucid::rdp::headless

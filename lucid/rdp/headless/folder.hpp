// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder of this machine as a drive of the host, and as the place where files of its clipboard
/// are put. The kernel keeps every path inside of it: symbolic links are not followed, ".." leads
/// nowhere (openat2, RESOLVE_BENEATH). What may be changed is the caller's to decide.

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
    Result<client::DriveSpace> space() override;
    /// With the rights that the process's umask leaves, never executable.
    Result<void> create(const std::string& path, bool is_folder) override;
    Result<void> write(const std::string& path, std::uint64_t offset, ByteView data) override;
    Result<void> resize(const std::string& path, std::uint64_t bytes) override;
    Result<void> rename(const std::string& from, const std::string& to, bool replace) override;
    Result<void> remove(const std::string& path) override;
    Result<void> set_modified(const std::string& path, std::uint64_t filetime) override;

  private:
    explicit Folder(core::net::Fd root) : root_(std::move(root)) {}
    Result<core::net::Fd> open_beneath(const std::string& path, int flags, unsigned mode = 0) const;
    /// A regular file, to be written.
    Result<core::net::Fd> open_to_write(const std::string& path) const;
    /// The folder that something is in, and its name there. Errc::refused for the root.
    struct Place {
        core::net::Fd folder;
        std::string name;
    };
    Result<Place> place_of(const std::string& path) const;

    core::net::Fd root_;
};

}  // namespace lucid::rdp::headless

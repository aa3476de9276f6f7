// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Bundles as one file: a deterministic ustar archive (POSIX.1-1988): names sorted, mode 0644, no
/// times, no owners. A reader accepts exactly that, so that every byte is accounted for.

#include <lucid/core/net/fd.hpp>
#include <lucid/sessions/format/bundle.hpp>

#include <map>
#include <string>

namespace lucid::sessions::replay {

/// Writes all files of `source` to a new file, synced; an existing file is not touched
/// (Errc::already_exists).
Result<std::uint64_t> write_tar(format::BundleSource& source, const std::string& path);

class TarBundle final : public format::BundleSource {
  public:
    /// Reads the headers. Errc::not_canonical for an archive that write_tar would not have made.
    static Result<TarBundle> open(const std::string& path);
    Result<std::vector<format::BundleFile>> list() override;
    Result<Bytes> read(const std::string& name, std::size_t bytes_max) override;
    Result<Bytes> read_part(const std::string& name, std::uint64_t offset,
                            std::size_t length) override;

  private:
    struct Entry {
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };
    core::net::Fd file_;
    std::map<std::string, Entry> entries_;
};

}  // namespace lucid::sessions::replay

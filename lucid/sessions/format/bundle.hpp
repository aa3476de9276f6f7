// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a verifier reads from: the files of a recording directory or bundle, wherever they are.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <map>
#include <string>
#include <vector>

namespace lucid::sessions::format {

struct BundleFile {
    std::string name;  ///< "chunks/….lchk"
    std::uint64_t size = 0;
};

/// Files of which parts are read: chunks.
inline constexpr std::size_t bundle_part_file_bytes_max = 8 * 1024 * 1024;

class BundleSource {
  public:
    virtual ~BundleSource() = default;
    /// All regular files, any order. Errc::bad_value for anything that is no plain file.
    virtual Result<std::vector<BundleFile>> list() = 0;
    /// A whole file of at most `bytes_max`.
    virtual Result<Bytes> read(const std::string& name, std::size_t bytes_max) = 0;
    /// `length` bytes of a file, from `offset` on. Errc::truncated: the file ends before. This one
    /// reads the file whole.
    virtual Result<Bytes> read_part(const std::string& name, std::uint64_t offset,
                                    std::size_t length);
};

/// A bundle in memory: tests, fuzzing.
class MemoryBundle final : public BundleSource {
  public:
    std::map<std::string, Bytes> files;
    Result<std::vector<BundleFile>> list() override;
    Result<Bytes> read(const std::string& name, std::size_t bytes_max) override;
};

/// Largest number of files a bundle may have.
inline constexpr std::size_t bundle_files_max = 2'000'000;

}  // namespace lucid::sessions::format

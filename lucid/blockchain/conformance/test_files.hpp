// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Test files of a folder, or of a `.tar.zst` archive read without unpacking it to disk.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <filesystem>
#include <memory>

namespace lucid::blockchain::conformance {

struct TestFile {
    std::string name;  ///< path below the folder, or inside the archive
    std::size_t bytes = 0;
    std::string_view text;          ///< of an archive's file, which the list keeps
    std::filesystem::path on_disk;  ///< else read when it is needed

    Result<std::string> read() const;
};

struct TestFiles {
    std::vector<TestFile> files;  ///< by name
    std::shared_ptr<const std::string> archive;
};

/// A file that zstd made smaller.
Result<std::string> read_zstd(const std::filesystem::path& path);
/// Files of a `.tar.zst` whose names end so; nothing: all.
Result<TestFiles> open_archive(const std::filesystem::path& path, std::string_view suffix);
/// All `.json` files of a folder, an archive, or a folder of archives.
Result<std::vector<TestFiles>> find_test_files(const std::filesystem::path& path);

}  // namespace lucid::blockchain::conformance

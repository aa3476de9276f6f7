// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Whole files: read with a limit, replaced so that a crash leaves the old or the new content.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <string>

namespace lucid::core::runtime {

/// Errc::not_found, Errc::limit_exceeded or the system's error.
Result<Bytes> read_file(const std::string& path, std::size_t bytes_max);
/// `length` bytes from `offset` on. Errc::truncated when the file ends before.
Result<Bytes> read_file_part(const std::string& path, std::uint64_t offset, std::size_t length);
/// As read_file() into wiped memory; refuses (Errc::refused) a file that others may read.
Result<crypto::Secret> read_secret_file(const std::string& path, std::size_t bytes_max);

/// All of `content` to an open descriptor; `what` is the context of an error.
Result<void> write_all(const net::Fd& file, ByteView content, const char* what = "write file");
/// Writes beside, syncs, renames over `path`, syncs the directory. `mode` of a new file.
Result<void> write_file_atomically(const std::string& path, ByteView content, unsigned mode = 0600);

/// fsync of a directory, so that names in it survive power loss.
Result<void> sync_directory(const std::string& path);

}  // namespace lucid::core::runtime

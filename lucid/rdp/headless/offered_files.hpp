// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Files of this machine that the host may paste: a file, or a folder with all that is in it.

#include <lucid/rdp/client/clipboard_formats.hpp>
#include <lucid/rdp/headless/folder.hpp>

namespace lucid::rdp::headless {

class OfferedFiles {
  public:
    /// Links inside of a folder are left out. Errc::limit_exceeded: more than the clipboard takes.
    static Result<OfferedFiles> collect(const std::string& path);

    [[nodiscard]] const std::vector<client::ClipboardFile>& list() const { return list_; }
    /// Errc::not_found: no such file in the list.
    Result<Bytes> read(std::uint32_t index, std::uint64_t offset, std::uint32_t bytes);

  private:
    explicit OfferedFiles(std::unique_ptr<Folder> folder) : folder_(std::move(folder)) {}
    Result<void> add(const std::string& name);

    std::unique_ptr<Folder> folder_;  ///< what the copied file or folder is in
    std::vector<client::ClipboardFile> list_;
};

}  // namespace lucid::rdp::headless

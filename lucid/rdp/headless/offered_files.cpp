// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/offered_files.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include <filesystem>

namespace lucid::rdp::headless {

Result<OfferedFiles> OfferedFiles::collect(const std::string& path) {
    std::error_code error;
    const auto whole = std::filesystem::canonical(path, error);
    if (error) return fail(Error{error, "file to copy", 0});
    if (!whole.has_filename()) return fail(Errc::refused, "file to copy");
    LUCID_TRY(auto folder, Folder::open(whole.parent_path().string()));
    OfferedFiles files(std::move(folder));
    LUCID_CHECK(files.add(whole.filename().string()));
    return files;
}

Result<void> OfferedFiles::add(const std::string& name) {
    // The list is the queue too: what is in a folder comes behind it.
    LUCID_TRY(const auto first, folder_->look(name));
    list_.push_back({name, first.is_folder, first.bytes, first.modified_filetime});
    for (std::size_t i = 0; i < list_.size(); ++i) {
        if (!list_[i].is_folder) continue;
        const auto above = list_[i].name;
        LUCID_TRY(const auto entries, folder_->list(above));
        for (const auto& entry : entries) {
            if (list_.size() >= proto::channels::clip_files_max)
                return fail(Errc::limit_exceeded, "files to copy", list_.size());
            list_.push_back(
                {above + "/" + entry.name, entry.is_folder, entry.bytes, entry.modified_filetime});
        }
    }
    return {};
}

Result<Bytes> OfferedFiles::read(std::uint32_t index, std::uint64_t offset, std::uint32_t bytes) {
    if (index >= list_.size() || list_[index].is_folder)
        return fail(Errc::not_found, "offered file", index);
    return folder_->read(list_[index].name, offset, bytes);
}

}  // namespace lucid::rdp::headless

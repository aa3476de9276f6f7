// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>

#include <filesystem>

namespace lucid::sessions::replay {

namespace fs = std::filesystem;

Result<std::vector<format::BundleFile>> DirectoryBundle::list() {
    std::vector<format::BundleFile> files;
    std::error_code error;
    if (!fs::is_directory(path_, error)) return fail(Errc::not_found, "bundle directory");
    for (auto entry = fs::recursive_directory_iterator(path_, error);
         entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (error)
            return fail(error.value() == 0 ? make_error(Errc::io_failed, "list bundle")
                                           : make_system_error(error.value(), "list bundle"));
        // A link could name a file outside.
        if (entry->is_symlink()) return fail(Errc::bad_value, "a link in the bundle");
        if (entry->is_directory()) continue;
        if (!entry->is_regular_file()) return fail(Errc::bad_value, "a special file in the bundle");
        if (files.size() == format::bundle_files_max)
            return fail(Errc::limit_exceeded, "files in the bundle", files.size());
        files.push_back(
            {fs::relative(entry->path(), path_, error).generic_string(), entry->file_size()});
    }
    if (error) return fail(make_system_error(error.value(), "list bundle"));
    return files;
}

Result<Bytes> DirectoryBundle::read(const std::string& name, std::size_t bytes_max) {
    return core::runtime::read_file(path_ + "/" + name, bytes_max);
}

Result<Bytes> DirectoryBundle::read_part(const std::string& name, std::uint64_t offset,
                                         std::size_t length) {
    return core::runtime::read_file_part(path_ + "/" + name, offset, length);
}

}  // namespace lucid::sessions::replay

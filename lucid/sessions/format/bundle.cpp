// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/bundle.hpp>

namespace lucid::sessions::format {

Result<Bytes> BundleSource::read_part(const std::string& name, std::uint64_t offset,
                                      std::size_t length) {
    LUCID_TRY(const auto whole, read(name, bundle_part_file_bytes_max));
    if (offset > whole.size() || length > whole.size() - offset)
        return fail(Errc::truncated, "part of a bundle's file", offset);
    return to_bytes(ByteView(whole).subspan(offset, length));
}

Result<std::vector<BundleFile>> MemoryBundle::list() {
    std::vector<BundleFile> out;
    for (const auto& [name, content] : files) out.push_back({name, content.size()});
    return out;
}

Result<Bytes> MemoryBundle::read(const std::string& name, std::size_t bytes_max) {
    const auto found = files.find(name);
    if (found == files.end()) return fail(Errc::not_found, "bundle file");
    if (found->second.size() > bytes_max)
        return fail(Errc::limit_exceeded, "bundle file", found->second.size());
    return found->second;
}

}  // namespace lucid::sessions::format

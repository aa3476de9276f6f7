// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// The index of a backup. Oracle: every path that is taken stays below the directory, and encoding
// what was taken gives an index that reads the same.

#include <lucid/storage/backup/snapshot.hpp>

#include <cstdlib>
#include <filesystem>

using namespace lucid;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto files = storage::backup::decode_index({data, size});
    if (!files) return 0;
    for (const auto& file : *files) {
        const auto target = (std::filesystem::path("/root") / file.path).lexically_normal();
        if (!target.string().starts_with("/root/")) std::abort();
    }
    const auto text = storage::backup::encode_index(*files);
    const auto again = storage::backup::decode_index(as_bytes(text));
    if (!again || storage::backup::encode_index(*again) != text) std::abort();
    return 0;
}

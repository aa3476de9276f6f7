// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Data of other projects (beside the project), one file at a time. Empty where it is absent:
/// tests skip then and say so.

#include <lucid/common/bytes/bytes.hpp>

#include <cstdio>
#include <filesystem>
#include <string>

#include "test_paths.hpp"

namespace lucid::test {

inline std::string rdp_conformance_archive() {
    return (std::filesystem::path(lucid::test::conformance_dir) / "rdp/rdp-data.tar.zst").string();
}
inline bool has_rdp_conformance_data() {
    return std::filesystem::exists(rdp_conformance_archive());
}
/// The file of that path in the archive.
inline Bytes rdp_conformance_file(const std::string& name) {
    const auto command =
        "tar --zstd -xOf '" + rdp_conformance_archive() + "' '" + name + "' 2>/dev/null";
    Bytes out;
    if (FILE* pipe = ::popen(command.c_str(), "r")) {
        std::uint8_t buffer[65536];
        for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
            append(out, ByteView(buffer, got));
        ::pclose(pipe);
    }
    return out;
}

}  // namespace lucid::test

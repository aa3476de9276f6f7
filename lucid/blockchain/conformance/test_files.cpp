// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/test_files.hpp>

#include <algorithm>
#include <fstream>

#include <zstd.h>

namespace lucid::blockchain::conformance {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t archive_bytes_max = std::size_t{1} << 30;
constexpr int window_log_max = 27;  ///< 128 MiB
constexpr std::size_t tar_block = 512;

Result<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in.is_open() || in.bad()) return fail(Errc::io_failed, "test file");
    return text;
}

Result<std::string> decompress(const std::string& compressed) {
    const std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream(ZSTD_createDStream(),
                                                                            &ZSTD_freeDStream);
    ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, window_log_max);
    ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
    std::string out;
    std::string part(ZSTD_DStreamOutSize(), '\0');
    while (in.pos < in.size) {
        ZSTD_outBuffer buffer{part.data(), part.size(), 0};
        const auto state = ZSTD_decompressStream(stream.get(), &buffer, &in);
        if (ZSTD_isError(state) != 0) return fail(Errc::bad_value, "zstd archive", in.pos);
        out.append(part.data(), buffer.pos);
        if (out.size() > archive_bytes_max) return fail(Errc::limit_exceeded, "archive");
    }
    return out;
}

/// POSIX.1-1988 tar with the long names of GNU ('L') and pax ("path=").
Result<void> list_tar(const std::string& tar, std::string_view suffix,
                      std::vector<TestFile>& files) {
    std::string long_name;
    for (std::size_t at = 0; at + tar_block <= tar.size();) {
        const char* header = tar.data() + at;
        if (header[0] == '\0') break;
        std::size_t size = 0;
        for (std::size_t i = 124; i < 135 && header[i] >= '0' && header[i] <= '7'; ++i)
            size = size * 8 + static_cast<std::size_t>(header[i] - '0');
        at += tar_block;
        if (size > tar.size() - at) return fail(Errc::truncated, "tar archive", at);
        const std::string_view body(tar.data() + at, size);
        const char type = header[156];
        if (type == 'L') {
            long_name = body.substr(0, body.find('\0'));
        } else if (type == 'x') {
            const auto path = body.find(" path=");
            if (path != std::string_view::npos)
                long_name = body.substr(path + 6, body.find('\n', path) - path - 6);
        } else if (type == '0' || type == '\0') {
            const std::string_view field(header, 100);
            std::string name = long_name;
            if (name.empty()) {
                name = field.substr(0, field.find('\0'));
                const std::string_view prefix(header + 345, 155);
                if (std::string_view(header + 257, 5) == "ustar" && prefix[0] != '\0')
                    name = std::string(prefix.substr(0, prefix.find('\0'))) + "/" + name;
            }
            long_name.clear();
            if (name.ends_with(suffix)) files.push_back({name, size, body, {}});
        }
        at += (size + tar_block - 1) / tar_block * tar_block;
    }
    return {};
}

bool is_archive(const fs::path& path) {
    return path.string().ends_with(".tar.zst");
}

void sort_by_name(TestFiles& files) {
    std::sort(files.files.begin(), files.files.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

Result<std::string> TestFile::read() const {
    if (on_disk.empty()) return std::string(text);
    return read_file(on_disk);
}

Result<std::string> read_zstd(const fs::path& path) {
    LUCID_TRY(const auto compressed, read_file(path));
    return decompress(compressed);
}

Result<TestFiles> open_archive(const fs::path& path, std::string_view suffix) {
    LUCID_TRY(auto tar, read_zstd(path));
    TestFiles out;
    out.archive = std::make_shared<const std::string>(std::move(tar));
    LUCID_CHECK(list_tar(*out.archive, suffix, out.files));
    return out;
}

Result<std::vector<TestFiles>> find_test_files(const fs::path& path) {
    std::error_code error;
    std::vector<TestFiles> out;
    if (fs::is_regular_file(path, error)) {
        if (is_archive(path)) {
            LUCID_TRY(auto files, open_archive(path, ".json"));
            out.push_back(std::move(files));
        } else {
            TestFiles single;
            single.files.push_back({path.filename().string(), fs::file_size(path), {}, path});
            out.push_back(std::move(single));
        }
    } else if (fs::is_directory(path, error)) {
        TestFiles plain;
        for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
            if (entry.path().extension() == ".json")
                plain.files.push_back({fs::relative(entry.path(), path.parent_path()).string(),
                                       entry.file_size(),
                                       {},
                                       entry.path()});
            if (is_archive(entry.path())) {
                LUCID_TRY(auto files, open_archive(entry.path(), ".json"));
                out.push_back(std::move(files));
            }
        }
        if (!plain.files.empty()) out.push_back(std::move(plain));
    }
    for (auto& files : out) sort_by_name(files);
    if (out.empty()) return fail(Errc::not_found, "test files");
    return out;
}

}  // namespace lucid::blockchain::conformance

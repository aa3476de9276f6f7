// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/replay/tar.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::sessions::replay {
namespace {

constexpr std::size_t block_bytes = 512;
constexpr std::size_t name_bytes_max = 100;
/// Largest file of a bundle: chunk or anchor record.
constexpr std::size_t file_bytes_max = 16 * 1024 * 1024;

void put(ByteArray<block_bytes>& block, std::size_t offset, std::string_view text) {
    std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(offset));
}

/// The one header that a file of this name and size has.
ByteArray<block_bytes> header_of(const std::string& name, std::uint64_t size) {
    ByteArray<block_bytes> block{};
    put(block, 0, name);
    put(block, 100, "0000644");
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, fmt::format("{:011o}", size));
    put(block, 136, "00000000000");
    put(block, 148, "        ");
    block[156] = '0';
    put(block, 257, "ustar");
    put(block, 263, "00");
    unsigned sum = 0;
    for (const auto byte : block) sum += byte;
    put(block, 148, fmt::format("{:06o}", sum));
    block[154] = 0;
    block[155] = ' ';
    return block;
}

std::size_t padding(std::uint64_t size) {
    return static_cast<std::size_t>((block_bytes - size % block_bytes) % block_bytes);
}

Result<void> read_at(int fd, std::uint64_t offset, MutableByteView to) {
    std::size_t done = 0;
    while (done < to.size()) {
        const auto got =
            ::pread(fd, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read bundle");
        if (got == 0) return fail(Errc::truncated, "bundle", offset + done);
        done += static_cast<std::size_t>(got);
    }
    return {};
}

bool all_zero(ByteView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](auto b) { return b == 0; });
}

}  // namespace

Result<std::uint64_t> write_tar(format::BundleSource& source, const std::string& path) {
    LUCID_TRY(auto files, source.list());
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    const core::net::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
    if (!file.valid() && errno == EEXIST) return fail(Errc::already_exists, "bundle file");
    if (!file.valid()) return fail_errno(errno, "create bundle");
    std::uint64_t total = 2 * block_bytes;
    const auto write = [&]() -> Result<void> {
        for (const auto& entry : files) {
            if (entry.name.size() > name_bytes_max) return fail(Errc::limit_exceeded, "file name");
            LUCID_TRY(const auto content, source.read(entry.name, file_bytes_max));
            LUCID_CHECK(core::runtime::write_all(file, header_of(entry.name, content.size()),
                                                 "write bundle"));
            LUCID_CHECK(core::runtime::write_all(file, content, "write bundle"));
            LUCID_CHECK(
                core::runtime::write_all(file, Bytes(padding(content.size())), "write bundle"));
            total += block_bytes + content.size() + padding(content.size());
        }
        LUCID_CHECK(core::runtime::write_all(file, Bytes(2 * block_bytes), "write bundle"));
        if (::fsync(file.get()) != 0) return fail_errno(errno, "sync bundle");
        return {};
    };
    const auto written = write();
    if (!written) {
        ::unlink(path.c_str());
        return fail(written.error());
    }
    return total;
}

Result<TarBundle> TarBundle::open(const std::string& path) {
    TarBundle bundle;
    bundle.file_ = core::net::Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!bundle.file_.valid() && errno == ENOENT) return fail(Errc::not_found, "bundle file");
    if (!bundle.file_.valid()) return fail_errno(errno, "open bundle");
    struct stat info{};
    if (::fstat(bundle.file_.get(), &info) != 0) return fail_errno(errno, "open bundle");
    const auto file_size = static_cast<std::uint64_t>(info.st_size);
    std::uint64_t offset = 0;
    std::string previous;
    for (;;) {
        ByteArray<block_bytes> block;
        LUCID_CHECK(read_at(bundle.file_.get(), offset, block));
        if (all_zero(block)) break;
        const auto text = as_text(ByteView(block).first(name_bytes_max));
        const std::string name(text.substr(0, text.find('\0')));
        std::uint64_t size = 0;
        for (std::size_t i = 124; i < 135; ++i) {
            if (block[i] < '0' || block[i] > '7') return fail(Errc::bad_value, "tar size", offset);
            size = size << 3 | (block[i] - '0');
        }
        if (block != header_of(name, size)) return fail(Errc::not_canonical, "tar header", offset);
        if (name <= previous) return fail(Errc::not_canonical, "tar order", offset);
        if (size > file_bytes_max) return fail(Errc::limit_exceeded, "file in tar", size);
        if (bundle.entries_.size() == format::bundle_files_max)
            return fail(Errc::limit_exceeded, "files in the bundle", bundle.entries_.size());
        previous = name;
        offset += block_bytes;
        bundle.entries_[name] = {offset, size};
        Bytes pad(padding(size));
        LUCID_CHECK(read_at(bundle.file_.get(), offset + size, pad));
        if (!all_zero(pad)) return fail(Errc::not_canonical, "tar padding", offset + size);
        offset += size + pad.size();
    }
    ByteArray<block_bytes> last;
    LUCID_CHECK(read_at(bundle.file_.get(), offset + block_bytes, last));
    if (!all_zero(last) || file_size != offset + 2 * block_bytes)
        return fail(Errc::trailing_bytes, "tar end", offset);
    return bundle;
}

Result<std::vector<format::BundleFile>> TarBundle::list() {
    std::vector<format::BundleFile> files;
    for (const auto& [name, entry] : entries_) files.push_back({name, entry.size});
    return files;
}

Result<Bytes> TarBundle::read(const std::string& name, std::size_t bytes_max) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return fail(Errc::not_found, "bundle file");
    if (found->second.size > bytes_max)
        return fail(Errc::limit_exceeded, "bundle file", found->second.size);
    Bytes content(found->second.size);
    LUCID_CHECK(read_at(file_.get(), found->second.offset, content));
    return content;
}

Result<Bytes> TarBundle::read_part(const std::string& name, std::uint64_t offset,
                                   std::size_t length) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return fail(Errc::not_found, "bundle file");
    const auto& entry = found->second;
    if (offset > entry.size || length > entry.size - offset)
        return fail(Errc::truncated, "part of a bundle's file", offset);
    Bytes content(length);
    LUCID_CHECK(read_at(file_.get(), entry.offset + offset, content));
    return content;
}

}  // namespace lucid::sessions::replay

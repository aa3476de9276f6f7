// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/storage/backup/reader.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lucid::storage::backup {
namespace {

constexpr std::size_t index_bytes_max = std::size_t{2} << 30;

}  // namespace

Result<Reader> Reader::open(const Repository& repository, const Snapshot& snapshot,
                            const crypto::age::Identity& identity) {
    Reader reader(repository, identity);
    Bytes text;
    for (const auto& name : snapshot.index) {
        LUCID_TRY(const auto sealed, repository.read(name));
        LUCID_TRY(const auto part, crypto::age::open(sealed, identity));
        // Past two gigabytes: no test goes there.
        if (text.size() + part.size() > index_bytes_max)
            return fail(Errc::limit_exceeded, "index of the backup", text.size());
        append(text, part.expose());
    }
    LUCID_TRY(reader.files_, decode_index(text));
    if (reader.files_.size() != snapshot.files)
        return fail(Errc::bad_value, "files of the index", reader.files_.size());
    return reader;
}

Result<ByteView> Reader::part(const Part& wanted) {
    if (open_object_.empty() || open_name_ != wanted.object) {
        LUCID_TRY(const auto sealed, repository_.read(wanted.object));
        LUCID_TRY(open_object_, crypto::age::open(sealed, identity_));
        open_name_ = wanted.object;
    }
    const auto all = open_object_.expose();
    if (wanted.offset > all.size() || wanted.length > all.size() - wanted.offset)
        return fail(Errc::bad_length, "part of a backup", wanted.offset);
    const auto view = all.subspan(wanted.offset, wanted.length);
    if (crypto::sha256(view) != wanted.hash) return fail(Errc::hash_mismatch, "part of a backup");
    return view;
}

Result<Bytes> Reader::read(const IndexedFile& file, std::size_t bytes_max) {
    Bytes content;
    for (const auto& wanted : file.parts) {
        LUCID_TRY(const auto view, part(wanted));
        if (content.size() + view.size() > bytes_max)
            return fail(Errc::limit_exceeded, "file of the backup", bytes_max);
        append(content, view);
    }
    return content;
}

Result<void> Reader::restore(const IndexedFile& file, const std::string& target) {
    const core::net::Fd out(
        ::open(target.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!out.valid()) return fail_errno(errno, "restore file");
    for (const auto& wanted : file.parts) {
        LUCID_TRY(const auto view, part(wanted));
        LUCID_CHECK(core::runtime::write_all(out, view, "restore file"));
    }
    return {};
}

bool Reader::is_there(const IndexedFile& file, const std::string& target) const {
    const core::net::Fd in(::open(target.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat info{};
    if (!in.valid() || ::fstat(in.get(), &info) != 0 || !S_ISREG(info.st_mode) ||
        static_cast<std::uint64_t>(info.st_size) != file.bytes())
        return false;
    for (const auto& wanted : file.parts) {
        Bytes content(wanted.length);
        std::size_t done = 0;
        while (done < content.size()) {
            const auto got = ::read(in.get(), content.data() + done, content.size() - done);
            if (got <= 0) return false;  // cut since it was measured, or its device fails
            done += static_cast<std::size_t>(got);
        }
        if (crypto::sha256(content) != wanted.hash) return false;
    }
    return true;
}

Result<void> Reader::check(const IndexedFile& file) {
    for (const auto& wanted : file.parts) LUCID_CHECK(part(wanted));
    return {};
}

}  // namespace lucid::storage::backup

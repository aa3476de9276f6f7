// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/storage/backup/reader.hpp>
#include <lucid/storage/backup/writer.hpp>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace lucid::storage::backup {
namespace {

/// UTC: "20261128T142200Z".
std::string name_of(std::int64_t now_s) {
    const auto time = static_cast<std::time_t>(now_s);
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    std::array<char, 32> text{};
    const auto length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &utc);
    return {text.data(), length};
}

Result<core::net::Fd> open_source(const std::string& path) {
    core::net::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.valid()) return file;
    if (errno == ENOENT) return fail(Errc::not_found, "file to back up");
    return fail_errno(errno, "file to back up");
}

/// Fills the buffer as far as the file goes.
Result<std::size_t> read_some(const core::net::Fd& file, MutableByteView buffer) {
    std::size_t done = 0;
    while (done < buffer.size()) {
        const auto got = ::read(file.get(), buffer.data() + done, buffer.size() - done);
        if (got < 0 && errno == EINTR) continue;  // of a file: on network file systems alone
        if (got < 0) return fail_errno(errno, "file to back up");
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace

Result<Writer> Writer::begin(Repository& repository, WriterOptions options) {
    Writer writer(repository, std::move(options));
    LUCID_CHECK(writer.sweep());
    LUCID_TRY(const auto names, repository.snapshots());  // sweep() has read them just now
    if (!names.empty()) LUCID_CHECK(writer.load(names.back()));
    LUCID_CHECK(writer.load(Repository::unfinished));
    return writer;
}

/// One that cannot be read makes this backup a full one, nothing worse.
Result<void> Writer::load(const std::string& name) {
    const auto text = repository_.read_snapshot(name);
    const auto snapshot = text ? Snapshot::from_text(*text) : fail(text.error());
    if (!snapshot) return {};
    if (snapshot->node_key != options_.key->public_key())
        return fail(Errc::already_exists, "backups of another node in this folder");
    if (options_.identity == nullptr) return {};
    auto reader = Reader::open(repository_, *snapshot, *options_.identity);
    if (!reader) return {};
    for (const auto& object : snapshot->objects) object_bytes_[object.name] = object.bytes;
    for (const auto& file : reader->files()) {
        for (const auto& part : file.parts) parts_.emplace(part.hash, part);
        if (name != Repository::unfinished) before_[file.path] = file;
    }
    return {};
}

Result<void> Writer::sweep() {
    LUCID_TRY(auto names, repository_.snapshots());
    names.emplace_back(Repository::unfinished);
    std::set<Hash32> keep;
    for (const auto& name : names) {
        const auto text = repository_.read_snapshot(name);
        if (!text && text.error().code == make_error_code(Errc::not_found)) continue;
        const auto snapshot = text ? Snapshot::from_text(*text) : fail(text.error());
        // What a damaged one names is not known: nothing goes then.
        if (!snapshot) return {};
        for (const auto& object : snapshot->objects) keep.insert(object.name);
    }
    LUCID_CHECK(repository_.sweep(keep));
    return {};
}

const Part* Writer::known(const Hash32& hash, std::uint64_t length) {
    const auto found = parts_.find(hash);
    if (found == parts_.end() || found->second.length != length) return nullptr;
    const auto& object = found->second.object;
    if (object == Hash32{}) return &found->second;  // waits in the pack
    auto present = present_.find(object);
    if (present == present_.end()) {
        const auto bytes = object_bytes_.find(object);
        const bool there = bytes != object_bytes_.end() && repository_.has({object, bytes->second});
        present = present_.emplace(object, there).first;
    }
    if (present->second) return &found->second;
    parts_.erase(found);
    return nullptr;
}

Result<ObjectRef> Writer::put(ByteView plaintext) {
    LUCID_TRY(const auto object, repository_.put(plaintext, options_.recipients));
    object_bytes_[object.name] = object.bytes;
    present_[object.name] = true;
    stored_bytes_ += object.bytes;
    ++stored_objects_;
    return object;
}

Result<void> Writer::flush_pack() {
    if (pack_hashes_.empty()) return {};
    LUCID_TRY(const auto object, put(pack_));
    for (const auto& hash : pack_hashes_) parts_[hash].object = object.name;
    pack_hashes_.clear();
    crypto::wipe(pack_);
    pack_.clear();
    return {};
}

Result<IndexedFile*> Writer::new_file(const std::string& path) {
    if (!is_safe_path(path)) return fail(Errc::bad_value, "name of a file to back up");
    auto& file = files_[path];
    file = IndexedFile{path, {}};
    return &file;
}

Result<void> Writer::add_part(IndexedFile& file, ByteView content, bool small) {
    const auto hash = crypto::sha256(content);
    file.parts.push_back({hash, content.size(), {}, 0});
    done_bytes_ += content.size();
    if (options_.progress) options_.progress(done_bytes_);
    if (known(hash, content.size()) != nullptr) return {};
    if (!small) {
        LUCID_TRY(const auto object, put(content));
        parts_[hash] = Part{hash, content.size(), object.name, 0};
        return keep_durable();
    }
    if (pack_.size() + content.size() > pack_bytes_max) LUCID_CHECK(flush_pack());
    parts_[hash] = Part{hash, content.size(), {}, pack_.size()};
    pack_hashes_.push_back(hash);
    append(pack_, content);
    return {};
}

Result<void> Writer::add(const std::string& path, ByteView content, std::size_t part_bytes) {
    LUCID_TRY(auto* file, new_file(path));
    const bool small = content.size() <= small_file_bytes_max;
    while (!content.empty()) {
        const auto part = content.first(std::min(content.size(), part_bytes));
        LUCID_CHECK(add_part(*file, part, small));
        content = content.subspan(part.size());
    }
    return {};
}

Result<void> Writer::add_stream(const std::string& path, std::size_t part_bytes,
                                const std::function<Result<std::size_t>(MutableByteView)>& source) {
    LUCID_TRY(auto* file, new_file(path));
    Bytes buffer(part_bytes);
    for (;;) {
        std::size_t filled = 0;
        while (filled < buffer.size()) {
            LUCID_TRY(const auto got, source(MutableByteView(buffer).subspan(filled)));
            if (got == 0) break;
            filled += got;
        }
        if (filled > 0) LUCID_CHECK(add_part(*file, ByteView(buffer).first(filled), false));
        if (filled < buffer.size()) return {};
    }
}

Result<void> Writer::add_file(const std::string& path, const std::string& source) {
    LUCID_TRY(const auto in, open_source(source));
    Bytes buffer(part_bytes_max);
    LUCID_TRY(auto got, read_some(in, buffer));
    if (got < buffer.size()) return add(path, ByteView(buffer).first(got));
    LUCID_TRY(auto* file, new_file(path));
    while (got > 0) {
        LUCID_CHECK(add_part(*file, ByteView(buffer).first(got), false));
        LUCID_TRY(got, read_some(in, buffer));
    }
    return {};
}

Result<bool> Writer::add_named(const std::string& path, const std::string& source,
                               const Hash32& hash) {
    if (const auto found = parts_.find(hash); found != parts_.end()) {
        const auto length = found->second.length;
        if (known(hash, length) != nullptr) {
            LUCID_TRY(auto* file, new_file(path));
            file->parts.push_back({hash, length, {}, 0});
            done_bytes_ += length;
            if (options_.progress) options_.progress(done_bytes_);
            return true;
        }
    }
    LUCID_CHECK(add_file(path, source));
    const auto& parts = files_[path].parts;
    return parts.size() == 1 && parts.front().hash == hash;
}

std::size_t Writer::carry_over(const std::string& prefix) {
    std::size_t count = 0;
    for (auto found = before_.lower_bound(prefix);
         found != before_.end() && found->first.starts_with(prefix); ++found) {
        // What the backup before has lost is not taken over: it would make this one fail.
        const auto& parts = found->second.parts;
        if (std::any_of(parts.begin(), parts.end(),
                        [&](const auto& p) { return known(p.hash, p.length) == nullptr; }))
            continue;
        files_[found->first] = found->second;
        ++count;
    }
    return count;
}

void Writer::forget(const std::string& prefix) {
    auto found = files_.lower_bound(prefix);
    while (found != files_.end() && found->first.starts_with(prefix)) found = files_.erase(found);
}

/// Names everything so far; the index is stored with it.
Result<Snapshot> Writer::describe() {
    LUCID_CHECK(flush_pack());
    auto snapshot = options_.description;
    snapshot.node_key = options_.key->public_key();
    snapshot.recipients.clear();
    for (const auto& recipient : options_.recipients)
        snapshot.recipients.push_back(recipient.text());
    snapshot.files = files_.size();
    snapshot.bytes = 0;
    std::vector<IndexedFile> list;
    std::set<Hash32> used;
    for (const auto& [path, file] : files_) {
        auto resolved = file;
        for (auto& part : resolved.parts) {
            const auto* stored = known(part.hash, part.length);
            // The index of the backup before gave one hash two lengths.
            if (stored == nullptr) return fail(Errc::bad_value, "part of a backup");
            part = *stored;
            used.insert(part.object);
        }
        snapshot.bytes += resolved.bytes();
        list.push_back(std::move(resolved));
    }
    const auto text = encode_index(list);
    for (auto rest = as_bytes(text); !rest.empty();) {
        const auto part = rest.first(std::min(rest.size(), part_bytes_max));
        LUCID_TRY(const auto object, put(part));
        snapshot.index.push_back(object.name);
        used.insert(object.name);
        rest = rest.subspan(part.size());
    }
    for (const auto& name : used) snapshot.objects.push_back({name, object_bytes_[name]});
    return snapshot;
}

Result<void> Writer::keep_durable() {
    // In growing steps: each has an index of everything so far.
    if (stored_bytes_ - durable_bytes_ < std::max(options_.durable_every_bytes, stored_bytes_ / 4))
        return {};
    LUCID_TRY(const auto so_far, describe());
    LUCID_CHECK(repository_.sync());
    LUCID_CHECK(
        repository_.write_snapshot(Repository::unfinished, as_bytes(so_far.sign(*options_.key))));
    durable_bytes_ = stored_bytes_;
    return {};
}

Result<Writer::Done> Writer::finish(std::int64_t now_s) {
    options_.description.created_s = now_s;
    LUCID_TRY(auto snapshot, describe());
    LUCID_CHECK(repository_.sync());
    LUCID_TRY(const auto taken, repository_.snapshots());
    auto name = name_of(now_s);
    for (int n = 2; std::find(taken.begin(), taken.end(), name) != taken.end(); ++n)
        name = name_of(now_s) + "-" + std::to_string(n);
    LUCID_CHECK(repository_.write_snapshot(name, as_bytes(snapshot.sign(*options_.key))));
    LUCID_CHECK(repository_.remove_snapshot(Repository::unfinished));
    return Done{std::move(name), std::move(snapshot)};
}

}  // namespace lucid::storage::backup

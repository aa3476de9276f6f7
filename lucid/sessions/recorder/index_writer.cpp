// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/tiles.hpp>
#include <lucid/sessions/recorder/index_writer.hpp>
#include <lucid/sessions/recorder/prune.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using core::runtime::write_file_atomically;

constexpr std::size_t event_overhead_bytes_max = 21;

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return fail_errno(errno, "make index folder");
    return {};
}

bool is_index_event(std::uint8_t kind) {
    return (kind >= format::kind_pages && kind <= format::kind_activity) ||
           kind == format::kind_spans;
}

}  // namespace

IndexWriter::IndexWriter(std::string recording, std::string folder, const SessionId& id,
                         const crypto::Secret& session_key)
    : recording_(std::move(recording)),
      folder_(std::move(folder)),
      sealer_(id, session_key),
      chunks_(folder_ + "/chunks", id) {
    manifest_.session_id = id;
}

Result<std::unique_ptr<IndexWriter>> IndexWriter::create(const std::string& recording,
                                                         const SessionId& id,
                                                         const crypto::Secret& session_key) {
    const auto parent = (fs::path(recording).parent_path() / ".index").string();
    const auto folder = parent + "/" + id.hex();
    for (const auto& path : {parent, folder, folder + "/chunks", folder + "/tiles"})
        LUCID_CHECK(make_folder(path));
    return std::unique_ptr<IndexWriter>(new IndexWriter(recording, folder, id, session_key));
}

IndexWriter::~IndexWriter() {
    std::error_code error;
    if (!finished_) fs::remove_all(folder_, error);
}

Result<void> IndexWriter::add(std::uint8_t kind, std::uint64_t time_us, ByteView payload,
                              std::uint64_t recorded) {
    if (!is_index_event(kind)) return fail(Errc::bad_value, "index event", kind);
    if (payload.size() > format::event_payload_bytes_max)
        return fail(Errc::limit_exceeded, "index event", payload.size());
    if (time_us < t_last_us_) return fail(Errc::bad_value, "time of an index event", time_us);
    const auto size = stored_bytes() + events_.offset() + payload.size();
    if (size > std::max(bytes_anyhow, recorded * share_permille_max / 1000))
        return fail(Errc::limit_exceeded, "index size", size);
    if (events_.offset() + payload.size() + event_overhead_bytes_max >
        format::segment_events_bytes_max)
        LUCID_CHECK(seal());
    if (events_.offset() == 0) t_first_us_ = t_last_us_ = time_us;
    LUCID_CHECK(note(kind, time_us, payload));
    format::put_event(events_, kind, time_us - t_last_us_, payload);
    t_last_us_ = time_us;
    return events_.offset() < segment_bytes ? Result<void>() : seal();
}

/// A piece of what belongs to a keyframe; the first one is where it is found.
Result<void> IndexWriter::note_part(ByteView payload, std::vector<std::uint64_t>& times,
                                    std::optional<std::uint64_t>& last) {
    Reader r(payload);
    LUCID_TRY(const auto of, r.u64_le("keyframe"));
    if (last && of < *last) return fail(Errc::bad_value, "keyframe", of);
    if (!last || of > *last) times.push_back(of);
    last = of;
    return {};
}

/// What the map says of an event.
Result<void> IndexWriter::note(std::uint8_t kind, std::uint64_t time_us, ByteView payload) {
    if (kind == format::kind_pages) {
        LUCID_TRY(const auto group, format::peek_page_group(payload));
        if (group.first != next_page_) return fail(Errc::bad_value, "page number", group.first);
        next_page_ += group.count;
    } else if (kind == format::kind_keyframe) {
        open_.keyframes_us.push_back(time_us);
    } else if (kind == format::kind_history) {
        return note_part(payload, open_.histories_us, last_history_us_);
    } else if (kind == format::kind_spans) {
        return note_part(payload, open_.spans_us, last_spans_us_);
    }
    return {};
}

Result<void> IndexWriter::seal() {
    if (events_.offset() == 0) return {};
    const auto& leaves = chunks_.leaves();
    if (leaves.size() >= format::index_segments_max)
        return fail(Errc::limit_exceeded, "index segments", leaves.size());
    const auto previous = leaves.empty() ? Hash32{} : leaves.back();
    const auto segment = sealer_.seal(format::EventClass::index, leaves.size(), t_first_us_,
                                      t_last_us_, events_.view(), previous);
    events_.clear();
    map_.segments.push_back(std::exchange(open_, {}));
    open_.first_page = next_page_;
    LUCID_TRY(const auto header, format::decode_segment_header(segment));
    if (!chunks_.has_room_for(segment)) LUCID_CHECK(chunks_.finish());
    return chunks_.append(segment, header);
}

Result<void> IndexWriter::finish(const format::Manifest& manifest,
                                 const crypto::Ed25519Key& evidence_key) {
    LUCID_CHECK(seal());
    LUCID_TRY(const auto map, format::encode_index_map(map_));
    t_first_us_ = t_last_us_;
    format::put_event(events_, format::kind_index_map, 0, map);
    LUCID_CHECK(seal());
    LUCID_CHECK(chunks_.finish());
    manifest_.chunks = chunks_.chunks();
    const auto& leaves = chunks_.leaves();
    for (const auto& [name, content] : format::make_tiles(leaves)) {
        std::error_code error;
        fs::create_directories(fs::path(folder_ + "/" + name).parent_path(), error);
        LUCID_CHECK(write_file_atomically(folder_ + "/" + name, content));
    }
    manifest_.session_root = manifest.root;
    manifest_.session_tree_size = manifest.tree_size;
    manifest_.tree_size = leaves.size();
    manifest_.root = crypto::merkle_root(leaves);
    const auto json = manifest_.to_json();
    LUCID_CHECK(write_file_atomically(folder_ + "/index.sig",
                                      format::sign_index(evidence_key, as_bytes(json))));
    LUCID_CHECK(write_file_atomically(folder_ + "/index.json", as_bytes(json)));
    LUCID_CHECK(core::runtime::sync_directory(folder_ + "/tiles"));
    // Retention may have been faster.
    if (pruned_at(recording_)) return fail(Errc::refused, "an index of a recording that is pruned");
    if (::rename(folder_.c_str(), (recording_ + "/index").c_str()) != 0)
        return fail_errno(errno, "place index");
    finished_ = true;
    return core::runtime::sync_directory(recording_);
}

void remove_unfinished_indexes(const std::string& sessions_directory) {
    std::error_code error;
    fs::remove_all(sessions_directory + "/.index", error);
}

}  // namespace lucid::sessions::recorder

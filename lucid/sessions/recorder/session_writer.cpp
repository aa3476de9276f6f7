// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/receipt.hpp>
#include <lucid/sessions/format/tiles.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using core::runtime::write_file_atomically;

/// Room that kind, Δt and length of one event may take.
constexpr std::size_t event_overhead_bytes_max = 21;

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0) return fail_errno(errno, "make recording folder");
    return {};
}

}  // namespace

SessionWriter::SessionWriter(std::string directory, format::Manifest skeleton,
                             const crypto::Secret& session_key,
                             const crypto::Ed25519Key& evidence_key)
    : directory_(std::move(directory)),
      manifest_(std::move(skeleton)),
      evidence_key_(evidence_key),
      sealer_(manifest_.session_id, session_key),
      chunks_(directory_ + "/chunks", manifest_.session_id) {}

Result<std::unique_ptr<SessionWriter>> SessionWriter::create(
    const std::string& directory, format::Manifest skeleton, const crypto::Secret& session_key,
    ByteView envelope, const crypto::Ed25519Key& evidence_key) {
    for (const auto* folder : {"", "/chunks", "/tiles", "/envelopes", "/receipts"})
        LUCID_CHECK(make_folder(directory + folder));
    skeleton.node_key = evidence_key.public_key();
    skeleton.key_commitment = format::key_commitment(skeleton.session_id, session_key);
    skeleton.envelope_hash = crypto::sha256(envelope);
    skeleton.root = crypto::merkle_empty_root();
    skeleton.reason = "recording";
    LUCID_CHECK(write_file_atomically(directory + "/envelopes/0.age", envelope));
    format::OpenReceipt receipt{skeleton.session_id,  skeleton.node,
                                skeleton.node_key,    skeleton.started_at_us,
                                skeleton.policy_hash, skeleton.consent_hash};
    auto receipt_text = receipt.sign(evidence_key);
    LUCID_CHECK(write_file_atomically(directory + "/receipts/open.json", as_bytes(receipt_text)));
    LUCID_CHECK(write_file_atomically(directory + "/start.json", as_bytes(skeleton.to_json())));
    LUCID_CHECK(core::runtime::sync_directory(fs::path(directory).parent_path().string()));
    std::unique_ptr<SessionWriter> writer(
        new SessionWriter(directory, std::move(skeleton), session_key, evidence_key));
    writer->open_receipt_ = std::move(receipt_text);
    return writer;
}

Result<void> SessionWriter::add(format::EventClass event_class, std::uint8_t kind,
                                std::uint64_t time_us, ByteView payload) {
    if (failed_) return fail(*failed_);
    if (payload.size() > format::event_payload_bytes_max)
        return fail(Errc::limit_exceeded, "event payload", payload.size());
    auto& open = open_[static_cast<std::size_t>(event_class)];
    now_us_ = std::max(now_us_, time_us);
    if (open.events.offset() + payload.size() + event_overhead_bytes_max >
        format::segment_events_bytes_max)
        LUCID_CHECK(seal(event_class));
    if (open.events.offset() == 0) open.t_first_us = open.t_last_us = time_us;
    // Clocks of one process do not go back; a relay that says so gets the time before.
    const auto time = std::max(time_us, open.t_last_us);
    format::put_event(open.events, kind, time - open.t_last_us, payload);
    open.t_last_us = time;
    return {};
}

std::optional<std::uint64_t> SessionWriter::due_us() const {
    std::optional<std::uint64_t> due;
    const auto consider = [&](std::uint64_t at) { due = due ? std::min(*due, at) : at; };
    for (const auto& open : open_)
        if (open.events.offset() != 0) consider(open.t_first_us + segment_us_max);
    if (dirty_since_us_) consider(*dirty_since_us_ + sync_us_max);
    return due;
}

Result<void> SessionWriter::tick(std::uint64_t now_us) {
    if (failed_) return fail(*failed_);
    now_us_ = std::max(now_us_, now_us);
    for (std::size_t c = 0; c < open_.size(); ++c)
        if (open_[c].events.offset() != 0 && now_us_ >= open_[c].t_first_us + segment_us_max)
            LUCID_CHECK(seal(static_cast<format::EventClass>(c)));
    if (dirty_since_us_ && now_us_ >= *dirty_since_us_ + sync_us_max) LUCID_CHECK(disk(sync()));
    return {};
}

Result<void> SessionWriter::seal(format::EventClass event_class) {
    auto& open = open_[static_cast<std::size_t>(event_class)];
    if (open.events.offset() == 0) return {};
    const auto& leaves = chunks_.leaves();
    const auto previous = leaves.empty() ? Hash32{} : leaves.back();
    const auto segment = sealer_.seal(event_class, leaves.size(), open.t_first_us, open.t_last_us,
                                      open.events.view(), previous);
    open.events.clear();
    LUCID_TRY(const auto header, format::decode_segment_header(segment));
    return disk(append_segment(segment, header));
}

Result<void> SessionWriter::append_segment(ByteView segment, const format::SegmentHeader& header) {
    if (!chunks_.has_room_for(segment)) LUCID_CHECK(finish_chunk());
    LUCID_CHECK(chunks_.append(segment, header));
    frontier_.add(chunks_.leaves().back());
    if (!dirty_since_us_) dirty_since_us_ = now_us_;
    return {};
}

Result<void> SessionWriter::disk(Result<void> result) {
    if (!result && !failed_) failed_ = result.error();
    return result;
}

void SessionWriter::note_synced() {
    dirty_since_us_.reset();
    synced_ = {frontier_.size(), frontier_.root()};
}

Result<void> SessionWriter::sync() {
    LUCID_CHECK(chunks_.sync());
    note_synced();
    return {};
}

Result<void> SessionWriter::finish_chunk() {
    LUCID_CHECK(chunks_.finish());
    note_synced();
    return {};
}

Result<format::Manifest> SessionWriter::close(bool complete, const std::string& reason,
                                              std::uint64_t ended_at_us,
                                              std::uint64_t duration_us) {
    if (failed_) return fail(*failed_);
    for (std::size_t c = 0; c < open_.size(); ++c)
        LUCID_CHECK(seal(static_cast<format::EventClass>(c)));
    LUCID_CHECK(finish_chunk());
    manifest_.chunks = chunks_.chunks();
    manifest_.tree_size = frontier_.size();
    manifest_.root = frontier_.root();
    manifest_.complete = complete;
    manifest_.reason = reason;
    manifest_.ended_at_us = std::max(ended_at_us, manifest_.started_at_us);
    manifest_.duration_us = duration_us;
    LUCID_CHECK(write_ending(directory_, manifest_, chunks_.leaves(), evidence_key_));
    return manifest_;
}

Result<void> write_ending(const std::string& directory, const format::Manifest& manifest,
                          std::span<const Hash32> leaves, const crypto::Ed25519Key& evidence_key) {
    const auto tiles = format::make_tiles(leaves);
    for (const auto& [name, content] : tiles) {
        std::error_code error;
        fs::create_directories(fs::path(directory + "/" + name).parent_path(), error);
        LUCID_CHECK(write_file_atomically(directory + "/" + name, content));
    }
    // The folder of each level is a name in this one; a file's own folder was synced with it.
    if (!tiles.empty()) LUCID_CHECK(core::runtime::sync_directory(directory + "/tiles"));
    format::CloseReceipt receipt{manifest.session_id, manifest.node_key, manifest.tree_size,
                                 manifest.root, manifest.complete ? "complete" : "partial"};
    LUCID_CHECK(write_file_atomically(directory + "/receipts/close.json",
                                      as_bytes(receipt.sign(evidence_key))));
    const auto json = manifest.to_json();
    LUCID_CHECK(write_file_atomically(directory + "/manifest.sig",
                                      format::sign_manifest(evidence_key, as_bytes(json))));
    LUCID_CHECK(write_file_atomically(directory + "/manifest.json", as_bytes(json)));
    if (::unlink((directory + "/start.json").c_str()) != 0)
        return fail_errno(errno, "remove start record");
    return core::runtime::sync_directory(directory);
}

}  // namespace lucid::sessions::recorder

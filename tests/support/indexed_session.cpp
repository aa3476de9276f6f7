// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/pictures/player.hpp>
#include <lucid/sessions/recorder/event_frames.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/moment.hpp>

#include <ctime>
#include <tests/support/indexed_session.hpp>

namespace lucid::test {

namespace recorder = sessions::recorder;
namespace replay = sessions::replay;

namespace {

double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

}  // namespace

IndexedSession::IndexedSession(const std::string& root, sessions::pictures::IndexerOptions options)
    : owner_(crypto::age::Identity::generate()),
      evidence_key_(crypto::Secret::copy_of(crypto::random_array<32>())),
      indexer_(std::move(options)) {
    const SessionId id{crypto::random_array<32>()};
    directory_ = root + "/" + id.hex();
    const auto key = crypto::Secret::copy_of(crypto::random_array<32>());
    const std::array<crypto::age::Recipient, 1> to = {owner_.recipient()};
    const auto envelope = sessions::format::seal_session_envelope(id, key, to);
    sessions::format::Manifest skeleton;
    skeleton.session_id = id;
    skeleton.host = "desk";
    skeleton.started_at_us = skeleton.ended_at_us = 1'700'000'000'000'000;
    skeleton.recorder = "test";
    auto writer =
        recorder::SessionWriter::create(directory_, skeleton, key, *envelope, evidence_key_);
    auto index = recorder::IndexWriter::create(directory_, id, key);
    if (!writer || !index) {
        result_ = fail(Errc::internal, "recording");
        return;
    }
    writer_ = std::move(*writer);
    index_ = std::move(*index);
}

Result<void> IndexedSession::take_index() {
    const auto frames = indexer_.take_output();
    for (ByteView rest(frames); !rest.empty();) {
        LUCID_TRY(const auto frame, recorder::peek_frame(rest));
        if (!frame) return fail(Errc::truncated, "index frame");
        LUCID_CHECK(
            index_->add(frame->kind, frame->time_us, frame->payload, writer_->stored_bytes()));
        rest = rest.subspan(frame->length);
    }
    return {};
}

void IndexedSession::event(sessions::format::EventClass event_class, std::uint8_t kind,
                           std::uint64_t time_us, ByteView payload) {
    if (!result_) return;
    result_ = writer_->tick(time_us);
    if (result_) result_ = writer_->add(event_class, kind, time_us, payload);
    const auto before = processor_seconds();
    indexer_.stored(writer_->stored_bytes());
    indexer_.event(event_class, kind, time_us, payload);
    indexer_seconds_ += processor_seconds() - before;
    if (result_) result_ = take_index();
}

Result<void> IndexedSession::finish(std::uint64_t duration_us) {
    LUCID_CHECK(result_);
    LUCID_TRY(const auto manifest,
              writer_->close(true, "test", 1'700'000'000'000'001, duration_us));
    indexer_.finish();
    LUCID_CHECK(take_index());
    LUCID_CHECK(index_->finish(manifest, evidence_key_));
    index_bytes_ = index_->stored_bytes();
    return {};
}

Bytes picture_at(const std::string& directory, const crypto::age::Identity& owner,
                 std::uint64_t at_us, bool use_index) {
    replay::DirectoryBundle source(directory);
    const auto moment = replay::open_moment(source, owner, at_us, {use_index, false});
    if (!moment || !moment->index_problem.empty()) return {};
    sessions::pictures::Player player(moment->recording);
    player.advance(at_us);
    return player.problems().count > 0 ? Bytes() : to_bytes(player.frame().pixels);
}

}  // namespace lucid::test

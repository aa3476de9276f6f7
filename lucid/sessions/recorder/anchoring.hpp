// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Checkpoints and registrations: what the chain is told about sessions, and anchor.json when it is
/// final. One thread; the session threads report tree heads.

#include <lucid/core/ports/anchor_sink.hpp>
#include <lucid/sessions/format/anchor_record.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>

namespace lucid::sessions::recorder {

class Anchoring {
  public:
    using OnAnchored = std::function<void(const SessionId&, const core::ports::AnchorPlace&)>;
    /// Directory of a recording.
    using Locate = std::function<std::string(const SessionId&)>;

    /// Leaves of checkpoints are kept in `.checkpoints` of `sessions_directory`; recordings are
    /// there, too, unless `locate` says otherwise. `owner_secret` makes one owner address per
    /// session.
    Anchoring(core::ports::AnchorSink& sink, std::string sessions_directory,
              crypto::Secret owner_secret, OnAnchored on_anchored, Locate locate = {});

    /// A session begins. Gives when it is taken to have begun: a checkpoint that was made knows
    /// nothing of it, so it begins after that one's slot.
    std::uint64_t begin(const SessionId& id, std::uint64_t started_at_us);
    /// It did not come to a recording.
    void drop(const SessionId& id);
    void update(const SessionId& id, const TreeHead& head);
    /// The manifest is written.
    void end(const SessionId& id, const format::Manifest& manifest, const Hash32& manifest_hash);

    /// One round: submits what is due at `now_s` (unix), fetches what is final. Errors are for the
    /// log; everything is tried again in the next round.
    Result<void> round(std::uint64_t now_s);

  private:
    struct Tracked {
        std::uint64_t started_at_us = 0;
        TreeHead head;
        std::optional<format::Manifest> manifest;  ///< once ended
        Hash32 manifest_hash{};
        bool registered = false;  ///< submitted in this run
    };
    Result<void> checkpoint(std::uint64_t slot, std::uint64_t genesis_time_s);
    Result<std::vector<format::CheckpointLeaf>> leaves_of(std::uint64_t slot,
                                                          std::uint64_t genesis_time_s);
    Result<void> finish(const SessionId& id, const format::Manifest& manifest,
                        const core::ports::ChainIdentity& chain);
    [[nodiscard]] std::string leaves_path(std::uint64_t slot) const;
    [[nodiscard]] blockchain::proto::Address owner_of(const SessionId& id) const;

    core::ports::AnchorSink& sink_;
    std::string directory_;
    crypto::Secret owner_secret_;
    OnAnchored on_anchored_;
    Locate locate_;
    std::mutex mutex_;
    std::map<SessionId, Tracked> tracked_;
    std::uint64_t checkpointed_until_us_ = 0;  ///< the end of the last slot whose leaves are made
    std::set<std::uint64_t> submitted_slots_;
};

}  // namespace lucid::sessions::recorder

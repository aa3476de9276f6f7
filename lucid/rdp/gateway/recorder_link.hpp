// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// core's side of the recorder process (docs/design/processes.md, "core ↔ recorder").

#include <lucid/rdp/gateway/ports.hpp>
#include <lucid/rdp/gateway/role_process.hpp>

#include <deque>
#include <memory>
#include <variant>

namespace lucid::rdp::gateway {

/// A recording that was closed.
struct RecordingClosed {
    SessionId id;
    std::string state;  ///< complete | partial
    std::string reason;
    std::uint64_t segments = 0;
    std::string root;           ///< hex
    std::string manifest_hash;  ///< hex
};

class RecorderLink : public RecorderPort {
  public:
    /// How long the recorder may take to write the first envelope.
    static constexpr std::chrono::seconds open_limit{10};

    /// Starts the recorder role; `on_closed` is called on the link's own thread.
    RecorderLink(std::string data_dir, std::function<void(const RecordingClosed&)> on_closed);

    /// Starts an indexer for a session and gives the recorder's end of its socket; an invalid one:
    /// there is none. To be set before the first open().
    using StartIndexer = std::function<core::net::Fd(const SessionId&)>;
    void set_indexer(StartIndexer start) { start_indexer_ = std::move(start); }

    Result<core::net::Fd> open(const RecordingRequest& request) override;
    [[nodiscard]] bool running() const { return process_.running(); }
    [[nodiscard]] pid_t pid() const { return process_.pid(); }
    [[nodiscard]] unsigned restarts() const { return process_.restarts(); }
    /// Lets it seal everything.
    void drain(std::chrono::milliseconds patience);

  private:
    struct Pending {
        SessionId id;
        std::optional<Result<core::net::Fd>> answer;
    };
    void on_frame(core::net::Frame frame);
    void on_lost();

    std::function<void(const RecordingClosed&)> on_closed_;
    StartIndexer start_indexer_;
    std::mutex mutex_;
    std::condition_variable answered_;
    /// In the order of the requests. Shared with the caller that waits; dropped when it gave up.
    std::deque<std::shared_ptr<Pending>> pending_;
    RoleProcess process_;  ///< last: its thread uses what stands above
};

/// The JSON of both directions, for recorder doubles too.
[[nodiscard]] Bytes encode_open(const RecordingRequest& request);
Result<RecordingRequest> decode_open(ByteView frame);
struct OpenAnswer {
    SessionId id;
    bool ok = false;
    std::string reason;
};
Result<std::variant<OpenAnswer, RecordingClosed>> decode_from_recorder(ByteView frame);
[[nodiscard]] Bytes encode(const OpenAnswer& answer);
[[nodiscard]] Bytes encode(const RecordingClosed& closed);

}  // namespace lucid::rdp::gateway

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Keeps the catalog's rows of sessions in step with the recorder.

#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <mutex>

namespace lucid::app {

class SessionLedger : public rdp::gateway::RecorderPort {
  public:
    SessionLedger(storage::catalog::Catalog catalog, const std::string& data_dir);

    /// The recorder's open(), then the session's row.
    Result<core::net::Fd> open(const rdp::gateway::RecordingRequest& request) override;
    [[nodiscard]] rdp::gateway::RecorderLink& link() { return link_; }

  private:
    void on_closed(const rdp::gateway::RecordingClosed& closed);

    std::mutex mutex_;  ///< one catalog connection for all threads
    storage::catalog::Catalog catalog_;
    rdp::gateway::RecorderLink link_;  ///< last: its thread calls on_closed()
};

}  // namespace lucid::app

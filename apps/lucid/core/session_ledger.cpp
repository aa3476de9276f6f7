// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "session_ledger.hpp"

#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/log.hpp>

namespace lucid::app {

namespace log = core::runtime::log;

SessionLedger::SessionLedger(storage::catalog::Catalog catalog, const std::string& data_dir)
    : catalog_(std::move(catalog)),
      link_(data_dir, [this](const rdp::gateway::RecordingClosed& closed) { on_closed(closed); }) {}

Result<core::net::Fd> SessionLedger::open(const rdp::gateway::RecordingRequest& request) {
    LUCID_TRY(auto pipe, link_.open(request));
    storage::catalog::Session row;
    row.id = request.id.hex();
    row.host = request.host;
    row.user = request.user;
    row.started_s = core::runtime::wall_time_s();
    row.state = "recording";
    const std::lock_guard lock(mutex_);
    LUCID_CHECK(catalog_.put_session(row));
    return pipe;
}

void SessionLedger::on_closed(const rdp::gateway::RecordingClosed& closed) {
    const std::lock_guard lock(mutex_);
    auto found = catalog_.session(closed.id.hex());
    storage::catalog::Session row;
    // A recording recovered after a crash may have lost its row with the crash.
    if (found && *found) row = **found;
    row.id = closed.id.hex();
    if (row.started_s == 0) row.started_s = core::runtime::wall_time_s();
    row.ended_s = core::runtime::wall_time_s();
    row.state = closed.state;
    row.reason = closed.reason;
    row.segments = static_cast<std::int64_t>(closed.segments);
    row.root = closed.root;
    row.manifest_hash = closed.manifest_hash;
    if (const auto done = catalog_.put_session(row); !done)
        log::error("session not entered in the catalog",
                   {{"session", row.id}, {"error", done.error().message()}});
    log::info("recording closed", {{"session", row.id},
                                   {"state", closed.state},
                                   {"reason", closed.reason},
                                   {"segments", closed.segments}});
}

}  // namespace lucid::app

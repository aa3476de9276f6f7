// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The recorder process: opens sessions for core, records each in a thread of its own, recovers
/// what a crash left, anchors. Fails closed: no disk, no session.

#include <lucid/core/net/frame_channel.hpp>
#include <lucid/core/runtime/data_dir.hpp>

namespace lucid::sessions::recorder {

/// Runs until core's channel closes or says drain. `channel` is the one to core.
/// Errc::not_found and others: keys missing; the message names the file.
Result<void> run_recorder(const core::runtime::DataDir& data, core::net::FrameChannel channel,
                          const std::string& version);

}  // namespace lucid::sessions::recorder

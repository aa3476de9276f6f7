// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recorder role that only keeps the event pipes' bytes: DIR/<session id>.events. Started by
/// RecorderLink from this test's own binary as `role recorder DIR`.

namespace lucid::rdp::gateway::test {

int run_recorder_double(const char* directory);

}  // namespace lucid::rdp::gateway::test

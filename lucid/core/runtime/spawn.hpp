// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Starts a role of this binary as a child process with one end of a FrameChannel as descriptor 3.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/frame_channel.hpp>

#include <string>
#include <sys/types.h>
#include <vector>

namespace lucid::core::runtime {

/// The descriptor on which every role finds its channel to core.
inline constexpr int role_channel_fd = 3;

struct Child {
    pid_t pid = -1;
    net::FrameChannel channel;
};

/// Runs `executable role NAME arguments…`. The child keeps descriptors 0, 1, 2 and 3 only and gets
/// SIGTERM when its parent dies (a role drains then). The caller reaps it.
Result<Child> spawn_role(const std::string& executable, const std::string& role,
                         const std::vector<std::string>& arguments);

/// The same with `executable arguments…`, for a program beside this one.
Result<Child> spawn_program(const std::string& executable,
                            const std::vector<std::string>& arguments);

/// Path of the running binary.
[[nodiscard]] std::string own_executable();

}  // namespace lucid::core::runtime

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What has to be drawn for the picture of one moment: from the keyframe before it, or from the
/// beginning where there is none; no more of the recording is read.

#include <lucid/sessions/replay/index_reader.hpp>

namespace lucid::sessions::replay {

struct MomentOptions {
    /// False: from proven segments alone, from the beginning.
    bool use_index = true;
    /// The pointer, too: the client's mouse, and every change of its shape.
    bool with_pointer = false;
};

struct Moment {
    /// Events up to the moment. With a keyframe: what it needs, then what came after it.
    Recording recording;
    std::optional<std::uint64_t> keyframe_us;
    /// Why the index was not used although it is there; empty otherwise.
    std::string index_problem;
};

Result<Moment> open_moment(format::BundleSource& source, const crypto::age::Identity& identity,
                           std::uint64_t at_us, const MomentOptions& options);

}  // namespace lucid::sessions::replay

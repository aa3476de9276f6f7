// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace lucid::bench {

/// One codec on one scene: the same messages through both decoders, one frame at a call.
struct Contest {
    std::string codec;
    std::string scene;
    double frame_pixels = 0;
    double frame_coded_bytes = 0;
    std::function<bool()> ours;
    std::function<bool()> theirs;
};

struct Outcome {
    double ours_frames = 0;  ///< a second of CPU time, median of the rounds
    double theirs_frames = 0;
    double ratio = 0;  ///< ours to theirs, median of the rounds
    double ratio_low = 0;
    double ratio_high = 0;
};

/// Rounds alternate who goes first; a turn lasts at least `turn_seconds` of this thread's CPU time.
Outcome run(const Contest& contest, int rounds, double turn_seconds);

}  // namespace lucid::bench

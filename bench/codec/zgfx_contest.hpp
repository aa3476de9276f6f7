// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bench/codec/contest.hpp>
#include <bench/codec/scenes.hpp>

namespace lucid::bench {

/// The scene's pixels as messages of the graphics pipeline, packed by a greedy matcher. Both sides
/// keep their histories from frame to frame.
Contest zgfx(const Scene& scene);

}  // namespace lucid::bench

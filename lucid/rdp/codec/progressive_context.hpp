// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a progressive decoder keeps for one encoding context.

#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/progressive_tile.hpp>

namespace lucid::rdp::codec {

struct ProgressiveDecoder::Context {
    /// By (yIdx << 16 | xIdx).
    std::map<std::uint32_t, std::unique_ptr<ProgressiveTile>> tiles;
};

}  // namespace lucid::rdp::codec

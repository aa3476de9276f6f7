// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/lanes.hpp>
#include <lucid/rdp/codec/rows.hpp>
#include <lucid/rdp/codec/rows_kernel.hpp>

namespace lucid::rdp::codec {

void merge_rgb(const PlaneRows& rows, std::uint8_t* out, std::size_t width) {
    merge_rgb_row<Lanes>(rows, out, width);
}

void merge_ycocg(const PlaneRows& rows, Orange orange, unsigned shift, std::uint8_t* out,
                 std::size_t width) {
    merge_ycocg_row<Lanes>(rows, orange, shift, out, width);
}

}  // namespace lucid::rdp::codec

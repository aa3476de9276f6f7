// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/clear_layers.hpp>
#include <lucid/rdp/codec/pixel_runs.hpp>
#include <lucid/rdp/codec/run_length.hpp>

namespace lucid::rdp::codec::clear {

Result<void> draw_residual(ByteView data, PixelView target) {
    Reader reader(data);
    PixelRuns runs(target);
    while (!reader.empty()) {
        LUCID_TRY(const auto colour, reader.array<3>("clear residual colour"));
        LUCID_TRY(const auto length, read_run_length(reader));
        if (length > runs.left()) return fail(Errc::bad_length, "clear residual run", length);
        runs.fill(0xff000000U | colour[0] | std::uint32_t{colour[1]} << 8 |
                      std::uint32_t{colour[2]} << 16,
                  length);
    }
    if (runs.left() != 0) return fail(Errc::truncated, "clear residual pixels", runs.left());
    return {};
}

}  // namespace lucid::rdp::codec::clear

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/picture/graphics_pipeline.hpp>

/// Input: commands of the graphics pipeline without ZGFX. Oracle: pictures stay in their budget and
/// their number.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    constexpr std::size_t bytes_max = std::size_t{16} << 20;
    rdp::picture::PixelBudget budget(bytes_max);
    rdp::picture::Screen screen(budget);
    rdp::picture::GraphicsPipeline graphics(budget, screen, {});
    (void)graphics.commands({data, size});
    LUCID_ASSERT(budget.used() <= bytes_max);
    LUCID_ASSERT(graphics.surfaces() <= rdp::picture::egfx_surfaces_max);
    return 0;
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/picture/compositor.hpp>

/// Oracle: what restores is saved again to bytes that restore; what does not leaves nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    rdp::picture::CompositorOptions options;
    options.pixel_bytes_max = std::size_t{4} << 20;
    rdp::picture::Compositor compositor(options);
    if (!compositor.restore({data, size})) {
        LUCID_ASSERT(compositor.pixel_bytes() == 0);
        return 0;
    }
    const auto snapshot = compositor.snapshot();
    LUCID_ASSERT(snapshot);
    rdp::picture::Compositor other(options);
    LUCID_ASSERT(other.restore(*snapshot));
    return 0;
}

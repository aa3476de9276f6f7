// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/graphics_caps.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>

namespace lucid::rdp::client {
namespace {

/// Versions and flags of MS-RDPEGFX 2.2.3.
constexpr std::uint32_t version_8 = 0x00080004;
constexpr std::uint32_t version_81 = 0x00080105;
constexpr std::uint32_t versions_10[] = {0x000a0002, 0x000a0200, 0x000a0301, 0x000a0400,
                                         0x000a0502, 0x000a0600, 0x000a0701};
constexpr std::uint32_t avc420_enabled = 0x10;  ///< 8.1
constexpr std::uint32_t avc_disabled = 0x20;    ///< 10 and later

}  // namespace

Bytes make_graphics_caps(Graphics graphics) {
    if (graphics == Graphics::bitmap || graphics == Graphics::remotefx) return {};
    struct Offer {
        std::uint32_t version;
        std::uint32_t flags;
    };
    std::vector<Offer> offers = {{version_8, 0}};
    offers.push_back({version_81, graphics == Graphics::pipeline ? 0 : avc420_enabled});
    // From version 10 on H.264 means AVC444 too.
    if (graphics != Graphics::avc420)
        for (const auto version : versions_10)
            offers.push_back({version, graphics == Graphics::pipeline ? avc_disabled : 0});
    std::vector<Bytes> data;
    data.reserve(offers.size());
    std::vector<proto::channels::EgfxCapability> capabilities;
    for (const auto& offer : offers) {
        data.push_back(Writer().u32_le(offer.flags).take());
        capabilities.push_back({offer.version, data.back()});
    }
    return proto::channels::encode_caps_advertise(capabilities);
}

}  // namespace lucid::rdp::client

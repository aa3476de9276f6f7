// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>

#include <algorithm>
#include <array>

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::size_t header_bytes = 8;
constexpr std::array<std::uint32_t, 11> versions = {0x00080004, 0x00080105, 0x000a0002, 0x000a0100,
                                                    0x000a0200, 0x000a0301, 0x000a0400, 0x000a0502,
                                                    0x000a0600, 0x000a0601, 0x000a0701};

/// RDPGFX_HEADER (2.2.1.5); the reader is left behind it.
Result<void> read_header(Reader& r, std::uint16_t command) {
    const auto total = r.remaining();
    LUCID_TRY(const auto found, r.u16_le("cmdId"));
    if (found != command) return fail(Errc::bad_value, "cmdId", found);
    LUCID_CHECK(r.skip(2, "egfx flags"));
    LUCID_TRY(const auto length, r.u32_le("pduLength"));
    if (length != total) return fail(Errc::bad_length, "pduLength", length);
    return {};
}

Result<EgfxCapability> read_capability(Reader& r) {
    EgfxCapability capability;
    LUCID_TRY(capability.version, r.u32_le("capability version"));
    LUCID_TRY(const auto length, r.u32_le("capsDataLength"));
    LUCID_TRY(capability.data, r.take(length, "capsData"));
    return capability;
}

}  // namespace

Result<std::uint16_t> decode_egfx_command(ByteView message) {
    return Reader(message).u16_le("cmdId");
}

Result<std::vector<EgfxCapability>> decode_caps_advertise(ByteView message) {
    Reader r(message);
    LUCID_CHECK(read_header(r, egfx_caps_advertise));
    LUCID_TRY(const auto count, r.u16_le("capsSetCount"));
    if (count > egfx_capabilities_max) return fail(Errc::limit_exceeded, "capsSetCount", count);
    std::vector<EgfxCapability> capabilities;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto capability, read_capability(r));
        capabilities.push_back(capability);
    }
    LUCID_CHECK(r.finish("caps advertise"));
    return capabilities;
}

Bytes encode_caps_advertise(const std::vector<EgfxCapability>& capabilities) {
    std::size_t total = header_bytes + 2;
    for (const auto& capability : capabilities) total += 8 + capability.data.size();
    Writer w(total);
    w.u16_le(egfx_caps_advertise).u16_le(0).u32_le(static_cast<std::uint32_t>(total));
    w.u16_le(static_cast<std::uint16_t>(capabilities.size()));
    for (const auto& capability : capabilities)
        w.u32_le(capability.version)
            .u32_le(static_cast<std::uint32_t>(capability.data.size()))
            .bytes(capability.data);
    return w.take();
}

Result<EgfxCapability> decode_caps_confirm(ByteView message) {
    Reader r(message);
    LUCID_CHECK(read_header(r, egfx_caps_confirm));
    LUCID_TRY(const auto capability, read_capability(r));
    LUCID_CHECK(r.finish("caps confirm"));
    return capability;
}

Result<Bytes> suspend_acknowledgements(ByteView frame_acknowledge) {
    // header | queueDepth u32 | frameId u32 | totalFramesDecoded u32
    constexpr std::size_t queue_depth_bytes = 4;
    constexpr std::size_t message_bytes = header_bytes + queue_depth_bytes + 4 + 4;
    Reader r(frame_acknowledge);
    LUCID_CHECK(read_header(r, egfx_frame_acknowledge));
    if (frame_acknowledge.size() != message_bytes)
        return fail(Errc::bad_length, "frame acknowledgement", frame_acknowledge.size());
    Bytes out = to_bytes(frame_acknowledge);
    for (std::size_t i = 0; i < queue_depth_bytes; ++i) out[header_bytes + i] = 0xff;
    return out;
}

bool is_known_egfx_version(std::uint32_t version) {
    return std::find(versions.begin(), versions.end(), version) != versions.end();
}

}  // namespace lucid::rdp::proto::channels

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/progressive.hpp>

// Built only where rdp/codec has no progressive decoder: its commands are refused then.

namespace lucid::rdp::codec {

struct ProgressiveDecoder::Context {};
ProgressiveDecoder::ProgressiveDecoder(std::size_t tiles_max) : tiles_max_(tiles_max) {}
ProgressiveDecoder::~ProgressiveDecoder() = default;
Result<void> ProgressiveDecoder::decode(ContextKey, ByteView, PixelView, std::vector<Rect>&) {
    return fail(Errc::unsupported, "progressive RemoteFX");
}
void ProgressiveDecoder::delete_context(ContextKey) {}
void ProgressiveDecoder::delete_surface(std::uint16_t) {}
void ProgressiveDecoder::reset() {}
void ProgressiveDecoder::save(Bytes&) const {}
Result<void> ProgressiveDecoder::restore(ByteView) {
    return {};
}

}  // namespace lucid::rdp::codec

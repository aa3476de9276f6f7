// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <cstring>
#include <freerdp/codec/clear.h>
#include <freerdp/codec/interleaved.h>
#include <freerdp/codec/nsc.h>
#include <freerdp/codec/planar.h>
#include <freerdp/codec/progressive.h>
#include <freerdp/codec/rfx.h>
#include <freerdp/primitives.h>
#include <tests/support/freerdp_codecs.hpp>
#include <winpr/registry.h>
#include <winpr/wlog.h>

// Where the library asks its registry whether tiles are for threads, it finds these functions in
// the program before WinPR's own.
extern "C" {
LONG RegOpenKeyExA(HKEY, LPCSTR, DWORD, REGSAM, PHKEY result) {
    *result = nullptr;
    return ERROR_SUCCESS;
}
LONG RegQueryValueExA(HKEY, LPCSTR name, LPDWORD, LPDWORD type, LPBYTE data, LPDWORD size) {
    if (std::strcmp(name, "UseThreads") != 0) return ERROR_FILE_NOT_FOUND;
    const DWORD no = 0;
    *type = REG_DWORD;
    *size = sizeof no;
    std::memcpy(data, &no, sizeof no);
    return ERROR_SUCCESS;
}
LONG RegCloseKey(HKEY) {
    return ERROR_SUCCESS;
}
}

namespace lucid::test::freerdp {

namespace {

constexpr std::uint32_t side_max = 4096;

Bytes stream_bytes(wStream* stream) {
    const auto size = Stream_GetPosition(stream);
    const auto* begin = Stream_Buffer(stream);
    return {begin, begin + size};
}

struct QuietLog {
    QuietLog() { WLog_SetLogLevel(WLog_GetRoot(), WLOG_OFF); }
};

}  // namespace

void use_portable_primitives() {
    primitives_set_hints(PRIMITIVES_PURE_SOFT);
}

struct Codecs::Contexts {
    QuietLog quiet;
    BITMAP_INTERLEAVED_CONTEXT* interleaved = bitmap_interleaved_context_new(FALSE);
    BITMAP_INTERLEAVED_CONTEXT* interleaved_encoder = bitmap_interleaved_context_new(TRUE);
    BITMAP_PLANAR_CONTEXT* planar = freerdp_bitmap_planar_context_new(0, side_max, side_max);
    BITMAP_PLANAR_CONTEXT* planar_encoder = nullptr;
    RFX_CONTEXT* rfx = rfx_context_new(FALSE);
    RFX_CONTEXT* rfx_encoder = nullptr;
    PROGRESSIVE_CONTEXT* progressive = progressive_context_new(FALSE);
    PROGRESSIVE_CONTEXT* progressive_encoder = nullptr;
    NSC_CONTEXT* nsc = nsc_context_new();
    CLEAR_CONTEXT* clear = clear_context_new(FALSE);
    std::uint32_t frame = 0;
    std::array<Bytes, 3> full_planes;

    Contexts() {
        rfx_context_set_pixel_format(rfx, PIXEL_FORMAT_BGRX32);
        progressive_context_reset(progressive);
    }
    ~Contexts() {
        bitmap_interleaved_context_free(interleaved);
        bitmap_interleaved_context_free(interleaved_encoder);
        freerdp_bitmap_planar_context_free(planar);
        freerdp_bitmap_planar_context_free(planar_encoder);
        rfx_context_free(rfx);
        rfx_context_free(rfx_encoder);
        progressive_context_free(progressive);
        progressive_context_free(progressive_encoder);
        nsc_context_free(nsc);
        clear_context_free(clear);
    }
};

Codecs::Codecs() : contexts_(std::make_unique<Contexts>()) {}
Codecs::~Codecs() = default;

Bytes Codecs::encode_interleaved(ByteView picture, std::uint32_t width, std::uint32_t height,
                                 std::uint32_t bits) {
    Bytes out(picture.size() * 2 + 64);
    auto size = static_cast<UINT32>(out.size());
    if (!interleaved_compress(contexts_->interleaved_encoder, out.data(), &size, width, height,
                              picture.data(), PIXEL_FORMAT_BGRX32, width * 4, 0, 0, nullptr, bits))
        size = 0;
    out.resize(size);
    return out;
}

bool Codecs::decode_interleaved(ByteView data, std::uint32_t width, std::uint32_t height,
                                std::uint32_t bits, MutableByteView out) {
    return interleaved_decompress(contexts_->interleaved, data.data(),
                                  static_cast<UINT32>(data.size()), width, height, bits, out.data(),
                                  PIXEL_FORMAT_BGRX32, width * 4, 0, 0, width, height, nullptr);
}

Bytes Codecs::encode_planar(ByteView picture, std::uint32_t width, std::uint32_t height,
                            bool alpha) {
    auto& encoder = contexts_->planar_encoder;
    freerdp_bitmap_planar_context_free(encoder);
    const DWORD flags = PLANAR_FORMAT_HEADER_RLE | (alpha ? 0 : PLANAR_FORMAT_HEADER_NA);
    encoder = freerdp_bitmap_planar_context_new(flags, width, height);
    UINT32 size = 0;
    BYTE* data = freerdp_bitmap_compress_planar(encoder, picture.data(), PIXEL_FORMAT_BGRA32, width,
                                                height, width * 4, nullptr, &size);
    Bytes out;
    if (data != nullptr) out.assign(data, data + size);
    std::free(data);
    return out;
}

bool Codecs::decode_planar(ByteView data, std::uint32_t width, std::uint32_t height, bool bottom_up,
                           MutableByteView out) {
    return planar_decompress(contexts_->planar, data.data(), static_cast<UINT32>(data.size()),
                             width, height, out.data(), PIXEL_FORMAT_BGRA32, width * 4, 0, 0, width,
                             height, bottom_up ? TRUE : FALSE);
}

Bytes Codecs::encode_remotefx(ByteView picture, std::uint32_t width, std::uint32_t height,
                              std::span<const Area> areas, bool rlgr3) {
    auto& encoder = contexts_->rfx_encoder;
    if (encoder == nullptr) {
        encoder = rfx_context_new(TRUE);
        rfx_context_reset(encoder, width, height);
        rfx_context_set_pixel_format(encoder, PIXEL_FORMAT_BGRX32);
        encoder->mode = rlgr3 ? RLGR3 : RLGR1;
    }
    std::vector<RFX_RECT> rects;
    for (const auto& area : areas)
        rects.push_back({static_cast<UINT16>(area.x), static_cast<UINT16>(area.y),
                         static_cast<UINT16>(area.width), static_cast<UINT16>(area.height)});
    wStream* stream = Stream_New(nullptr, 1 << 20);
    rfx_compose_message(encoder, stream, rects.data(), rects.size(), picture.data(), width, height,
                        width * 4);
    Bytes out = stream_bytes(stream);
    Stream_Free(stream, TRUE);
    return out;
}

bool Codecs::decode_remotefx(ByteView message, std::uint32_t left, std::uint32_t top,
                             std::uint32_t width, std::uint32_t height, MutableByteView out) {
    return rfx_process_message(contexts_->rfx, message.data(), static_cast<UINT32>(message.size()),
                               left, top, out.data(), PIXEL_FORMAT_BGRX32, width * 4, height,
                               nullptr);
}

Bytes Codecs::encode_progressive(ByteView picture, std::uint32_t width, std::uint32_t height) {
    auto& encoder = contexts_->progressive_encoder;
    if (encoder == nullptr) encoder = progressive_context_new(TRUE);
    BYTE* data = nullptr;
    UINT32 size = 0;
    if (progressive_compress_ex(encoder, picture.data(), static_cast<UINT32>(picture.size()),
                                PIXEL_FORMAT_BGRX32, width, height, width * 4, nullptr, &data,
                                &size) < 0)
        return {};
    return {data, data + size};
}

bool Codecs::decode_progressive(ByteView data, std::uint32_t width, std::uint32_t height,
                                MutableByteView out) {
    progressive_create_surface_context(contexts_->progressive, 0, width, height);
    REGION16 invalid;
    region16_init(&invalid);
    const auto result = progressive_decompress_ex(
        contexts_->progressive, data.data(), static_cast<UINT32>(data.size()), out.data(),
        PIXEL_FORMAT_BGRX32, width * 4, 0, 0, &invalid, 0, ++contexts_->frame);
    region16_uninit(&invalid);
    return result >= 0;
}

void Codecs::reset_progressive() {
    progressive_delete_surface_context(contexts_->progressive, 0);
    progressive_context_reset(contexts_->progressive);
}

Bytes Codecs::encode_nscodec(ByteView picture, std::uint32_t width, std::uint32_t height,
                             std::uint32_t colour_loss, bool subsampled) {
    NSC_CONTEXT* encoder = nsc_context_new();
    nsc_context_set_parameters(encoder, NSC_COLOR_FORMAT, PIXEL_FORMAT_BGRX32);
    nsc_context_set_parameters(encoder, NSC_COLOR_LOSS_LEVEL, colour_loss);
    nsc_context_set_parameters(encoder, NSC_ALLOW_SUBSAMPLING, subsampled ? 1 : 0);
    nsc_context_reset(encoder, width, height);
    wStream* stream = Stream_New(nullptr, 1 << 20);
    nsc_compose_message(encoder, stream, picture.data(), width, height, width * 4);
    Bytes out = stream_bytes(stream);
    Stream_Free(stream, TRUE);
    nsc_context_free(encoder);
    return out;
}

bool Codecs::decode_nscodec(ByteView data, std::uint32_t width, std::uint32_t height,
                            MutableByteView out) {
    nsc_context_set_parameters(contexts_->nsc, NSC_COLOR_FORMAT, PIXEL_FORMAT_BGRA32);
    return nsc_process_message(contexts_->nsc, 32, width, height, data.data(),
                               static_cast<UINT32>(data.size()), out.data(), PIXEL_FORMAT_BGRA32,
                               width * 4, 0, 0, width, height, FREERDP_FLIP_NONE);
}

bool Codecs::decode_clear(ByteView data, std::uint32_t x, std::uint32_t y, std::uint32_t rect_width,
                          std::uint32_t rect_height, std::uint32_t width, std::uint32_t height,
                          MutableByteView out) {
    return clear_decompress(contexts_->clear, data.data(), static_cast<UINT32>(data.size()),
                            rect_width, rect_height, out.data(), PIXEL_FORMAT_BGRX32, width * 4, x,
                            y, width, height, nullptr) == 0;
}

void Codecs::renew_clear() {
    clear_context_free(contexts_->clear);
    contexts_->clear = clear_context_new(FALSE);
}

namespace {

struct PeerPlanes {
    const BYTE* bytes[3];
    UINT32 strides[3];

    explicit PeerPlanes(const Planes& planes) {
        for (std::size_t i = 0; i < 3; ++i) {
            bytes[i] = planes.bytes[i].data();
            strides[i] = planes.strides[i];
        }
    }
};

}  // namespace

bool Codecs::draw_yuv420(const Planes& frame, std::uint32_t width, std::uint32_t height,
                         MutableByteView out) {
    const PeerPlanes planes(frame);
    const prim_size_t size{width, height};
    return primitives_get()->YUV420ToRGB_8u_P3AC4R(planes.bytes, planes.strides, out.data(),
                                                   width * 4, PIXEL_FORMAT_BGRX32,
                                                   &size) == PRIMITIVES_SUCCESS;
}

bool Codecs::draw_avc444(const Planes& main, const Planes& auxiliary, bool version_2,
                         std::uint32_t width, std::uint32_t height, std::uint32_t coded_height,
                         MutableByteView out) {
    const auto* primitives = primitives_get();
    auto& full = contexts_->full_planes;
    BYTE* to[3];
    const BYTE* from[3];
    const UINT32 strides[3] = {width, width, width};
    for (std::size_t i = 0; i < 3; ++i) {
        full[i].resize(std::size_t{width} * coded_height);
        from[i] = to[i] = full[i].data();
    }
    const RECTANGLE_16 whole{0, 0, static_cast<UINT16>(width), static_cast<UINT16>(height)};
    const prim_size_t size{width, height};
    const PeerPlanes first(main), second(auxiliary);
    return primitives->YUV420CombineToYUV444(AVC444_LUMA, first.bytes, first.strides, width,
                                             coded_height, to, strides,
                                             &whole) == PRIMITIVES_SUCCESS &&
           primitives->YUV420CombineToYUV444(version_2 ? AVC444_CHROMAv2 : AVC444_CHROMAv1,
                                             second.bytes, second.strides, width, coded_height, to,
                                             strides, &whole) == PRIMITIVES_SUCCESS &&
           primitives->YUV444ToRGB_8u_P3AC4R(from, strides, out.data(), width * 4,
                                             PIXEL_FORMAT_BGRX32, &size) == PRIMITIVES_SUCCESS;
}

}  // namespace lucid::test::freerdp

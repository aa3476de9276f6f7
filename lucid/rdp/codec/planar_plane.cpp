// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/planar_plane.hpp>

#include <cstring>

namespace lucid::rdp::codec {

namespace {

/// Segments of one row as they stand there: raw values and repetitions of the last one. Returns the
/// end of what was consumed, null where the segments do not fill the row exactly.
///
///   controlByte: cRawBytes in the upper four bits, nRunLength in the lower; lengths 1 and 2 stand
///   for runs of 16 and 32 more than the upper bits, without raw values.
const std::uint8_t* expand_row(const std::uint8_t* in, const std::uint8_t* end, std::uint8_t* out,
                               std::uint32_t width) {
    std::uint8_t value = 0;
    std::uint8_t* const out_end = out + width;
    while (out != out_end) {
        if (in == end) return nullptr;
        const std::uint32_t control = *in++;
        std::uint32_t run = control & 0x0f;
        std::uint32_t raw = control >> 4;
        if (run == 1 || run == 2) {
            run = raw + run * 16;
            raw = 0;
        }
        if (raw + run > static_cast<std::size_t>(out_end - out)) return nullptr;
        if (raw > static_cast<std::size_t>(end - in)) return nullptr;
        if (raw > 0) {
            // Fixed sizes need no call: at most 15 raw bytes, at most 47 of a run. What is written
            // too much is written over by what follows, or lies in the slack.
            if (end - in >= 16)
                std::memcpy(out, in, 16);
            else
                std::memcpy(out, in, raw);
            in += raw;
            out += raw;
            value = in[-1];
        }
        std::memset(out, value, 16);
        if (run > 16) std::memset(out + 16, value, 32);
        out += run;
    }
    return in;
}

/// Differences are sign and magnitude in one byte, the sign lowest: 0, -1, 1, -2, 2, …
void add_row(const std::uint8_t* above, std::uint8_t* row, std::uint32_t width) {
    for (std::uint32_t x = 0; x < width; ++x) {
        const std::uint8_t coded = row[x];
        const auto sign = static_cast<std::uint8_t>(-(coded & 1));
        row[x] = static_cast<std::uint8_t>(above[x] + ((coded >> 1) ^ sign));
    }
}

}  // namespace

Result<void> decode_plane_rle(Reader& reader, BitmapSize size, MutableByteView out) {
    const ByteView input = reader.rest();
    const std::uint8_t* in = input.data();
    const std::uint8_t* const end = in + input.size();
    std::uint8_t* row = out.data();
    for (std::uint32_t y = 0; y < size.height; ++y, row += size.width) {
        in = expand_row(in, end, row, size.width);
        if (in == nullptr) return fail(Errc::bad_length, "planar run-length segments", y);
        if (y > 0) add_row(row - size.width, row, size.width);
    }
    return reader.skip(static_cast<std::size_t>(in - input.data()), "planar plane");
}

}  // namespace lucid::rdp::codec

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/progressive_bands.hpp>
#include <lucid/rdp/codec/progressive_context.hpp>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint8_t state_version = 1;

/// What is kept of a tile's signs: nothing; that they are those of the coefficients (as long as no
/// difference was added); or all of them. Those of LL3 do not matter.
enum class SignForm : std::uint8_t { none, of_coefficients, listed };

bool signs_follow(const ProgressiveTile& tile) {
    const BandSizes& sizes = tile.extrapolate ? extrapolated_bands : plain_bands;
    for (int c = 0; c < tile_components; ++c)
        for (std::size_t i = 0; i < tile_coefficients - sizes[ll3]; ++i) {
            const int value = tile.current[c][i];
            if (tile.signs->sign[c][i] != (value > 0) - (value < 0)) return false;
        }
    return true;
}

/// Runs of zeros and values, both as varints: zigzag keeps small negative values short.
template <class T>
void write_sparse(Writer& writer, const T (&values)[tile_coefficients]) {
    std::uint64_t zeros = 0;
    for (const int value : values) {
        if (value == 0) {
            ++zeros;
            continue;
        }
        writer.varint(zeros);
        writer.varint(static_cast<std::uint64_t>(value < 0 ? -2 * value - 1 : 2 * value));
        zeros = 0;
    }
    if (zeros > 0) writer.varint(zeros);
}

template <class T>
Result<void> read_sparse(Reader& reader, T (&values)[tile_coefficients]) {
    std::size_t at = 0;
    while (at < tile_coefficients) {
        LUCID_TRY(const auto zeros, reader.varint("progressive state zeros"));
        if (zeros > tile_coefficients - at)
            return fail(Errc::bad_length, "progressive state zeros", zeros);
        for (std::uint64_t left = zeros; left > 0; --left) values[at++] = 0;
        if (at == tile_coefficients) break;
        LUCID_TRY(const auto coded, reader.varint("progressive state value"));
        if (coded > 0xffff) return fail(Errc::bad_value, "progressive state value", coded);
        const int half = static_cast<int>(coded / 2);
        values[at++] = static_cast<T>(coded % 2 == 0 ? half : -half - 1);
    }
    return {};
}

void write_tile(Writer& writer, const ProgressiveTile& tile) {
    const SignForm form = !tile.signs          ? SignForm::none
                          : signs_follow(tile) ? SignForm::of_coefficients
                                               : SignForm::listed;
    writer.u8(static_cast<std::uint8_t>(form)).u8(tile.extrapolate ? 1 : 0);
    for (int c = 0; c < tile_components; ++c) {
        writer.bytes(tile.bit_position[c]);
        write_sparse(writer, tile.current[c]);
        if (form == SignForm::listed) write_sparse(writer, tile.signs->sign[c]);
    }
}

Result<void> read_tile(Reader& reader, ProgressiveTile& tile) {
    LUCID_TRY(const auto form, reader.u8("progressive state signs"));
    if (form > static_cast<std::uint8_t>(SignForm::listed))
        return fail(Errc::bad_value, "progressive state signs", form);
    LUCID_TRY(const auto extrapolate, reader.u8("progressive state transform"));
    tile.extrapolate = extrapolate != 0;
    if (form != static_cast<std::uint8_t>(SignForm::none))
        tile.signs = std::make_unique<TileSigns>();
    for (int c = 0; c < tile_components; ++c) {
        LUCID_TRY(tile.bit_position[c], reader.array<tile_bands>("progressive state bits"));
        for (const auto bits : tile.bit_position[c])
            if (bits > 30) return fail(Errc::bad_value, "progressive state bits", bits);
        LUCID_CHECK(read_sparse(reader, tile.current[c]));
        if (form == static_cast<std::uint8_t>(SignForm::listed))
            LUCID_CHECK(read_sparse(reader, tile.signs->sign[c]));
        if (form == static_cast<std::uint8_t>(SignForm::of_coefficients))
            for (std::size_t i = 0; i < tile_coefficients; ++i) {
                const int value = tile.current[c][i];
                tile.signs->sign[c][i] = static_cast<std::int8_t>((value > 0) - (value < 0));
            }
    }
    return {};
}

}  // namespace

void ProgressiveDecoder::save(Bytes& out, std::vector<std::size_t>* cuts) const {
    Writer writer;
    writer.u8(state_version).u32_le(static_cast<std::uint32_t>(contexts_.size()));
    for (const auto& [key, context] : contexts_) {
        writer.u16_le(key.surface_id).u32_le(key.codec_context_id);
        writer.u32_le(static_cast<std::uint32_t>(context->tiles.size()));
        for (const auto& [place, tile] : context->tiles) {
            writer.u32_le(place);
            write_tile(writer, *tile);
            if (cuts != nullptr) cuts->push_back(out.size() + writer.offset());
        }
    }
    append(out, writer.view());
}

Result<void> ProgressiveDecoder::restore(ByteView state) {
    reset();
    auto done = read_state(state);
    if (!done) reset();
    return done;
}

Result<void> ProgressiveDecoder::read_state(ByteView state) {
    Reader reader(state);
    LUCID_TRY(const auto version, reader.u8("progressive state version"));
    if (version != state_version) return fail(Errc::bad_version, "progressive state", version);
    LUCID_TRY(const auto contexts, reader.u32_le("progressive state contexts"));
    if (contexts > progressive_contexts_max)
        return fail(Errc::limit_exceeded, "progressive state contexts", contexts);
    for (std::uint32_t i = 0; i < contexts; ++i) {
        ContextKey key;
        LUCID_TRY(key.surface_id, reader.u16_le("progressive state surface"));
        LUCID_TRY(key.codec_context_id, reader.u32_le("progressive state context"));
        LUCID_TRY(const auto tiles, reader.u32_le("progressive state tiles"));
        Context& context = *contexts_.emplace(key, std::make_unique<Context>()).first->second;
        for (std::uint32_t t = 0; t < tiles; ++t) {
            LUCID_TRY(const auto place, reader.u32_le("progressive state place"));
            LUCID_TRY(ProgressiveTile * tile, tile_at(context, place));
            LUCID_CHECK(read_tile(reader, *tile));
        }
    }
    return reader.finish("progressive state");
}

}  // namespace lucid::rdp::codec

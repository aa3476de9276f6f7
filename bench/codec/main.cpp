// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/avc444.hpp>
#include <lucid/rdp/codec/clear.hpp>
#include <lucid/rdp/codec/interleaved.hpp>
#include <lucid/rdp/codec/nscodec.hpp>
#include <lucid/rdp/codec/planar.hpp>
#include <lucid/rdp/codec/progressive.hpp>
#include <lucid/rdp/codec/remotefx.hpp>

#include <bench/codec/contest.hpp>
#include <bench/codec/scenes.hpp>
#include <bench/codec/zgfx_contest.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <tests/support/clear_writer.hpp>
#include <tests/support/freerdp_codecs.hpp>
#include <tests/support/progressive_writer.hpp>

// Lucid's pixel codecs beside FreeRDP's library on the same streams, one thread each. See
// README.md.

namespace lucid::bench {
namespace {

using namespace rdp::codec;
using Peer = test::freerdp::Codecs;

/// Everything a contest's two closures share.
struct Table {
    Scene scene;
    Bytes out;
    std::shared_ptr<Peer> peer = std::make_shared<Peer>();
    std::vector<Bytes> parts;  ///< coded
    std::vector<Rect> places;  ///< of the parts

    explicit Table(Scene s) : scene(std::move(s)), out(scene.pixels.size()) {}
    [[nodiscard]] PixelView view() {
        return *PixelView::make(out, scene.width, scene.height, std::size_t{scene.width} * 4);
    }
    [[nodiscard]] double coded() const {
        double sum = 0;
        for (const auto& part : parts) sum += static_cast<double>(part.size());
        return sum;
    }
    [[nodiscard]] double pixels() const { return static_cast<double>(scene.width) * scene.height; }
};
using TablePtr = std::shared_ptr<Table>;

/// The scene cut into bitmaps of `side`, each coded by itself; they are decoded into one small
/// bitmap.
TablePtr tiles(Scene scene, std::uint32_t side,
               const std::function<Bytes(Peer&, ByteView)>& encode) {
    auto table = std::make_shared<Table>(std::move(scene));
    Bytes tile(std::size_t{side} * side * 4);
    const auto to = *PixelView::make(tile, side, side, std::size_t{side} * 4);
    for (std::uint32_t y = 0; y + side <= table->scene.height; y += side)
        for (std::uint32_t x = 0; x + side <= table->scene.width; x += side) {
            copy(table->scene.view().clipped({x, y, side, side}), to);
            table->parts.push_back(encode(*table->peer, tile));
            table->places.push_back({x, y, side, side});
        }
    return table;
}

Contest tile_contest(const char* codec, TablePtr table, std::uint32_t side,
                     const std::function<bool(ByteView, PixelView)>& ours,
                     const std::function<bool(Peer&, ByteView, MutableByteView)>& theirs) {
    const auto run_ours = [=] {
        const auto to = *PixelView::make(table->out, side, side, std::size_t{side} * 4);
        for (const auto& part : table->parts)
            if (!ours(part, to)) return false;
        return true;
    };
    const auto run_theirs = [=] {
        for (const auto& part : table->parts)
            if (!theirs(*table->peer, part, table->out)) return false;
        return true;
    };
    return {codec, table->scene.name, table->pixels(), table->coded(), run_ours, run_theirs};
}

Contest interleaved(Scene scene, std::uint32_t bits) {
    auto table = tiles(std::move(scene), 64, [bits](Peer& peer, ByteView pixels) {
        return peer.encode_interleaved(pixels, 64, 64, bits);
    });
    auto decoder = std::make_shared<InterleavedDecoder>();
    return tile_contest(
        bits == 16 ? "interleaved 16" : "interleaved 24", table, 64,
        [=](ByteView data, PixelView to) {
            static constexpr Palette palette = {};
            return bool(decoder->decode(data, bits, {64, 64}, palette, to));
        },
        [=](Peer& peer, ByteView data, MutableByteView to) {
            return peer.decode_interleaved(data, 64, 64, bits, to);
        });
}

Contest planar(Scene scene) {
    auto table = tiles(std::move(scene), 64, [](Peer& peer, ByteView pixels) {
        return peer.encode_planar(pixels, 64, 64, false);
    });
    auto decoder = std::make_shared<PlanarDecoder>();
    return tile_contest(
        "planar", table, 64,
        [=](ByteView data, PixelView to) {
            return bool(decoder->decode(data, {64, 64}, RowOrder::bottom_up, to));
        },
        [](Peer& peer, ByteView data, MutableByteView to) {
            return peer.decode_planar(data, 64, 64, true, to);
        });
}

Contest nscodec(Scene scene) {
    auto table = tiles(std::move(scene), 64, [](Peer& peer, ByteView pixels) {
        return peer.encode_nscodec(pixels, 64, 64, 3, true);
    });
    auto decoder = std::make_shared<NsCodecDecoder>();
    return tile_contest(
        "NSCodec", table, 64,
        [=](ByteView data, PixelView to) {
            return bool(decoder->decode(data, {64, 64}, RowOrder::top_down, to));
        },
        [](Peer& peer, ByteView data, MutableByteView to) {
            return peer.decode_nscodec(data, 64, 64, to);
        });
}

Contest remotefx(Scene scene, bool rlgr3) {
    auto table = std::make_shared<Table>(std::move(scene));
    auto& s = table->scene;
    const test::freerdp::Area whole{0, 0, s.width, s.height};
    table->parts.push_back(
        table->peer->encode_remotefx(s.pixels, s.width, s.height, {&whole, 1}, rlgr3));
    auto decoder = std::make_shared<RemoteFxDecoder>();
    auto damage = std::make_shared<std::vector<Rect>>();
    return {rlgr3 ? "RemoteFX RLGR3" : "RemoteFX RLGR1",
            s.name,
            table->pixels(),
            table->coded(),
            [=] {
                damage->clear();
                return bool(decoder->decode(table->parts[0], table->view(), {0, 0}, *damage));
            },
            [=] {
                return table->peer->decode_remotefx(table->parts[0], 0, 0, table->scene.width,
                                                    table->scene.height, table->out);
            }};
}

/// A frame is each of the messages once.
Contest progressive(Scene scene, bool passes) {
    auto table = std::make_shared<Table>(std::move(scene));
    auto& s = table->scene;
    if (passes) {
        test::ProgressiveWriter writer(s.width, s.height, true);
        table->parts.push_back(writer.first(s.view(), 5));
        table->parts.push_back(writer.upgrade(2));
        table->parts.push_back(writer.upgrade(0));
    } else {
        table->parts.push_back(table->peer->encode_progressive(s.pixels, s.width, s.height));
    }
    auto decoder = std::make_shared<ProgressiveDecoder>();
    auto damage = std::make_shared<std::vector<Rect>>();
    return {passes ? "progressive, 3 passes" : "progressive, simple",
            s.name,
            table->pixels(),
            table->coded(),
            [=] {
                damage->clear();
                for (const auto& part : table->parts)
                    if (!decoder->decode({0, 0}, part, table->view(), *damage)) return false;
                return true;
            },
            [=] {
                for (const auto& part : table->parts)
                    if (!table->peer->decode_progressive(part, table->scene.width,
                                                         table->scene.height, table->out))
                        return false;
                return true;
            }};
}

/// Bands of 52 rows over the whole scene: the first frame fills the rings, the timed ones hit them.
Contest clear(Scene scene, bool hits) {
    auto table = std::make_shared<Table>(std::move(scene));
    auto& s = table->scene;
    test::ClearWriter writer;
    writer.reset_next();
    for (int frame = 0; frame < (hits ? 2 : 1); ++frame)
        for (std::uint32_t y = 0; y < s.height; y += 52) {
            const Rect place{0, y, s.width, std::min(52U, s.height - y)};
            table->parts.push_back(writer.bands(s.view().clipped(place)));
            table->places.push_back(place);
        }
    const auto decode_all = [table](const auto& decode) {
        std::uint8_t sequence = 0;
        for (std::size_t i = 0; i < table->parts.size(); ++i) {
            table->parts[i][1] = ++sequence;
            if (!decode(table->parts[i], table->places[i])) return false;
        }
        return true;
    };
    return {hits ? "ClearCodec, twice" : "ClearCodec, new bars",
            s.name,
            table->pixels() * (hits ? 2 : 1),
            table->coded(),
            [=] {
                ClearDecoder decoder;
                return decode_all([&](ByteView data, const Rect& place) {
                    return bool(decoder.decode(data, table->view().clipped(place)));
                });
            },
            [=] {
                // A context of its own for each frame, as the sequence begins again.
                table->peer->renew_clear();
                return decode_all([&](ByteView data, const Rect& r) {
                    return table->peer->decode_clear(data, r.x, r.y, r.width, r.height,
                                                     table->scene.width, table->scene.height,
                                                     table->out);
                });
            }};
}

/// Planes of frames as a decoder of H.264 leaves them; their samples are bytes of the scene. What
/// is timed is all that follows: planes put together, and colours.
struct AvcFrames {
    TablePtr table;
    std::uint32_t coded_height;
    std::array<Bytes, 3> main, auxiliary;

    explicit AvcFrames(Scene scene) : table(std::make_shared<Table>(std::move(scene))) {
        const auto& s = table->scene;
        coded_height = (s.height + 15) / 16 * 16;
        const auto luma = std::size_t{s.width} * coded_height;
        std::size_t at = 0;
        for (auto* planes : {&main, &auxiliary})
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t n = i == 0 ? luma : luma / 4; n > 0; --n)
                    (*planes)[i].push_back(s.pixels[at++ % s.pixels.size()]);
    }
    [[nodiscard]] Yuv420Frame ours(const std::array<Bytes, 3>& p) const {
        const auto width = table->scene.width;
        return {{p[0], width}, {p[1], width / 2}, {p[2], width / 2}, width, coded_height};
    }
    [[nodiscard]] test::freerdp::Planes theirs(const std::array<Bytes, 3>& p) const {
        const auto width = table->scene.width;
        return {{p[0], p[1], p[2]}, {width, width / 2, width / 2}};
    }
};

Contest yuv420(Scene scene) {
    auto frames = std::make_shared<AvcFrames>(std::move(scene));
    const Rect whole{0, 0, frames->table->scene.width, frames->table->scene.height};
    return {
        "YUV420 to pixels",
        frames->table->scene.name,
        frames->table->pixels(),
        frames->table->pixels() * 1.5,
        [=] { return bool(draw_yuv420(frames->ours(frames->main), whole, frames->table->view())); },
        [=] {
            return frames->table->peer->draw_yuv420(frames->theirs(frames->main), whole.width,
                                                    whole.height, frames->table->out);
        }};
}

Contest avc444(Scene scene, Avc444Version version) {
    auto frames = std::make_shared<AvcFrames>(std::move(scene));
    auto combiner = std::make_shared<Avc444Combiner>();
    const Rect whole{0, 0, frames->table->scene.width, frames->table->scene.height};
    const bool ready = bool(combiner->reset({whole.width, whole.height}));
    return {
        version == Avc444Version::v1 ? "AVC444 v1 planes" : "AVC444 v2 planes",
        frames->table->scene.name,
        frames->table->pixels(),
        frames->table->pixels() * 3,
        [=] {
            if (!ready || !combiner->take_main(frames->ours(frames->main), {&whole, 1}) ||
                !combiner->take_auxiliary(frames->ours(frames->auxiliary), {&whole, 1}, version))
                return false;
            combiner->draw({&whole, 1}, frames->table->view());
            return true;
        },
        [=] {
            return frames->table->peer->draw_avc444(
                frames->theirs(frames->main), frames->theirs(frames->auxiliary),
                version == Avc444Version::v2, whole.width, whole.height, frames->coded_height,
                frames->table->out);
        }};
}

void print(const Contest& contest, const Outcome& outcome, bool json) {
    const double megabytes = contest.frame_pixels * 4 / 1e6;
    const double share = contest.frame_coded_bytes / (contest.frame_pixels * 4);
    if (json) {
        std::printf(
            "{\"codec\":\"%s\",\"scene\":\"%s\",\"coded_share\":%.4f,\"mb_per_s\":%.0f,"
            "\"frames_per_s\":%.1f,\"peer_frames_per_s\":%.1f,\"ratio\":%.2f,\"ratio_low\":%.2f,"
            "\"ratio_high\":%.2f}\n",
            contest.codec.c_str(), contest.scene.c_str(), share, megabytes * outcome.ours_frames,
            outcome.ours_frames, outcome.theirs_frames, outcome.ratio, outcome.ratio_low,
            outcome.ratio_high);
    } else {
        std::printf("| %s | %s | %.1f %% | %.0f | %.0f | %.0f | %.2f | %.2f-%.2f |\n",
                    contest.codec.c_str(), contest.scene.c_str(), 100 * share,
                    megabytes * outcome.ours_frames, outcome.ours_frames, outcome.theirs_frames,
                    outcome.ratio, outcome.ratio_low, outcome.ratio_high);
    }
    std::fflush(stdout);
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    using namespace lucid::bench;
    int rounds = 7;
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--json") == 0)
            json = true;
        else if (std::strcmp(argv[i], "--help") == 0)
            return std::puts("usage: bench_codec [rounds=7] [--json]"), 0;
        else
            rounds = std::max(1, std::atoi(argv[i]));
    }
    constexpr std::uint32_t width = 1920, height = 1080;
    if (!json)
        std::puts(
            "| codec | scene | coded | MB/s | frames/s | FreeRDP frames/s | ratio | spread |\n"
            "|---|---|---|---|---|---|---|---|");
    const auto scenes = {desktop_scene, photo_scene};
    for (const auto& scene : scenes) {
        std::vector<Contest> contests;
        contests.push_back(remotefx(scene(width, height), false));
        contests.push_back(remotefx(scene(width, height), true));
        contests.push_back(progressive(scene(width, height), false));
        contests.push_back(progressive(scene(width, height), true));
        contests.push_back(planar(scene(width, height)));
        contests.push_back(zgfx(scene(width, height)));
        contests.push_back(clear(scene(width, height), false));
        contests.push_back(clear(scene(width, height), true));
        contests.push_back(nscodec(scene(width, height)));
        contests.push_back(interleaved(scene(width, height), 16));
        contests.push_back(interleaved(scene(width, height), 24));
        contests.push_back(yuv420(scene(width, height)));
        contests.push_back(avc444(scene(width, height), Avc444Version::v1));
        contests.push_back(avc444(scene(width, height), Avc444Version::v2));
        for (const auto& contest : contests) print(contest, run(contest, rounds, 0.15), json);
    }
    return 0;
}

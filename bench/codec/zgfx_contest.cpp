// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/zgfx.hpp>

#include <bench/codec/zgfx_contest.hpp>
#include <cstdlib>
#include <cstring>
#include <freerdp/codec/zgfx.h>
#include <memory>
#include <tests/support/zgfx_writer.hpp>

namespace lucid::bench {
namespace {

constexpr std::size_t segment_bytes = 65'535;
constexpr std::size_t match_bytes_min = 4;
constexpr unsigned hash_bits = 16;

std::uint32_t word_at(ByteView bytes, std::size_t at) {
    std::uint32_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    return word;
}

/// Matches are looked for where the same four bytes were last.
std::vector<Bytes> pack(ByteView plain) {
    std::vector<std::size_t> last(std::size_t{1} << hash_bits, SIZE_MAX);
    std::vector<Bytes> messages;
    for (std::size_t start = 0; start < plain.size(); start += segment_bytes) {
        const auto end = std::min(plain.size(), start + segment_bytes);
        test::ZgfxWriter writer;
        for (std::size_t at = start; at < end;) {
            std::size_t length = 0;
            std::size_t from = SIZE_MAX;
            if (at + match_bytes_min <= end) {
                auto& slot = last[(word_at(plain, at) * 2'654'435'761U) >> (32 - hash_bits)];
                from = std::exchange(slot, at);
                if (from != SIZE_MAX && at - from <= rdp::bulk::zgfx_history_bytes / 2)
                    while (at + length < end && plain[from + length] == plain[at + length])
                        ++length;
            }
            if (length >= match_bytes_min)
                writer.match(static_cast<std::uint32_t>(at - from),
                             static_cast<std::uint32_t>(length));
            else
                writer.literal(plain[at]);
            at += length >= match_bytes_min ? length : 1;
        }
        messages.push_back(test::zgfx_single(writer.segment()));
    }
    return messages;
}

struct ContextDeleter {
    void operator()(ZGFX_CONTEXT* context) const { zgfx_context_free(context); }
};

}  // namespace

Contest zgfx(const Scene& scene) {
    const auto messages = std::make_shared<std::vector<Bytes>>(pack(scene.pixels));
    double coded = 0;
    for (const auto& message : *messages) coded += static_cast<double>(message.size());
    const auto ours = std::make_shared<rdp::bulk::Zgfx>();
    const std::shared_ptr<ZGFX_CONTEXT> theirs(zgfx_context_new(FALSE), ContextDeleter());
    const auto bytes = scene.pixels.size();
    return {"ZGFX",
            scene.name,
            static_cast<double>(scene.width) * scene.height,
            coded,
            [=] {
                std::size_t got = 0;
                for (const auto& message : *messages) {
                    const auto plain = ours->decompress(message);
                    if (!plain) return false;
                    got += plain->size();
                }
                return got == bytes;
            },
            [=] {
                std::size_t got = 0;
                for (const auto& message : *messages) {
                    BYTE* out = nullptr;
                    UINT32 size = 0;
                    if (zgfx_decompress(theirs.get(), message.data(),
                                        static_cast<UINT32>(message.size()), &out, &size, 0) < 0)
                        return false;
                    got += size;
                    std::free(out);
                }
                return got == bytes;
            }};
}

}  // namespace lucid::bench

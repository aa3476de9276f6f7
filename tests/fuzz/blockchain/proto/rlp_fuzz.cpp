// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/rlp.hpp>
#include <lucid/common/result/assert.hpp>

#include <optional>

namespace {

using namespace lucid;
using namespace lucid::blockchain::proto;

constexpr int depth_max = 64;

/// Decodes everything and encodes it again; nothing when some item is refused.
std::optional<Bytes> again(rlp::Decoder items, int depth) {
    rlp::Encoder out;
    while (!items.empty()) {
        if (items.next_is_list()) {
            if (depth == depth_max) return std::nullopt;
            const auto list = items.sublist("list");
            if (!list) return std::nullopt;
            const auto inner = again(*list, depth + 1);
            if (!inner) return std::nullopt;
            out.raw(*inner);
        } else {
            const auto value = items.bytes("bytes");
            if (!value) return std::nullopt;
            out.bytes(*value);
        }
    }
    return out.list();
}

}  // namespace

/// Oracle: what the strict decoder takes has one encoding, its own.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView bytes(data, size);
    const auto list = rlp::Decoder::list(bytes, "whole");
    if (!list) return 0;
    const auto encoded = again(*list, 0);
    if (encoded)
        LUCID_ASSERT(std::equal(encoded->begin(), encoded->end(), bytes.begin(), bytes.end()));
    return 0;
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/tiles.hpp>

#include <algorithm>

namespace lucid::sessions::format {

std::map<std::string, Bytes> make_tiles(std::span<const Hash32> leaves) {
    std::map<std::string, Bytes> tiles;
    std::vector<Hash32> level(leaves.begin(), leaves.end());
    for (unsigned height = 0; !level.empty(); ++height) {
        std::vector<Hash32> next;
        for (std::size_t start = 0; start < level.size(); start += tile_hashes) {
            const auto count = std::min(tile_hashes, level.size() - start);
            const auto hashes = std::span(level).subspan(start, count);
            Bytes content;
            content.reserve(count * 32);
            for (const auto& hash : hashes) append(content, hash);
            tiles["tiles/" + std::to_string(height) + "/" + std::to_string(start / tile_hashes)] =
                std::move(content);
            if (count == tile_hashes) next.push_back(crypto::merkle_root(hashes));
        }
        level = std::move(next);
    }
    return tiles;
}

}  // namespace lucid::sessions::format

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/log_pages.hpp>
#include <lucid/blockchain/tlog/tile_path.hpp>
#include <lucid/common/bytes/writer.hpp>

namespace lucid::blockchain::rpc {
namespace {

constexpr unsigned tile_height = 8;  ///< levels of the tree in one of tiles

Result<Bytes> tile_body(const store::AnchorLog& log, const tlog::TilePath& name) {
    if (!name.exists_at(log.size())) return fail(Errc::not_found, "tile");
    const auto level = name.level.value_or(0) * tile_height;
    const auto first = name.index * tlog::tile_width;
    Writer body;
    for (auto index = first; index < first + name.width; ++index) {
        if (name.level) {
            LUCID_TRY(const auto hash, log.subtree(level, index));
            body.bytes(hash);
        } else {
            LUCID_TRY(const auto entry, log.entry(index));
            body.u16_be(static_cast<std::uint16_t>(entry.data.size())).bytes(entry.data);
        }
    }
    return body.take();
}

}  // namespace

Result<LogPage> log_page(const chain::Chain& chain, std::string_view path) {
    if (path == "checkpoint") {
        LUCID_TRY(const auto note, chain.checkpoint_note());
        return LogPage{to_bytes(as_bytes(note)), true, false};
    }
    LUCID_TRY(const auto name, tlog::TilePath::from_text(path));
    const auto size = chain.log_size();
    LUCID_TRY(const auto snapshot, chain.blocks().snapshot());
    LUCID_TRY(auto body, tile_body(store::AnchorLog(snapshot, size), name));
    return LogPage{std::move(body), false, name.width == tlog::tile_width};
}

}  // namespace lucid::blockchain::rpc

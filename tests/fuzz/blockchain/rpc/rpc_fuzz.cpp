// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/result/assert.hpp>

#include <tests/unit/blockchain/chain/chain_rig.hpp>

#include <nlohmann/json.hpp>

namespace {

using namespace lucid::blockchain;

void check(const std::string& answer) {
    LUCID_ASSERT(answer.empty() || nlohmann::json::accept(answer));
}

}  // namespace

/// Oracle: whatever the network sends over HTTP or a WebSocket, the answer is JSON (or nothing, for
/// notifications), so is every piece of news, and the height stays what it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static chain::test::ChainRig rig;
    static const rpc::Rpc http(rig.chain(), {});
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto height = rig.chain().height();
    check(http.handle(text, false));
    // Lines are the messages of one connection.
    rpc::Rpc::Connection connection(http);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        check(connection.handle(text.substr(at, end - at)));
        for (const auto& message : connection.news()) check(message);
        at = end + 1;
    }
    LUCID_ASSERT(rig.chain().height() == height);
    return 0;
}

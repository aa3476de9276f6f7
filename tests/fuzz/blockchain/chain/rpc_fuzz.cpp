// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/rpc.hpp>
#include <lucid/common/result/assert.hpp>

#include <tests/unit/blockchain/chain/chain_rig.hpp>

#include <nlohmann/json.hpp>

/// Oracle: whatever the network sends, the answer is JSON (or nothing, for notifications), and the
/// height stays what it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid::blockchain::chain;
    static test::ChainRig rig;
    static const Rpc rpc(rig.chain(), "Lucid/fuzz", [] { return std::string("{}"); });
    const auto height = rig.chain().height();
    const auto answer =
        rpc.handle(std::string_view(reinterpret_cast<const char*>(data), size), false);
    LUCID_ASSERT(answer.empty() || nlohmann::json::accept(answer));
    LUCID_ASSERT(rig.chain().height() == height);
    return 0;
}

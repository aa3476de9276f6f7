// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "chain_setup.hpp"

#include <lucid/blockchain/chain/open_chain.hpp>
#include <lucid/core/runtime/clock.hpp>

namespace lucid::app {

Result<void> set_up_chain(const core::runtime::DataDir& data) {
    return blockchain::chain::create_chain(
        data, static_cast<std::uint64_t>(core::runtime::wall_time_s()));
}

}  // namespace lucid::app

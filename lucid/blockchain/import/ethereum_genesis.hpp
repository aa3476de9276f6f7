// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// geth's genesis.json.

#include <lucid/blockchain/import/fork_schedule.hpp>

namespace lucid::blockchain::import {

struct EthereumGenesis {
    ForkSchedule schedule;
    state::Accounts accounts;
    proto::Header header;
};
Result<EthereumGenesis> read_genesis(std::string_view json);

}  // namespace lucid::blockchain::import

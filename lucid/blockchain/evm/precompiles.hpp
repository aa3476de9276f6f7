// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Precompiled contracts: 0x01 – 0x04 from Frontier, 0x05 – 0x08 Byzantium, 0x09 Istanbul, 0x0a
/// Cancun, 0x0b – 0x11 Prague, 0x100 Osaka.

#include <lucid/blockchain/evm/outcome.hpp>
#include <lucid/blockchain/proto/fork.hpp>

namespace lucid::blockchain::evm {

[[nodiscard]] bool is_precompile(const proto::Address& address, proto::Fork fork);
/// Addresses of all of a fork's.
[[nodiscard]] std::vector<proto::Address> precompiles_of(proto::Fork fork);
/// `address` is one of the fork's. Refused input takes all gas.
Outcome run_precompile(const proto::Address& address, proto::Fork fork, ByteView input,
                       std::uint64_t gas);

}  // namespace lucid::blockchain::evm

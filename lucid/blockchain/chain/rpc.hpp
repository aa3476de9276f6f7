// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Ethereum JSON-RPC 2.0 over a Chain (execution-apis; geth's codes and texts), and Lucid's own
/// methods. Text in, text out: HTTP and sockets are elsewhere.

#include <lucid/blockchain/chain/chain.hpp>

#include <functional>
#include <string>

namespace lucid::blockchain::chain {

class Rpc {
  public:
    static constexpr std::size_t request_bytes_max = 1024 * 1024;
    /// Brackets within brackets; an access list in a batch needs seven.
    static constexpr std::size_t nesting_max = 32;
    static constexpr std::size_t batch_max = 1000;
    /// Once a batch's answers are larger, the rest of it gets errors.
    static constexpr std::size_t batch_response_bytes_max = 25'000'000;
    /// Reward percentiles of eth_feeHistory.
    static constexpr std::size_t percentiles_max = 100;
    static constexpr std::uint64_t log_range_blocks_max = 100'000;
    static constexpr std::size_t logs_max = 10'000;

    /// `status` adds what the process knows to lucid_status, as a JSON object.
    Rpc(Chain& chain, std::string client_version, std::function<std::string()> status)
        : chain_(chain), client_version_(std::move(client_version)), status_(std::move(status)) {}

    /// One request or a batch. `local`: from the node's own socket, which may anchor.
    [[nodiscard]] std::string handle(std::string_view request, bool local) const;

  private:
    Chain& chain_;
    std::string client_version_;
    std::function<std::string()> status_;
};

}  // namespace lucid::blockchain::chain

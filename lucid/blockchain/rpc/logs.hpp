// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Log filters: eth_getLogs, filters and subscriptions share them. Private to this folder.

#include <lucid/blockchain/rpc/call.hpp>

namespace lucid::blockchain::rpc {

/// address and topics of a filter object.
class LogFilter {
  public:
    /// Throws RpcError.
    explicit LogFilter(const Json& filter);
    [[nodiscard]] bool matches(const proto::Log& log) const;
    /// False: none of the logs behind this bloom can match.
    [[nodiscard]] bool may_match(const proto::Bloom& bloom) const;
    /// Appends a block's matching logs; throws once there are more than logs_max.
    void collect(const StoredBlock& block, Json& out) const;

  private:
    std::vector<proto::Address> addresses_;
    std::vector<std::vector<Hash32>> topics_;
};

/// Logs of blocks [first, last]; looks at the clock.
[[nodiscard]] Json logs_between(const Call& call, const LogFilter& filter, std::uint64_t first,
                                std::uint64_t last);
/// What a filter object asks for now.
[[nodiscard]] Json logs_of(const Call& call, const Json& filter);
/// Object or nothing else; throws RpcError.
[[nodiscard]] const Json& filter_object(const Json& object);

}  // namespace lucid::blockchain::rpc

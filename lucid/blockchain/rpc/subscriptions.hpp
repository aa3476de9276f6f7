// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// eth_subscribe on one connection. Private to this folder.

#include <lucid/blockchain/rpc/filters.hpp>

namespace lucid::blockchain::rpc {

class Subscriptions {
  public:
    /// eth_subscribe, eth_unsubscribe; nothing for another method. Throws RpcError.
    std::optional<Json> handle(const std::string& method, const Call& call);
    /// One eth_subscription message each.
    [[nodiscard]] std::vector<Json> news(const Call& call);

  private:
    Json subscribe(const Call& call);
    std::map<std::string, NewsCursor> subscriptions_;
};

}  // namespace lucid::blockchain::rpc

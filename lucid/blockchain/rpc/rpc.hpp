// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Ethereum JSON-RPC 2.0 over a ChainView (execution-apis; geth's codes and texts), and Lucid's own
/// methods. Text in, text out: HTTP and sockets are elsewhere.

#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/values.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lucid::blockchain::rpc {

class FilterTable;
class Subscriptions;

struct RpcOptions {
    std::string client_version = "Lucid";
    /// Adds what the process knows to lucid_status, as a JSON object.
    std::function<std::string()> status = [] { return std::string("{}"); };
    /// Methods of a test's own: parameters in, result out; they throw RpcError.
    std::map<std::string, std::function<Json(const Json& params)>> more = {};
    /// For the life of filters and the time of requests.
    std::function<std::chrono::steady_clock::time_point()> clock = [] {
        return std::chrono::steady_clock::now();
    };
};

class Rpc {
  public:
    /// Lucid's chain: with lucid_*.
    Rpc(chain::Chain& chain, RpcOptions options);
    /// Any other.
    Rpc(chain::ChainView& chain, RpcOptions options);
    ~Rpc();
    Rpc(const Rpc&) = delete;
    Rpc& operator=(const Rpc&) = delete;

    /// One request or a batch; empty where nothing is to be answered (notifications). `local`: from
    /// the node's own socket, which may anchor. Called from several threads.
    [[nodiscard]] std::string handle(std::string_view request, bool local) const;

    /// One WebSocket connection: the same methods, and subscriptions. Used by one thread.
    class Connection {
      public:
        explicit Connection(const Rpc& rpc);
        ~Connection();
        Connection(const Connection&) = delete;
        Connection& operator=(const Connection&) = delete;
        [[nodiscard]] std::string handle(std::string_view request);
        /// Notifications for what has happened since the last call.
        [[nodiscard]] std::vector<std::string> news();

      private:
        const Rpc& rpc_;
        std::unique_ptr<Subscriptions> subscriptions_;
    };

  private:
    [[nodiscard]] std::string answer(std::string_view request, bool local,
                                     Subscriptions* subscriptions) const;

    [[nodiscard]] std::string answer_one(const Json& item, bool local,
                                         Subscriptions* subscriptions) const;
    [[nodiscard]] Json call_method(const std::string& method, const Json& params, bool local,
                                   Subscriptions* subscriptions) const;

    chain::ChainView& chain_;
    chain::Chain* lucid_;
    RpcOptions options_;
    std::unique_ptr<FilterTable> filters_;
};

}  // namespace lucid::blockchain::rpc

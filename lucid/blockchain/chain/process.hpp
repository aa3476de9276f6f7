// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The chain process: opens the chain, makes blocks at slot boundaries, answers on run/chain.sock.

#include <lucid/blockchain/chain/rpc.hpp>
#include <lucid/core/net/frame_channel.hpp>
#include <lucid/core/runtime/data_dir.hpp>

#include <atomic>
#include <thread>

namespace lucid::blockchain::chain {

/// Opens the chain of a data directory: keys, genesis.json, store.
Result<std::unique_ptr<Chain>> open_chain(const core::runtime::DataDir& data);

/// Writes chain/genesis.json and trust.json for keys that exist.
Result<void> create_chain(const core::runtime::DataDir& data, std::uint64_t genesis_time_s);

class ChainProcess {
  public:
    ChainProcess(const core::runtime::DataDir& data, Chain& chain, const std::string& version);
    ~ChainProcess();
    ChainProcess(const ChainProcess&) = delete;
    ChainProcess& operator=(const ChainProcess&) = delete;

    /// Starts answering on run/chain.sock.
    Result<void> listen();
    [[nodiscard]] const Rpc& rpc() const { return rpc_; }
    /// Makes blocks until core's channel closes.
    void run(core::net::FrameChannel& core);

  private:
    void accept_loop();
    void serve(core::net::Fd socket);
    [[nodiscard]] std::string status() const;
    [[nodiscard]] bool may_sign() const;

    const core::runtime::DataDir& data_;
    Chain& chain_;
    Rpc rpc_;
    core::net::Fd listener_;
    std::atomic<bool> stop_{false};
    std::atomic<int> clients_{0};
    std::thread acceptor_;
};

}  // namespace lucid::blockchain::chain

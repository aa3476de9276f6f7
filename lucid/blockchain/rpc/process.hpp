// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The chain process: opens the chain, makes blocks at slot boundaries, answers on run/chain.sock.

#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/core/net/frame_channel.hpp>
#include <lucid/core/runtime/data_dir.hpp>

#include <atomic>
#include <thread>

namespace lucid::blockchain::rpc {

class ChainProcess {
  public:
    ChainProcess(const core::runtime::DataDir& data, chain::Chain& chain,
                 const std::string& version);
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
    chain::Chain& chain_;
    Rpc rpc_;
    core::net::Fd listener_;
    std::atomic<bool> stop_{false};
    std::atomic<int> clients_{0};
    std::thread acceptor_;
};

}  // namespace lucid::blockchain::rpc

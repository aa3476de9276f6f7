// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// HTTP/1.1 for JSON-RPC: POST with a JSON body, OPTIONS for browsers. One thread per connection,
/// bounded.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace lucid::api::server {

class HttpServer {
  public:
    static constexpr int connections_max = 64;
    static constexpr std::size_t body_bytes_max = 1024 * 1024;

    /// `handler` gets a body and gives the answer's; called from several threads at once.
    using Handler = std::function<std::string(std::string_view)>;

    explicit HttpServer(Handler handler) : handler_(std::move(handler)) {}
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Listens on a numeric address. EADDRINUSE when the port is taken.
    Result<void> listen(const std::string& address, std::uint16_t port);

  private:
    void accept_loop();
    void serve(core::net::Fd socket);

    Handler handler_;
    core::net::Fd listener_;
    std::atomic<bool> stop_{false};
    std::atomic<int> connections_{0};
    std::thread acceptor_;
};

}  // namespace lucid::api::server

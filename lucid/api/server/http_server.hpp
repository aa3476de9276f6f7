// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// HTTP/1.1 for JSON-RPC: POST with a JSON body, OPTIONS for browsers, WebSocket upgrades, and a
/// few pages. One thread per connection, bounded.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lucid::api::server {

/// What is on the other side of one WebSocket. Used by one thread.
class MessagePeer {
  public:
    virtual ~MessagePeer() = default;
    /// The answer to a message; empty: none.
    virtual std::string message(std::string_view text) = 0;
    /// Messages that are due by themselves; asked for every push_interval.
    virtual std::vector<std::string> news() = 0;
};

struct PageRequest {
    std::string method;  ///< GET or POST
    std::string target;  ///< path, with its query
    std::string body;
};
struct Page {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    bool immutable = false;  ///< may be kept by whoever fetched it
};

struct HttpHandlers {
    /// Body of a POST → body of the answer. Called from several threads at once, as are all.
    std::function<std::string(std::string_view)> rpc;
    /// Nothing: WebSockets are refused.
    std::function<std::unique_ptr<MessagePeer>()> connect{};
    /// Nothing, or no page for a request: POSTs are JSON-RPC.
    std::function<std::optional<Page>(const PageRequest&)> pages{};
};

class HttpServer {
  public:
    static constexpr int connections_max = 64;
    static constexpr std::size_t body_bytes_max = 1024 * 1024;
    /// Messages that wait for a WebSocket client that reads slowly; then it is let go.
    static constexpr std::size_t backlog_bytes_max = 32 * 1024 * 1024;
    static constexpr std::chrono::milliseconds push_interval{100};

    explicit HttpServer(HttpHandlers handlers) : handlers_(std::move(handlers)) {}
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Listens on a numeric address. EADDRINUSE when the port is taken.
    Result<void> listen(const std::string& address, std::uint16_t port);

  private:
    void accept_loop();
    void serve(core::net::Fd socket);

    HttpHandlers handlers_;
    core::net::Fd listener_;
    std::atomic<bool> stop_{false};
    std::atomic<int> connections_{0};
    std::thread acceptor_;
};

}  // namespace lucid::api::server

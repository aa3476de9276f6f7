// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One WebSocket connection (RFC 6455), from its upgrade request to its end. Private to this
/// folder.

#include <lucid/api/server/http_server.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

namespace lucid::api::server {

/// Takes the socket over and returns when the connection has ended or `stop` is set.
void serve_web_socket(boost::asio::io_context& context, boost::asio::ip::tcp::socket socket,
                      const boost::beast::http::request<boost::beast::http::string_body>& upgrade,
                      MessagePeer& peer, const std::atomic<bool>& stop);

}  // namespace lucid::api::server

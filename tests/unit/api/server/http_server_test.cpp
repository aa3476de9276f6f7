// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/api/server/http_server.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "free_port.hpp"
#include <gtest/gtest.h>

namespace lucid::api::server {
namespace {

/// A connection that speaks bytes.
class Peer {
  public:
    explicit Peer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address),
                  0);
        const timeval patience{10, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    }
    void say(const std::string& text) const {
        EXPECT_EQ(::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    /// Up to the end of a body of the announced length; empty when the server closes instead.
    std::string answer() {
        for (;;) {
            const auto head = buffer_.find("\r\n\r\n");
            if (head != std::string::npos) {
                std::size_t body = 0;
                const auto length = buffer_.find("Content-Length: ");
                if (length != std::string::npos && length < head)
                    body = std::stoul(buffer_.substr(length + 16));
                if (buffer_.size() >= head + 4 + body) {
                    const auto whole = buffer_.substr(0, head + 4 + body);
                    buffer_.erase(0, whole.size());
                    return whole;
                }
            }
            char bytes[4096];
            const auto got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
            if (got <= 0) return {};
            buffer_.append(bytes, static_cast<std::size_t>(got));
        }
    }

  private:
    core::net::Fd socket_;
    std::string buffer_;
};

std::string post(const std::string& body, const std::string& more = "") {
    return "POST / HTTP/1.1\r\nHost: x\r\n" + more +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

class HttpServers : public testing::Test {
  protected:
    HttpServers()
        : port(free_port()),
          server({.rpc = [](std::string_view body) { return "<" + std::string(body) + ">"; }}) {
        EXPECT_TRUE(server.listen("127.0.0.1", port));
    }
    std::uint16_t port;
    HttpServer server;
};

TEST_F(HttpServers, answer_a_post_with_what_the_handler_says) {
    Peer peer(port);
    peer.say(post("hello"));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
    EXPECT_NE(answer.find("application/json"), std::string::npos);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n<hello>"));
}

TEST_F(HttpServers, keep_a_connection_for_the_next_request_and_take_pipelined_ones) {
    Peer peer(port);
    peer.say(post("one") + post("two"));
    EXPECT_TRUE(peer.answer().ends_with("<one>"));
    EXPECT_TRUE(peer.answer().ends_with("<two>"));
    peer.say(post("three", "Connection: close\r\n"));
    EXPECT_TRUE(peer.answer().ends_with("<three>"));
    EXPECT_EQ(peer.answer(), "") << "closed as asked";
}

TEST_F(HttpServers, let_browsers_ask_first) {
    Peer peer(port);
    peer.say("OPTIONS / HTTP/1.1\r\nHost: x\r\nOrigin: http://y\r\n\r\n");
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 204"));
    EXPECT_NE(answer.find("Access-Control-Allow-Methods: GET, POST, OPTIONS"), std::string::npos);
}

TEST_F(HttpServers, say_what_to_do_to_whoever_gets) {
    Peer peer(port);
    peer.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 405"));
    EXPECT_NE(answer.find("POST a JSON body"), std::string::npos);
}

TEST_F(HttpServers, body_limit_holds_at_the_byte) {
    const std::string largest(HttpServer::body_bytes_max, 'x');
    Peer peer(port);
    peer.say(post(largest));
    EXPECT_TRUE(peer.answer().ends_with(">"));
    Peer beyond(port);
    beyond.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " +
               std::to_string(HttpServer::body_bytes_max + 1) + "\r\n\r\n");
    EXPECT_EQ(beyond.answer(), "");
}

TEST_F(HttpServers, what_is_no_http_or_too_long_a_head_is_closed_and_others_are_served) {
    for (const auto& text :
         {std::string("\x03\x00\x00\x13", 4) + std::string(20, 'x') + "\r\n\r\n",
          "POST / HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n",
          std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
          std::string("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
          std::string("POST / HTTP/9.9\r\n\r\n")}) {
        Peer peer(port);
        peer.say(text);
        EXPECT_EQ(peer.answer(), "") << text.substr(0, 40);
    }
    Peer good(port);
    good.say(post("still here"));
    EXPECT_TRUE(good.answer().ends_with("<still here>"));
}

TEST_F(HttpServers, connections_are_limited_and_come_back) {
    {
        std::vector<Peer> peers;
        for (int i = 0; i < HttpServer::connections_max; ++i) {
            peers.emplace_back(port);
            peers.back().say(post("x"));
            ASSERT_TRUE(peers.back().answer().ends_with("<x>"));
        }
        Peer one_more(port);
        EXPECT_EQ(one_more.answer(), "");
    }
    for (int tries = 0; tries < 100; ++tries) {
        Peer again(port);
        // Refused while the others are being noticed as gone: then its send may fail, too.
        if (::testing::Test::HasFailure()) break;
        again.say(post("y"));
        if (again.answer().ends_with("<y>")) return;
        ::usleep(50'000);
    }
    FAIL() << "no connection came back";
}

TEST(HttpServerStart, a_taken_port_and_a_bad_address_are_told) {
    const auto port = free_port();
    HttpServer first({.rpc = [](std::string_view) { return std::string(); }});
    ASSERT_TRUE(first.listen("127.0.0.1", port));
    HttpServer second({.rpc = [](std::string_view) { return std::string(); }});
    const auto taken = second.listen("127.0.0.1", port);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, std::errc::address_in_use);
    HttpServer third({.rpc = [](std::string_view) { return std::string(); }});
    EXPECT_FALSE(third.listen("nowhere", 1));
}

}  // namespace
}  // namespace lucid::api::server

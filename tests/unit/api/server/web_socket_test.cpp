// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// WebSockets with an independent client (Beast's), and with bytes that are none.
#include <lucid/api/server/http_server.hpp>

#include <mutex>

#include "free_port.hpp"
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <gtest/gtest.h>

namespace lucid::api::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

struct Script {
    std::mutex mutex;
    std::vector<std::string> news;
    int peers = 0;
};

class Scripted final : public MessagePeer {
  public:
    explicit Scripted(Script& script) : script_(script) {
        const std::lock_guard lock(script_.mutex);
        ++script_.peers;
    }
    ~Scripted() override {
        const std::lock_guard lock(script_.mutex);
        --script_.peers;
    }
    std::string message(std::string_view text) override {
        return text == "quiet" ? "" : "<" + std::string(text) + ">";
    }
    std::vector<std::string> news() override {
        const std::lock_guard lock(script_.mutex);
        return std::exchange(script_.news, {});
    }

  private:
    Script& script_;
};

class WebSockets : public testing::Test {
  protected:
    WebSockets()
        : port_(free_port()),
          server_({.rpc = [](std::string_view body) { return std::string(body); },
                   .connect = [this] { return std::make_unique<Scripted>(script_); }}) {
        EXPECT_TRUE(server_.listen("127.0.0.1", port_));
    }
    struct Client {
        asio::io_context context;
        beast::websocket::stream<asio::ip::tcp::socket> stream{context};
        explicit Client(std::uint16_t port) {
            stream.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
            stream.handshake("127.0.0.1", "/");
        }
        void say(const std::string& text) { stream.write(asio::buffer(text)); }
        std::string hear() {
            beast::flat_buffer buffer;
            boost::system::error_code error;
            stream.read(buffer, error);
            return error ? "closed: " + error.message() : beast::buffers_to_string(buffer.data());
        }
    };
    int peers() {
        const std::lock_guard lock(script_.mutex);
        return script_.peers;
    }

    Script script_;
    std::uint16_t port_;
    HttpServer server_;
};

TEST_F(WebSockets, answer_messages_in_order_and_tell_news) {
    Client client(port_);
    client.say("one");
    client.say("quiet");
    client.say("two");
    EXPECT_EQ(client.hear(), "<one>");
    EXPECT_EQ(client.hear(), "<two>");
    {
        const std::lock_guard lock(script_.mutex);
        script_.news = {"a", "b"};
    }
    EXPECT_EQ(client.hear(), "a");
    EXPECT_EQ(client.hear(), "b");
    client.say("three");
    EXPECT_EQ(client.hear(), "<three>");
    client.stream.close(beast::websocket::close_code::normal);
}

TEST_F(WebSockets, message_limit_holds_at_the_byte) {
    Client client(port_);
    client.say(std::string(HttpServer::body_bytes_max, 'x'));
    EXPECT_EQ(client.hear().size(), HttpServer::body_bytes_max + 2);
    boost::system::error_code ignored;
    client.stream.write(asio::buffer(std::string(HttpServer::body_bytes_max + 1, 'x')), ignored);
    EXPECT_TRUE(client.hear().starts_with("closed"));
}

TEST_F(WebSockets, who_reads_nothing_is_let_go) {
    Client client(port_);
    {
        const std::lock_guard lock(script_.mutex);
        script_.news = {std::string(HttpServer::backlog_bytes_max / 2, 'x'),
                        std::string(HttpServer::backlog_bytes_max / 2 + 1, 'x')};
    }
    for (int i = 0; i < 200 && peers() > 0; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_EQ(peers(), 0);
}

TEST_F(WebSockets, frames_that_are_none_end_the_connection_alone) {
    Client other(port_);
    for (const auto& frame : {
             std::string("\x81\x02hi", 4),                        // not masked
             std::string("\xf1\x80\x00\x00\x00\x00", 6),          // reserved bits
             std::string("\x83\x80\x00\x00\x00\x00", 6),          // unknown opcode
             std::string("\x89\xfe\x00\x7e\x00\x00\x00\x00", 8),  // a long ping
             std::string("\x80\x80\x00\x00\x00\x00", 6),          // a continuation of nothing
             std::string("\x81\x82\x00\x00\x00\x00\xff\xfe", 8),  // no UTF-8
         }) {
        Client client(port_);
        asio::write(client.stream.next_layer(), asio::buffer(frame));
        EXPECT_TRUE(client.hear().starts_with("closed"));
    }
    other.say("still");
    EXPECT_EQ(other.hear(), "<still>");
}

TEST_F(WebSockets, server_ends_with_open_connections) {
    Client client(port_);
    client.say("one");
    EXPECT_EQ(client.hear(), "<one>");
    // The destructor waits for them.
}

}  // namespace
}  // namespace lucid::api::server

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/api/server/web_socket.hpp>

#include <deque>

#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

namespace lucid::api::server {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

/// A client that answers no ping for so long is gone.
constexpr std::chrono::seconds idle_limit{120};
constexpr std::chrono::seconds handshake_limit{30};

class Connection {
  public:
    Connection(boost::asio::ip::tcp::socket socket, MessagePeer& peer)
        : stream_(std::move(socket)), peer_(peer) {
        stream_.set_option(websocket::stream_base::timeout{handshake_limit, idle_limit, true});
        stream_.read_message_max(HttpServer::body_bytes_max);
    }

    bool accept(const beast::http::request<beast::http::string_body>& upgrade) {
        error_code error;
        stream_.accept(upgrade, error);
        if (!error) read();
        return !error;
    }
    [[nodiscard]] bool ended() const { return ended_; }
    void tell_news() {
        for (auto& message : peer_.news()) push(std::move(message));
    }

  private:
    void read() {
        stream_.async_read(buffer_, [this](error_code error, std::size_t) {
            if (error) {
                ended_ = true;
                return;
            }
            const auto data = buffer_.cdata();
            auto answer = peer_.message({static_cast<const char*>(data.data()), data.size()});
            buffer_.clear();
            if (!answer.empty()) push(std::move(answer));
            if (!ended_) read();
        });
    }
    void push(std::string message) {
        backlog_bytes_ += message.size();
        if (backlog_bytes_ > HttpServer::backlog_bytes_max) {
            ended_ = true;
            return;
        }
        backlog_.push_back(std::move(message));
        if (backlog_.size() == 1) write();
    }
    void write() {
        stream_.text(true);
        stream_.async_write(boost::asio::buffer(backlog_.front()),
                            [this](error_code error, std::size_t) {
                                if (error) {
                                    ended_ = true;
                                    return;
                                }
                                backlog_bytes_ -= backlog_.front().size();
                                backlog_.pop_front();
                                if (!backlog_.empty()) write();
                            });
    }

    websocket::stream<beast::tcp_stream> stream_;
    MessagePeer& peer_;
    beast::flat_buffer buffer_;
    std::deque<std::string> backlog_;
    std::size_t backlog_bytes_ = 0;
    bool ended_ = false;
};

}  // namespace

void serve_web_socket(boost::asio::io_context& context, boost::asio::ip::tcp::socket socket,
                      const beast::http::request<beast::http::string_body>& upgrade,
                      MessagePeer& peer, const std::atomic<bool>& stop) {
    Connection connection(std::move(socket), peer);
    if (!connection.accept(upgrade)) return;
    while (!stop && !connection.ended()) {
        context.restart();
        context.run_for(HttpServer::push_interval);
        if (!connection.ended()) connection.tell_news();
    }
}

}  // namespace lucid::api::server

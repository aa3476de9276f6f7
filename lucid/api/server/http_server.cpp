// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/api/server/http_server.hpp>
#include <lucid/api/server/web_socket.hpp>

#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

namespace lucid::api::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using namespace std::chrono_literals;

constexpr std::size_t head_bytes_max = 8 * 1024;
constexpr int accept_poll_ms = 200;
constexpr timeval request_limit{30, 0};

using HttpRequest = http::request<http::string_body>;
using HttpAnswer = http::response<http::string_body>;

void fill_with(HttpAnswer& answer, Page page) {
    answer.result(page.status);
    answer.set(http::field::content_type, page.content_type);
    if (page.immutable)
        answer.set(http::field::cache_control, "public, max-age=31536000, immutable");
    answer.body() = std::move(page.body);
}

HttpAnswer answer_to(const HttpRequest& request, const HttpHandlers& handlers) {
    HttpAnswer answer(http::status::ok, request.version());
    answer.set(http::field::access_control_allow_origin, "*");
    answer.set(http::field::access_control_allow_headers, "content-type");
    answer.set(http::field::access_control_allow_methods, "GET, POST, OPTIONS");
    answer.keep_alive(request.keep_alive());
    const bool post = request.method() == http::verb::post;
    std::optional<Page> page;
    if (handlers.pages && (post || request.method() == http::verb::get))
        page =
            handlers.pages({post ? "POST" : "GET", std::string(request.target()), request.body()});
    if (page) {
        fill_with(answer, std::move(*page));
    } else if (request.method() == http::verb::options) {
        answer.result(http::status::no_content);
        answer.set(http::field::access_control_max_age, "86400");
    } else if (post) {
        answer.set(http::field::content_type, "application/json");
        answer.body() = handlers.rpc(request.body());
    } else {
        answer.result(http::status::method_not_allowed);
        answer.set(http::field::allow, "POST, OPTIONS");
        answer.body() = "Ethereum JSON-RPC: POST a JSON body here\n";
    }
    answer.prepare_payload();
    return answer;
}

}  // namespace

HttpServer::~HttpServer() {
    stop_ = true;
    if (acceptor_.joinable()) acceptor_.join();
    while (connections_ > 0) std::this_thread::sleep_for(10ms);
}

Result<void> HttpServer::listen(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    const auto parsed = asio::ip::make_address(address, error);
    if (error) return fail(Errc::bad_value, "address");
    const asio::ip::tcp::endpoint endpoint(parsed, port);
    core::net::Fd socket(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (!socket.valid() ||
        ::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0 ||
        ::listen(socket.get(), 64) != 0)
        return fail_errno(errno, "listen");
    listener_ = std::move(socket);
    acceptor_ = std::thread([this] { accept_loop(); });
    return {};
}

void HttpServer::accept_loop() {
    while (!stop_) {
        pollfd item{listener_.get(), POLLIN, 0};
        if (::poll(&item, 1, accept_poll_ms) != 1) continue;
        core::net::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client.valid() || connections_ >= connections_max) continue;
        ++connections_;
        // Joined by count in the destructor.
        std::thread([this, socket = std::move(client)]() mutable {
            serve(std::move(socket));
            --connections_;
        }).detach();
    }
}

void HttpServer::serve(core::net::Fd socket) {
    // Blocking reads with a limit: an idle or slow client gives its thread back.
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &request_limit, sizeof request_limit);
    ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &request_limit, sizeof request_limit);
    asio::io_context context;
    asio::ip::tcp::socket stream(context);
    boost::system::error_code error;
    sockaddr_storage local{};
    socklen_t size = sizeof local;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&local), &size);
    const auto protocol = local.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
    if (stream.assign(protocol, socket.release(), error)) return;
    // Answers go out as they are written.
    stream.set_option(asio::ip::tcp::no_delay(true), error);
    boost::beast::flat_buffer buffer(body_bytes_max + head_bytes_max);
    while (!stop_) {
        // Woken now and then to see whether the server stops.
        pollfd item{stream.native_handle(), POLLIN, 0};
        if (buffer.size() == 0) {
            int waited_ms = 0;
            while (!stop_ && waited_ms < 30'000 && ::poll(&item, 1, accept_poll_ms) == 0)
                waited_ms += accept_poll_ms;
            if (stop_ || waited_ms >= 30'000) return;
        }
        http::request_parser<http::string_body> parser;
        parser.body_limit(body_bytes_max);
        parser.header_limit(head_bytes_max);
        http::read(stream, buffer, parser, error);
        if (error) return;
        if (handlers_.connect && boost::beast::websocket::is_upgrade(parser.get())) {
            const auto peer = handlers_.connect();
            serve_web_socket(context, std::move(stream), parser.get(), *peer, stop_);
            return;
        }
        const auto answer = answer_to(parser.get(), handlers_);
        http::write(stream, answer, error);
        if (error || !answer.keep_alive()) return;
    }
}

}  // namespace lucid::api::server

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "http_post.hpp"

#include <chrono>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace lucid::app {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::string_view scheme = "http://";
constexpr std::chrono::seconds time_limit{20};
constexpr std::size_t answer_bytes_max = 1024 * 1024;

/// Runs what was started until it is done or its time is over.
void finish(boost::asio::io_context& context) {
    context.restart();
    context.run();
}

}  // namespace

Result<HttpAnswer> http_post(const std::string& url, const std::string& body) {
    if (!url.starts_with(scheme)) return fail(Errc::bad_value, "URL (http:// is all there is)");
    const auto rest = url.substr(scheme.size());
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    const auto host = authority.substr(0, colon);
    const auto port = colon == std::string::npos ? std::string("80") : authority.substr(colon + 1);

    boost::asio::io_context context;
    error_code error;
    boost::asio::ip::tcp::resolver resolver(context);
    const auto places = resolver.resolve(host, port, error);
    if (error) return fail_errno(EHOSTUNREACH, "host of the URL");
    boost::beast::tcp_stream stream(context);
    stream.expires_after(time_limit);
    stream.async_connect(places, [&](error_code e, const auto&) { error = e; });
    finish(context);
    if (error) return fail_errno(ECONNREFUSED, "connect");

    http::request<http::string_body> request(http::verb::post,
                                             slash < rest.size() ? rest.substr(slash) : "/", 11);
    request.set(http::field::host, authority);
    request.body() = body;
    request.prepare_payload();
    http::async_write(stream, request, [&](error_code e, std::size_t) { error = e; });
    finish(context);
    if (error) return fail_errno(EPIPE, "send");
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(answer_bytes_max);
    http::async_read(stream, buffer, parser, [&](error_code e, std::size_t) { error = e; });
    finish(context);
    if (error) return fail_errno(EPROTO, "answer");
    return HttpAnswer{parser.get().result_int(), parser.get().body()};
}

}  // namespace lucid::app

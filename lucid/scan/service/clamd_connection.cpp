// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/scan/service/clamd_connection.hpp>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>

namespace lucid::scan::service {
namespace {

using proto::ScanResult;
using proto::Verdict;

ScanResult unavailable(std::string_view why) {
    return {Verdict::unavailable, proto::scan_name(why)};
}
ScanResult unavailable_errno(int error) {
    return unavailable(std::generic_category().message(error));
}

}  // namespace

ClamdConnection::ClamdConnection(core::net::Fd socket)
    : socket_(std::move(socket)), out_(proto::clamd_scan_begin()) {}

Result<ClamdConnection> ClamdConnection::open(const ScannerAddress& to) {
    LUCID_TRY(auto socket, begin_connect(to));
    return ClamdConnection(std::move(socket));
}

short ClamdConnection::events() const {
    return static_cast<short>(POLLIN | (sent_ < out_.size() ? POLLOUT : 0));
}

void ClamdConnection::piece(ByteView bytes) {
    append(out_, proto::clamd_piece_head(static_cast<std::uint32_t>(bytes.size())));
    append(out_, bytes);
}

void ClamdConnection::end() {
    append(out_, proto::clamd_scan_end());
}

std::optional<ScanResult> ClamdConnection::on_ready() {
    // The answer first: clamd may have said enough before it took everything.
    if (auto result = receive_some()) return result;
    return send_some();
}

std::optional<ScanResult> ClamdConnection::send_some() {
    while (sent_ < out_.size()) {
        const auto rest = ByteView(out_).subspan(sent_);
        const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EAGAIN || errno == EINTR) return std::nullopt;
            // It may have answered and closed while this was on its way.
            const int error = errno;
            if (auto result = receive_some(); result && result->verdict != Verdict::unavailable)
                return result;
            return unavailable_errno(error);
        }
        sent_ += static_cast<std::size_t>(sent);
    }
    out_.clear();
    sent_ = 0;
    return std::nullopt;
}

std::optional<ScanResult> ClamdConnection::receive_some() {
    ByteArray<1024> buffer{};
    for (;;) {
        const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (got < 0) {
            if (errno == EAGAIN || errno == EINTR) return std::nullopt;
            return unavailable_errno(errno);
        }
        if (got == 0) return unavailable("the scanner closed the connection");
        const auto text = answer_.take(ByteView(buffer).first(static_cast<std::size_t>(got)));
        if (!text) return unavailable(text.error().message());
        if (*text) return proto::decode_scan_answer(**text);
    }
}

}  // namespace lucid::scan::service

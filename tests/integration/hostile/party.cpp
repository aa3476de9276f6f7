// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "party.hpp"

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/credssp/der.hpp>

#include <sys/socket.h>
#include <tests/support/rdp_session.hpp>

#include <openssl/ssl.h>

namespace lucid::hostile {

namespace credssp = rdp::proto::credssp;

const char* to_text(Stage stage) {
    constexpr std::array names = {"tcp",       "x224",     "tls",    "login",
                                  "connected", "attached", "joined", "informed",
                                  "licensed",  "demanded", "active", "finalized"};
    return names[static_cast<std::size_t>(stage)];
}

Result<void> Party::reach(Stage stage) {
    while (at_ < stage) {
        if (!wire_) return fail(Errc::peer_closed, "closed party");
        LUCID_CHECK(advance());
    }
    return {};
}

Result<void> Party::send_raw(ByteView bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(wire_->leg().fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            continue;
        }
        if (sent < 0) return fail_errno(errno, "hostile party");
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return {};
}

void Party::close() {
    wire_.reset();
}

void Party::reset() {
    const linger at_once{1, 0};
    (void)::setsockopt(wire_->leg().fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    wire_.reset();
}

Result<void> Party::send_login(Bytes message) {
    if (tamper) tamper(login_messages_, message);
    ++login_messages_;
    return wire_->send(message);
}

Result<Bytes> Party::receive_ts_request() {
    for (;;) {
        auto& input = wire_->input();
        LUCID_TRY(const auto length,
                  credssp::der::peek_element(input, credssp::der::tag_sequence, 1 << 20));
        if (length && input.size() >= *length) {
            const auto end = input.begin() + static_cast<std::ptrdiff_t>(*length);
            Bytes message(input.begin(), end);
            input.erase(input.begin(), end);
            return message;
        }
        LUCID_CHECK(wire_->receive());
    }
}

std::vector<Bytes> finalization(bool of_client) {
    constexpr std::uint8_t synchronize = 0x1f;
    constexpr std::uint8_t control = 0x14;
    constexpr std::uint8_t font_list = 0x27;
    constexpr std::uint8_t font_map = 0x28;
    const auto action = [](std::uint16_t value) {
        return Writer().u16_le(value).u16_le(0).u32_le(0).take();
    };
    const auto request_control = std::uint16_t{1};
    const auto granted_control = std::uint16_t{2};
    const auto cooperate = std::uint16_t{4};
    std::vector<Bytes> pdus;
    for (const auto& data :
         {test::share_data(synchronize, Writer().u16_le(1).u16_le(1002).take()),
          test::share_data(control, action(cooperate)),
          test::share_data(control, action(of_client ? request_control : granted_control)),
          test::share_data(of_client ? font_list : font_map, Bytes(8))})
        pdus.push_back(of_client ? test::from_client(test::io_channel, data)
                                 : test::from_host(test::io_channel, data));
    return pdus;
}

}  // namespace lucid::hostile

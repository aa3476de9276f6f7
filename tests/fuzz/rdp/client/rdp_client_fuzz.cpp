// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <algorithm>
#include <tests/support/rdp_session.hpp>

// Input: a byte that says how far the connection is (even: at its start, the input is the host's
// whole stream; odd: an active one), then pieces of length u16 and bytes. Oracle: what the client
// sends are whole PDUs, what it keeps is bounded, and after an error or the end it is not asked
// again.

namespace {

using namespace lucid;

class NoFolder : public rdp::client::DriveFolder {
  public:
    Result<rdp::client::DriveEntry> look(const std::string& path) override {
        if (!path.empty()) return fail(Errc::not_found, "folder");
        return rdp::client::DriveEntry{"", true, 0, 0};
    }
    Result<std::vector<rdp::client::DriveEntry>> list(const std::string& path) override {
        // The client asks for nothing outside.
        LUCID_ASSERT(path.find("..") == std::string::npos || path.find("...") != path.npos);
        return std::vector<rdp::client::DriveEntry>{{"file", false, 3, 0}};
    }
    Result<Bytes> read(const std::string& /*path*/, std::uint64_t /*offset*/,
                       std::uint32_t bytes) override {
        LUCID_ASSERT(bytes <= rdp::client::drive_read_bytes_max);
        return Bytes(3);
    }
};

void check_output(rdp::client::Client& client) {
    const auto bytes = client.take_output();
    ByteView rest = bytes;
    while (!rest.empty()) {
        const auto frame = rdp::proto::peek_pdu(rest);
        LUCID_ASSERT(frame && *frame && (*frame)->length <= rest.size());
        rest = rest.subspan((*frame)->length);
    }
}

void activate(rdp::client::Client& client) {
    using namespace lucid::test;
    const Bytes valid_client = {0x80, 0, 0, 0, 0xff, 3, 16, 0, 7, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0};
    LUCID_ASSERT(client.receive(connect_response({4}), 0));
    LUCID_ASSERT(client.receive(attach_user_confirm(client_user), 0));
    for (const std::uint16_t id : {client_user, io_channel, message_channel, first_channel})
        LUCID_ASSERT(client.receive(channel_join_confirm(client_user, id), 0));
    for (std::uint16_t i = 1; i < 4; ++i)
        LUCID_ASSERT(client.receive(
            channel_join_confirm(client_user, static_cast<std::uint16_t>(first_channel + i)), 0));
    LUCID_ASSERT(client.receive(from_host(io_channel, valid_client), 0));
    LUCID_ASSERT(client.receive(from_host(io_channel, active_pdu(1)), 0));
    LUCID_ASSERT(client.receive(from_host(io_channel, share_data(0x28, Bytes(8))), 0));
    LUCID_ASSERT(client.active());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Reader r(ByteView(data, size));
    const auto start = r.u8("start");
    if (!start) return 0;
    NoFolder folder;
    rdp::client::Settings settings;
    settings.user_name = {'a', 0};
    settings.sound = true;
    settings.drive = "docs";
    rdp::client::Client client(std::move(settings), {}, &folder);
    client.start();
    check_output(client);
    if (*start % 2 != 0) {
        activate(client);
        check_output(client);
        (void)client.offer_clipboard({{"text", {'x', 0, 0, 0}}});
    }
    for (int i = 0; i < 64; ++i) {
        const auto length = r.u16_le("length");
        if (!length) break;
        const auto piece = *r.take(std::min<std::size_t>(*length, r.remaining()), "piece");
        const auto taken = client.receive(piece, static_cast<std::uint64_t>(i) * 100);
        check_output(client);
        LUCID_ASSERT(client.picture().pixel_bytes() <= rdp::picture::pixel_memory_max);
        if (!taken) break;
        for (const auto& event : client.take_events())
            if (std::holds_alternative<rdp::client::ClipboardOffered>(event))
                (void)client.request_clipboard("text");
        if (client.can_resize()) (void)client.resize(800, 600);
    }
    return 0;
}

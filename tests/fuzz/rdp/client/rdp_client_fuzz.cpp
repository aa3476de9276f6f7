// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <algorithm>
#include <tests/support/rdp_session.hpp>

// Input: a byte that says how far the connection is (even: at its start, the input is the host's
// whole stream; odd: an active one) and whether the drive may be written (without bit 1), then
// pieces of length u16 and bytes. Oracle: what the client sends are whole PDUs, what it keeps is
// bounded, and after an error or the end it is not asked again.

namespace {

using namespace lucid;

/// One file of three bytes that never grows: each write beyond them is paid for again.
class SmallFolder : public rdp::client::DriveFolder {
  public:
    Result<rdp::client::DriveEntry> look(const std::string& path) override {
        if (path == "file") return rdp::client::DriveEntry{"file", false, 3, 0};
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
    Result<rdp::client::DriveSpace> space() override { return rdp::client::DriveSpace{1, 1}; }
    Result<void> create(const std::string& path, bool /*is_folder*/) override { return may(path); }
    Result<void> write(const std::string& path, std::uint64_t offset, ByteView data) override {
        const auto end = offset + data.size();
        if (path == "file" && end > 3) grown_ += end - 3;
        LUCID_ASSERT(grown_ <= growth_bytes_max);
        return may(path);
    }
    Result<void> resize(const std::string& path, std::uint64_t /*bytes*/) override {
        return may(path);
    }
    Result<void> rename(const std::string& from, const std::string& to, bool /*r*/) override {
        LUCID_CHECK(may(from));
        return may(to);
    }
    Result<void> remove(const std::string& path) override { return may(path); }
    Result<void> set_modified(const std::string& path, std::uint64_t /*time*/) override {
        return may(path);
    }
    static constexpr std::uint64_t growth_bytes_max = 1000;

  private:
    static Result<void> may(const std::string& path) {
        LUCID_ASSERT(!path.empty() && path[0] != '/');
        LUCID_ASSERT(("/" + path + "/").find("/../") == std::string::npos);
        return {};
    }
    std::uint64_t grown_ = 0;
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

/// As a driver does: fetches what is offered, gives what is asked for, reads what arrives.
void use_clipboard(rdp::client::Client& client, const rdp::client::Event& event) {
    namespace c = rdp::client;
    if (const auto* offered = std::get_if<c::ClipboardOffered>(&event)) {
        for (const auto& format : offered->formats) (void)client.request_clipboard(format);
        (void)client.request_clipboard_file(0, 0, 4);
    } else if (const auto* wanted = std::get_if<c::ClipboardFileWanted>(&event)) {
        LUCID_ASSERT(wanted->bytes <= c::clipboard_file_part_bytes_max && wanted->index == 1);
        (void)client.give_clipboard_file(wanted->stream, as_bytes("part"));
    } else if (const auto* part = std::get_if<c::ClipboardFileArrived>(&event)) {
        LUCID_ASSERT(part->data.size() <= 4);
    } else if (const auto* arrived = std::get_if<c::ClipboardArrived>(&event)) {
        const ByteView data = arrived->data;
        (void)c::clipboard_text_of_wire(data);
        if (const auto html = c::clipboard_html_of_wire(data))
            LUCID_ASSERT(html->size() <= data.size());
        if (const auto bmp = c::bmp_of_clipboard_image(data))
            LUCID_ASSERT(c::clipboard_image_of_bmp(*bmp) == to_bytes(data));
        if (const auto files = c::clipboard_files_of_wire(data))
            for (const auto& file : *files)
                LUCID_ASSERT(("/" + file.name + "/").find("/../") == std::string::npos &&
                             file.name[0] != '/');
    }
}

/// Whatever the host has said, a contact can go down, hover and be gone, or nothing is sent.
void use_touch(rdp::client::Client& client, std::uint64_t now_ms) {
    namespace c = rdp::client;
    const bool ready = client.touch_state() == c::Touch::State::ready;
    for (const auto action : {c::TouchAction::down, c::TouchAction::hover}) {
        const c::TouchPoint point{3, action, 100, -100};
        LUCID_ASSERT(client.touch(std::span(&point, 1), now_ms).has_value() == ready);
    }
    LUCID_ASSERT(client.dismiss_touch(3).has_value() == ready);
    check_output(client);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Reader r(ByteView(data, size));
    const auto start = r.u8("start");
    if (!start) return 0;
    SmallFolder folder;
    rdp::client::Settings settings;
    settings.user_name = {'a', 0};
    settings.sound = true;
    settings.compressed_sound = true;
    settings.drive = "docs";
    if (*start / 2 % 2 == 0) settings.drive_growth_bytes_max = SmallFolder::growth_bytes_max;
    rdp::client::Client client(std::move(settings), {}, &folder);
    client.start();
    check_output(client);
    if (*start % 2 != 0) {
        activate(client);
        check_output(client);
        (void)client.offer_clipboard(
            {{"text", {'x', 0, 0, 0}},
             {"files", *rdp::client::clipboard_files_to_wire(
                           {{"box", true, std::nullopt, 0}, {"box/a", false, 5, 0}})}});
    }
    for (int i = 0; i < 64; ++i) {
        const auto length = r.u16_le("length");
        if (!length) break;
        const auto piece = *r.take(std::min<std::size_t>(*length, r.remaining()), "piece");
        const auto taken = client.receive(piece, static_cast<std::uint64_t>(i) * 100);
        check_output(client);
        LUCID_ASSERT(client.picture().pixel_bytes() <= rdp::picture::pixel_memory_max);
        if (!taken) break;
        for (const auto& event : client.take_events()) use_clipboard(client, event);
        use_touch(client, static_cast<std::uint64_t>(i) * 100);
        if (client.can_resize()) {
            (void)client.resize(800, 600);
            (void)client.arrange(rdp::client::Monitors{{0, 0, 800, 600}, {-640, 0, 640, 480}});
        }
    }
    return 0;
}

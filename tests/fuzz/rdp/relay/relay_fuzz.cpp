// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/relay/relay.hpp>

#include <algorithm>
#include <tests/support/rdp_session.hpp>

// The whole relay between two hostile peers. Input: one byte (bits 0-1: how far the session is
// taken beforehand; bits 2-3: preset; bit 4: TLS-only client), then steps of control byte, u16
// length, bytes. Control: bit 0 from the host; bits 1-3: raw stream, data on the I/O channel, or a
// message on static channel 0 (cliprdr), 1 (drdynvc), 2 (rdpdr), 3 (rdpsnd), 4 (refused name); bits
// 4-5: the scanner says nothing yet, clean, infected, or that it is away.

namespace {

using namespace lucid;
using namespace lucid::test;

const Bytes host_password = wide("QmF7-host-password-2kL9");
const Bytes client_secret = wide("w8Zt-ticket-secret-Vd41");
const std::vector<std::string> channels = {"cliprdr", "drdynvc", "rdpdr", "rdpsnd", "evil"};

bool contains(ByteView hay, ByteView needle) {
    return std::search(hay.begin(), hay.end(), needle.begin(), needle.end()) != hay.end();
}

/// Oracle: no secret of one leg reaches the other leg or the recording.
class Watcher : public rdp::relay::Sink {
  public:
    void to_client(ByteView bytes) override { LUCID_ASSERT(!contains(bytes, host_password)); }
    void to_host(ByteView bytes) override { LUCID_ASSERT(!contains(bytes, client_secret)); }
    void record(rdp::relay::EventClass, rdp::relay::EventKind, ByteView payload) override {
        LUCID_ASSERT(!contains(payload, host_password) && !contains(payload, client_secret));
    }
    void note(std::string_view, std::string_view) override {}
    void scan(std::uint32_t id, std::shared_ptr<const Bytes>) override { scans.push_back(id); }
    Result<void> redeem(ByteView, const crypto::Secret&) override { return {}; }
    std::vector<std::uint32_t> scans;
};

rdp::relay::RelayInput make_input(std::uint8_t choice) {
    rdp::relay::RelayInput input;
    input.client_authenticated = (choice & 0x10U) == 0;
    input.user_name = wide("vaulted");
    input.password = crypto::Secret::copy_of(host_password);
    switch (choice >> 2 & 3U) {
        case 1:
            input.policy = rdp::relay::standard_policy();
            break;
        case 2:
            input.policy = rdp::relay::custom_policy();
            break;
        case 3:
            input.policy = rdp::relay::custom_policy();
            input.policy.scan_files = input.policy.printer_keep = true;
            input.policy.scan_bytes_max = 4096;
            break;
        default:
            break;
    }
    input.policy.clipboard_bytes_max = 256;
    return input;
}

/// Takes the session to a stage by PDUs that must be accepted: 0 nothing, 1 connected, 2 logged on,
/// 3 active.
void advance(rdp::relay::Relay& relay, unsigned stage) {
    const auto client = [&](const Bytes& bytes) { LUCID_ASSERT(relay.from_client(bytes)); };
    const auto host = [&](const Bytes& bytes) { LUCID_ASSERT(relay.from_host(bytes)); };
    if (stage == 0) return;
    client(connect_initial({channels, 2, 1280, 720}));
    host(connect_response({channels.size(), 1, 0}));
    if (stage == 1) return;
    client(client_info("lt-ticket", "w8Zt-ticket-secret-Vd41", true));
    host(from_host(io_channel, licensing()));
    if (stage == 2) return;
    host(from_host(io_channel, active_pdu(1)));
    client(from_client(io_channel, active_pdu(3)));
    LUCID_ASSERT(relay.active());
}

Bytes step_bytes(std::uint8_t control, ByteView bytes) {
    constexpr std::size_t data_bytes_max = 0x3fff;
    const bool host = (control & 1U) != 0;
    const unsigned form = control >> 1 & 7U;
    const auto cut = bytes.first(std::min(bytes.size(), data_bytes_max));
    if (form == 0) return to_bytes(bytes);
    if (form == 1) return host ? from_host(io_channel, cut) : from_client(io_channel, cut);
    const auto channel = static_cast<std::uint16_t>(first_channel + form - 2);
    return host ? host_message(channel, bytes) : client_message(channel, bytes);
}

void give_verdicts(rdp::relay::Relay& relay, Watcher& sink, unsigned word) {
    using scan::proto::Verdict;
    constexpr std::array verdicts = {Verdict::clean, Verdict::infected, Verdict::unavailable};
    if (word == 0) return;
    for (const auto id : std::exchange(sink.scans, {}))
        relay.on_verdict(id, {verdicts[word - 1], "word"});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    Watcher sink;
    rdp::relay::Relay relay(make_input(data[0]), sink);
    advance(relay, data[0] & 3U);
    Bytes kept[2];
    for (std::size_t at = 1; at + 3 <= size;) {
        const auto control = data[at];
        const std::size_t length =
            std::min<std::size_t>(data[at + 1] | data[at + 2] << 8, size - at - 3);
        const auto bytes = step_bytes(control, {data + at + 3, length});
        at += 3 + length;
        const bool host = (control & 1U) != 0;
        auto& stream = kept[host ? 1 : 0];
        append(stream, bytes);
        const auto done = host ? relay.from_host(stream) : relay.from_client(stream);
        if (!done) return 0;
        LUCID_ASSERT(*done <= stream.size());
        stream.erase(stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(*done));
        give_verdicts(relay, sink, control >> 4 & 3U);
    }
    relay.end();
    return 0;
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/relay/relay.hpp>

// Framing of both directions. Connecting is in connect_phase.cpp, what follows in
// client_phase.cpp, host_phase.cpp and channel_phase.cpp.

namespace lucid::rdp::relay {

Relay::Relay(RelayInput input, Sink& sink)
    : input_(std::move(input)),
      sink_(sink),
      desk_(input_.policy, sink),
      clipboard_(input_.policy, sink, desk_),
      dynamic_(input_.policy, sink),
      device_(input_.policy, sink, desk_),
      windows_(input_.policy, sink),
      clipboard_parts_{
          proto::channels::Reassembler(ClipboardFilter::message_bytes_limit(input_.policy),
                                       ClipboardFilter::header_bytes),
          proto::channels::Reassembler(ClipboardFilter::message_bytes_limit(input_.policy),
                                       ClipboardFilter::header_bytes)},
      dynamic_parts_{proto::channels::Reassembler(DynamicFilter::message_bytes_max),
                     proto::channels::Reassembler(DynamicFilter::message_bytes_max)},
      device_parts_{proto::channels::Reassembler(DeviceFilter::message_bytes_max),
                    proto::channels::Reassembler(DeviceFilter::message_bytes_max)},
      rail_parts_{proto::channels::Reassembler(rail_message_bytes_max),
                  proto::channels::Reassembler(rail_message_bytes_max)} {}

Relay::Role Relay::role_of(std::uint16_t channel) const {
    const auto found = roles_.find(channel);
    return found == roles_.end() ? Role::opaque : found->second;
}

Result<std::size_t> Relay::from_client(ByteView data) {
    std::size_t done = 0;
    for (;;) {
        if (changing_host()) return done;
        const auto rest = data.subspan(done);
        LUCID_TRY(const auto frame, proto::peek_pdu(rest));
        if (!frame || rest.size() < frame->length) return done;
        const auto packet = rest.first(frame->length);
        if (frame->fast_path) {
            if (stage_ != Stage::running) return fail(Errc::refused, "client input before login");
            LUCID_CHECK(client_input(packet));
        } else if (stage_ == Stage::connect_initial) {
            LUCID_CHECK(on_connect_initial(packet));
        } else if (stage_ == Stage::connect_response) {
            // The host's answer comes first; a client has nothing much to say until then.
            if (rest.size() > handshake::pre_auth_bytes_max)
                return fail(Errc::refused, "client data before the host's answer", rest.size());
            return done;
        } else {
            LUCID_CHECK(client_packet(packet));
        }
        done += frame->length;
    }
}

Result<std::size_t> Relay::from_host(ByteView data) {
    std::size_t done = 0;
    // Runs of untouched PDUs go out as one piece.
    std::size_t run_start = 0;
    const auto flush = [&](std::size_t end) {
        if (end > run_start) sink_.to_client(data.subspan(run_start, end - run_start));
    };
    for (;;) {
        const auto rest = data.subspan(done);
        auto frame = proto::peek_pdu(rest);
        if (!frame) {
            flush(done);
            return fail(frame.error());
        }
        if (!*frame || rest.size() < (*frame)->length) break;
        const auto packet = rest.first((*frame)->length);
        bool untouched = true;
        Bytes exchanged;
        const auto& ids = sink_.ids();
        if (joining_) {
            LUCID_CHECK(join_packet(packet));
            untouched = false;
        } else if ((*frame)->fast_path) {
            if (stage_ != Stage::running) return fail(Errc::refused, "host output before login");
            drawn_ = true;
            if (windows_.wanted()) windows_.on_output(packet);
            sink_.record(EventClass::screen, EventKind::server_pdu, packet);
        } else if (stage_ == Stage::connect_response) {
            LUCID_CHECK(on_connect_response(packet));
            untouched = false;
        } else if (stage_ == Stage::connect_initial) {
            return fail(Errc::refused, "host spoke first");
        } else {
            // What the packet itself sends to the client must not overtake the run before it.
            flush(done);
            run_start = done;
            if (ids) exchanged = ids->to_client(packet).value_or(Bytes{});
            const auto known = ids ? ByteView(exchanged) : packet;
            LUCID_TRY(untouched, known.empty() ? Result<bool>(false) : host_packet(known));
            if (untouched && ids) {
                sink_.to_client(exchanged);
                untouched = false;
            }
        }
        done += packet.size();
        if (!untouched) run_start = done;
        if (redirection_) break;
    }
    flush(done);
    return done;
}

}  // namespace lucid::rdp::relay

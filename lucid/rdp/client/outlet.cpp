// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>

namespace lucid::rdp::client {

void Outlet::data(std::uint16_t channel, ByteView user_data) {
    raw(proto::encode_send_data(proto::McsPduType::send_data_request, ids_.user, channel,
                                user_data));
}

void Outlet::message(std::uint16_t channel, ByteView message, bool show_protocol) {
    for (const auto& chunk : proto::channels::encode_chunks(message, show_protocol))
        data(channel, chunk);
}

}  // namespace lucid::rdp::client

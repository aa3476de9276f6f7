// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/handshake/reconnect_cookie.hpp>
#include <lucid/rdp/relay/relay.hpp>
#include <lucid/rdp/relay/rewrite.hpp>

#include <algorithm>

// Connect-Initial, Connect-Response and Client Info: what is rewritten before the desktop shows.

namespace lucid::rdp::relay {
namespace {

using proto::GccBlock;
using proto::GccBlockType;

constexpr std::size_t multitransport_flags_offset = 4;
/// Up to and including imeFileName, which every client sends.
constexpr std::size_t cs_core_minimum_bytes = 132;

/// UDP transports would leave the recorded path (MS-RDPBCGR 2.2.1.3.8, 2.2.1.4.6).
void clear_multitransport(Bytes& packet, const std::vector<GccBlock>& blocks, GccBlockType type) {
    const auto* block = find_block(blocks, type);
    if (block != nullptr && block->length >= 8)
        put_u32(packet, block->offset + multitransport_flags_offset, 0);
}

std::string lower_case(std::string name) {
    for (auto& c : name)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return name;
}

Result<void> limit_desktop(Bytes& packet, const GccBlock& core, const Policy& policy) {
    if (core.length < cs_core_minimum_bytes) return fail(Errc::bad_length, "CS_CORE", core.length);
    const auto width = core.offset + proto::cs_core_desktop_width_offset;
    const auto height = core.offset + proto::cs_core_desktop_height_offset;
    put_u16(packet, width, std::min(get_u16(packet, width), policy.desktop_width_max));
    put_u16(packet, height, std::min(get_u16(packet, height), policy.desktop_height_max));
    return {};
}

/// Each monitor of CS_MONITOR (MS-RDPBCGR 2.2.1.3.6) has at most the desktop's sides; none moves.
Result<void> limit_monitors(Bytes& packet, const std::vector<GccBlock>& blocks,
                            const Policy& policy) {
    constexpr std::size_t count_offset = 8;
    constexpr std::size_t fixed_bytes = 12;
    constexpr std::size_t definition_bytes = 20;
    const auto* block = find_block(blocks, GccBlockType::cs_monitor);
    if (block == nullptr) return {};
    if (block->length < fixed_bytes) return fail(Errc::bad_length, "CS_MONITOR", block->length);
    const auto count = get_u32(packet, block->offset + count_offset);
    if (count > (block->length - fixed_bytes) / definition_bytes)
        return fail(Errc::bad_length, "monitorCount", count);
    // The last column or row is part of the monitor.
    const auto shorten = [&packet](std::size_t first, std::size_t last, std::uint32_t pixels_max) {
        const auto begin = get_u32(packet, first);
        if (get_u32(packet, last) - begin >= pixels_max)
            put_u32(packet, last, begin + pixels_max - 1);
    };
    for (std::size_t i = 0; i < count; ++i) {
        const auto left = block->offset + fixed_bytes + i * definition_bytes;
        shorten(left, left + 8, policy.desktop_width_max);
        shorten(left + 4, left + 12, policy.desktop_height_max);
    }
    return {};
}

}  // namespace

Result<void> Relay::on_connect_initial(ByteView packet) {
    LUCID_TRY(const auto blocks, proto::locate_client_blocks(packet));
    Bytes patched = to_bytes(packet);
    const auto* core = find_block(blocks, GccBlockType::cs_core);
    if (core == nullptr) return fail(Errc::bad_value, "CS_CORE missing");
    LUCID_CHECK(limit_desktop(patched, *core, input_.policy));
    LUCID_CHECK(limit_monitors(patched, blocks, input_.policy));
    const auto selected = proto::cs_core_server_selected_protocol_offset;
    if (core->length >= selected + 4)
        put_u32(patched, core->offset + selected, input_.host_selected_protocol);
    // Encryption methods are offered for standard RDP security, which neither leg uses: the host
    // answers none.
    clear_multitransport(patched, blocks, GccBlockType::cs_multitransport);
    if (const auto* net = find_block(blocks, GccBlockType::cs_net); net != nullptr) {
        LUCID_TRY(definitions_, proto::decode_client_network_data(packet, *net));
    }
    std::set<std::string> names;
    for (std::size_t i = 0; i < definitions_.size(); ++i) {
        const auto& definition = definitions_[i];
        // A second channel of one name would have two meanings here and one at the host.
        const bool first_of_name = names.insert(lower_case(definition.name)).second;
        offered_.push_back(first_of_name && allows_static_channel(input_.policy, definition.name));
        if (offered_.back()) continue;
        sink_.note("channel refused", definition.name);
        // The slot stays, so that ids and order fit on both legs; the host learns a name it does
        // not know.
        ByteArray<8> name = {'r',
                             'e',
                             'f',
                             static_cast<std::uint8_t>('0' + i / 10),
                             static_cast<std::uint8_t>('0' + i % 10),
                             0,
                             0,
                             0};
        std::copy(name.begin(), name.end(),
                  patched.begin() + static_cast<std::ptrdiff_t>(definition.name_offset));
    }
    sink_.to_host(patched);
    connect_initial_ = std::move(patched);
    stage_ = Stage::connect_response;
    return {};
}

Result<void> Relay::on_connect_response(ByteView packet) {
    LUCID_TRY(const auto blocks, proto::locate_server_blocks(packet));
    Bytes patched = to_bytes(packet);
    LUCID_TRY(client_ids_, handshake::host_ids_of(packet, blocks));
    const auto* core = find_block(blocks, GccBlockType::sc_core);
    const auto requested = proto::sc_core_client_requested_protocols_offset;
    if (core == nullptr) return fail(Errc::bad_value, "SC_CORE missing");
    // The client compares this with what it asked: its own protection against downgrade.
    if (core->length >= requested + 4)
        put_u32(patched, core->offset + requested, input_.client_requested_protocols);
    clear_multitransport(patched, blocks, GccBlockType::sc_multitransport);

    if (client_ids_.channels.size() != definitions_.size())
        return fail(Errc::bad_length, "SC_NET channels", client_ids_.channels.size());
    io_channel_ = client_ids_.io;
    for (std::size_t i = 0; i < definitions_.size(); ++i) {
        const auto name = lower_case(definitions_[i].name);
        auto role = Role::refused;
        if (!offered_[i])
            role = Role::refused;
        else if (name == "cliprdr")
            role = Role::clipboard;
        else if (name == "drdynvc")
            role = Role::dynamic;
        else if (name == "rdpsnd")
            role = Role::audio;
        else if (name == "rdpdr")
            role = Role::device;
        else if (name == "rail")
            role = Role::rail;
        const auto id = client_ids_.channels[i];
        if (id == io_channel_ || !roles_.emplace(id, role).second)
            return fail(Errc::bad_value, "SC_NET channel id", id);
        if (role == Role::clipboard) clipboard_channel_ = id;
        if (role == Role::dynamic) dynamic_channel_ = id;
        if (role == Role::device) device_channel_ = id;
    }
    if (client_ids_.message != 0) roles_.emplace(client_ids_.message, Role::message);
    sink_.record(EventClass::screen, EventKind::connect_response, patched);
    sink_.to_client(patched);
    stage_ = Stage::joining;
    return {};
}

Result<void> Relay::client_info(const proto::McsPdu& pdu) {
    LUCID_TRY(auto info, proto::decode_client_info(pdu.data));
    if (!input_.client_authenticated) LUCID_CHECK(sink_.redeem(info.user_name, info.password));
    if (info.had_auto_reconnect_cookie) sink_.note("auto-reconnect cookie removed", "from client");
    info.flags &= ~proto::info_password_is_sc_pin;
    // An NLA host has the credentials already; a TLS host logs on with these only if told to.
    info.flags |= proto::info_autologon;
    if (!input_.policy.remote_programs) {
        if (!info.alternate_shell.empty()) sink_.note("alternate shell refused", "");
        info.alternate_shell.clear();
        info.working_dir.clear();
        info.flags &= ~proto::info_rail;
    }
    // What is compressed cannot be looked into.
    if (windows_.wanted()) info.flags &= ~(proto::info_compression | proto::info_compression_types);
    if (!input_.policy.audio_out) {
        info.flags &= ~proto::info_remote_console_audio;
        info.flags |= proto::info_no_audio_playback;
    }
    if (!input_.policy.audio_in) info.flags &= ~proto::info_audio_capture;
    client_ids_.user = pdu.initiator;
    info_ = std::move(info);
    return send_client_info();
}

Result<void> Relay::send_client_info() {
    info_.domain = input_.domain_name;
    info_.user_name = input_.user_name;
    info_.password = std::move(input_.password);
    info_.auto_reconnect_cookie = handshake::answer_to_reconnect_cookie(input_.host_cookie);
    if (info_.has_cookie_field && !info_.auto_reconnect_cookie.expose().empty())
        sink_.note("host's auto-reconnect cookie used", "");
    input_.host_cookie = {};
    const auto message = proto::encode_client_info(info_);
    info_.password = {};
    info_.auto_reconnect_cookie = {};
    if (message.size() > proto::mcs_data_bytes_max)
        return fail(Errc::limit_exceeded, "Client Info", message.size());
    auto packet = proto::encode_send_data(proto::McsPduType::send_data_request, client_ids_.user,
                                          io_channel_, message.expose());
    sink_.to_host(packet);
    crypto::wipe(packet);
    return {};
}

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "vector.hpp"

// Static channels by name, and what of the keyboard is recorded.

namespace lucid::test {
namespace {

struct ChannelCase {
    const char* channel;
    const char* policy;
    bool allowed;
};
constexpr ChannelCase channel_cases[] = {
    {"rdpsnd", R"({"audio_out":true})", true},
    {"rdpsnd", R"({"audio_in":true})", false},
    {"rdpsnd", "{}", false},
    {"encomsp", "{}", false},
    {"remdesk", "{}", false},
    {"rdpinpt", "{}", false},
    {"TSMF", R"({"audio_out":true})", false},
    {"a12345", "{}", false},
    {"rail", "{}", false},
};

void add_channels(std::vector<Vector>& all) {
    const auto sound = Bytes{7, 0, 4, 0, 0, 0, 0, 0};
    for (const auto& c : channel_cases) {
        const auto name = std::string(c.channel) + " by " + c.policy;
        if (c.allowed)
            all.push_back({name,
                           c.policy,
                           c.channel,
                           {host(sound).passes(), client(sound).passes()},
                           {note("channel used", c.channel)}});
        else
            all.push_back({name,
                           c.policy,
                           c.channel,
                           {host(sound).vanishes(), client(sound).vanishes()},
                           {note("channel refused", c.channel),
                            note("data on refused channel dropped", "")}});
    }
}

Step whole_pdu(Step step) {
    return std::move(step).on("");
}

/// Fast-path: one scan code, one Unicode character, one mouse move.
Bytes key(std::uint8_t scan_code) {
    return {0x04, 0x04, 0x00, scan_code};
}
Bytes unicode(std::uint8_t character) {
    return {0x04, 0x05, 0x80, character, 0x00};
}
/// What `timing` keeps of a printable key that goes down, and of a character.
constexpr const char* timed_key = "key|0 0";
constexpr const char* timed_character = "key|2 0";

void add_keys(std::vector<Vector>& all) {
    const auto pressed = key(0x1e);
    const auto typed = unicode('q');
    const std::string pressed_text(as_text(pressed));
    const std::string typed_text(as_text(typed));
    const Steps both = {whole_pdu(client(pressed).passes()), whole_pdu(client(typed).passes())};
    all.push_back(
        {"keys at full", R"({"keyboard":"full"})", "cliprdr", both, {pressed_text, typed_text}});
    all.push_back({"keys at timing",
                   R"({"keyboard":"timing"})",
                   "cliprdr",
                   both,
                   {timed_key, timed_character},
                   {pressed_text, typed_text}});
    all.push_back({"keys at none",
                   R"({"keyboard":"none"})",
                   "cliprdr",
                   both,
                   {},
                   {pressed_text, typed_text, timed_key, timed_character}});
}

/// A window order (MS-RDPERP 2.2.1.3) with a title.
Bytes window(std::uint32_t flags, std::uint32_t id, std::string_view title) {
    const auto text = wide(title);
    Writer w;
    w.u8(0x2e).u16_le(static_cast<std::uint16_t>(13 + text.size())).u32_le(0x01000004 | flags);
    w.u32_le(id).u16_le(static_cast<std::uint16_t>(text.size())).bytes(text);
    return w.take();
}
Bytes window_closed(std::uint32_t id) {
    return Writer().u8(0x2e).u16_le(11).u32_le(0x21000000).u32_le(id).take();
}
Bytes active_window(std::uint32_t id) {
    return Writer().u8(0x2e).u16_le(11).u32_le(0x04000020).u32_le(id).take();
}
/// A fast-path orders update.
Bytes orders(const std::vector<Bytes>& all, std::uint8_t header = 0x00) {
    Writer body;
    body.u16_le(static_cast<std::uint16_t>(all.size()));
    for (const auto& order : all) body.bytes(order);
    Writer w;
    const bool compressed = header != 0;
    const auto head = static_cast<std::uint16_t>(compressed ? 7 : 6);
    w.u8(0).u16_be(static_cast<std::uint16_t>(0x8000 | (body.view().size() + head))).u8(header);
    if (compressed) w.u8(0x20);
    w.u16_le(static_cast<std::uint16_t>(body.view().size())).bytes(body.view());
    return w.take();
}
constexpr std::uint32_t new_window = 0x10000000;
/// updateHeader: compressionFlags follow, and PACKET_COMPRESSED is set there.
constexpr std::uint8_t compressed_update = 0x80;

Bytes rail_pdu(std::uint16_t type, ByteView body) {
    return Writer()
        .u16_le(type)
        .u16_le(static_cast<std::uint16_t>(body.size() + 4))
        .bytes(body)
        .take();
}
Bytes rail_exec(std::string_view program, std::string_view arguments) {
    const auto exe = wide(program);
    const auto more = wide(arguments);
    Writer w;
    w.u16_le(0).u16_le(static_cast<std::uint16_t>(exe.size())).u16_le(0);
    w.u16_le(static_cast<std::uint16_t>(more.size())).bytes(exe).bytes(more);
    return rail_pdu(1, w.view());
}

void add_remote_programs(std::vector<Vector>& all) {
    const std::string on = R"({"remote_programs":true})";
    const std::string audit = R"({"remote_programs":true,"remote_programs_audit":true})";
    const auto shown = whole_pdu(host(orders({window(new_window, 5, "Ledger")})).passes());
    all.push_back({"remote program",
                   on,
                   "rail",
                   {client(rail_exec("||calc", "-x")).passes(), shown},
                   {note("program started", "||calc -x")},
                   {"window opened|"}});
    all.push_back({"remote program under audit",
                   audit,
                   "rail",
                   {client(rail_exec("||calc", "")).passes(), shown,
                    whole_pdu(host(orders({window(0, 5, "Ledger 2"), active_window(5)})).passes()),
                    whole_pdu(host(orders({window_closed(5)})).passes())},
                   {note("program started", "||calc"), note("window opened", "Ledger"),
                    note("window renamed", "Ledger to Ledger 2"), note("window active", "Ledger 2"),
                    note("window closed", "Ledger 2")}});
    const auto result =
        Writer().u16_le(0).u16_le(3).u32_le(0).u16_le(0).u16_le(8).bytes(wide("calc")).take();
    all.push_back({"remote program that the host refuses",
                   audit,
                   "rail",
                   {host(rail_pdu(0x80, result)).passes()},
                   {note("program refused by the host", "calc result 3")}});
    all.push_back(
        {"window orders that cannot be read",
         audit,
         "rail",
         {whole_pdu(host(orders({window(new_window, 5, "Ledger")}, compressed_update)).passes())},
         {note("window orders cannot be read", "")},
         {"window opened|"}});
    all.push_back({"remote program message nobody knows",
                   on,
                   "rail",
                   {client(rail_pdu(0x55, Bytes(4)))},
                   {},
                   {},
                   "protocol violation of the client"});
    all.push_back({"remote program message of another length",
                   on,
                   "rail",
                   {host(Writer().u16_le(5).u16_le(9).u32_le(0).take())},
                   {},
                   {},
                   "protocol violation of the host"});
}

void add_masks(std::vector<Vector>& all) {
    const auto pressed = key(0x1e);
    const std::string raw(as_text(pressed));
    const Step press = whole_pdu(client(pressed).passes());
    const auto two_windows = whole_pdu(
        host(orders({window(new_window, 5, "Enter Password"), window(new_window, 6, "Notes")}))
            .passes());
    const auto to = [](std::uint32_t id) {
        return whole_pdu(host(orders({active_window(id)})).passes());
    };
    const std::string masks =
        R"({"keyboard":"full","mask_titles":["*password*"],"remote_programs":true})";
    all.push_back({"keys in a window that is masked",
                   masks,
                   "rail",
                   {two_windows, to(5), press},
                   {note("keys masked", "Enter Password"), timed_key},
                   {raw}});
    all.push_back({"keys in a window that is not masked",
                   masks,
                   "rail",
                   {two_windows, to(6), press},
                   {raw},
                   {timed_key, "keys masked|"}});
    all.push_back({"keys after a window that is masked",
                   masks,
                   "rail",
                   {two_windows, to(5), to(6), press},
                   {note("keys masked", ""), note("keys no longer masked", ""), raw},
                   {timed_key}});
    all.push_back(
        {"masked window that is renamed",
         masks,
         "rail",
         {two_windows, to(5), whole_pdu(host(orders({window(0, 5, "Done")})).passes()), press},
         {note("keys no longer masked", ""), raw},
         {timed_key}});
    all.push_back({"nothing is masked where no program is remote",
                   R"({"keyboard":"full","mask_titles":["*password*"]})",
                   "cliprdr",
                   {two_windows, to(5), press},
                   {raw},
                   {"keys masked|"}});
}

}  // namespace

std::vector<Vector> session_vectors() {
    std::vector<Vector> all;
    add_remote_programs(all);
    add_masks(all);
    add_channels(all);
    add_keys(all);
    return all;
}

}  // namespace lucid::test

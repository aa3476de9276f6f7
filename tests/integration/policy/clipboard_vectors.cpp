// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "vector.hpp"

// Clipboard by direction, kind, size, rate, and what may be asked for at all.

namespace lucid::test {
namespace {

constexpr std::uint32_t long_names = 0x02;
constexpr const char* both_ways = R"({"clipboard_to_client":true,"clipboard_to_host":true})";

Steps opened() {
    return {host(caps(long_names)).passes(), client(caps(long_names)).passes()};
}
Bytes no_formats() {
    return encode_clip_message(ClipType::format_list, 0, {});
}
Bytes list_answer(std::uint16_t flags) {
    return encode_clip_message(ClipType::format_list_response, flags, {});
}
Bytes lock(std::uint32_t id) {
    return encode_clip_message(ClipType::lock_clip_data, 0, Writer().u32_le(id).take());
}

/// The owner announces, the other side asks, the owner hands over `body`, `arrived` arrives.
Steps paste(Side owner, std::uint32_t id, const std::string& name, const Bytes& body,
            const Bytes& arrived) {
    return {by(owner, one_format(id, name)).passes(), by(other_of(owner), request(id)).passes(),
            by(owner, response(body)).becomes(response(arrived))};
}

struct Kind {
    const char* what;
    std::uint32_t id;
    const char* name;
    const char* switched_by;  ///< policy field
    Bytes body;
    Bytes arrived;
};
std::vector<Kind> kinds() {
    const auto same = [](const char* what, std::uint32_t id, const char* name, const char* field,
                         std::string_view body) {
        return Kind{what, id, name, field, to_bytes(as_bytes(body)), to_bytes(as_bytes(body))};
    };
    auto html = same("html", 0xc0d0, "text/html", "clipboard_html",
                     "<script>steal()</script><b onclick=x()>bold</b>");
    html.arrived = to_bytes(as_bytes("<b>bold</b>"));
    return {same("text", 13, "", "clipboard_text", "text of the owner"),
            same("named text", 0xc0d1, "UTF8_STRING", "clipboard_text", "named text"),
            std::move(html),
            same("picture", 8, "", "clipboard_images", "a bitmap"),
            same("named picture", 0xc0d2, "PNG", "clipboard_images", "a png"),
            same("rich text", 0xc0d3, "Rich Text Format", "clipboard_other", "{\\rtf1 x}")};
}

std::string policy_with(const Kind& kind, bool on) {
    return std::string(R"({"clipboard_to_client":true,"clipboard_to_host":true,")") +
           kind.switched_by + "\":" + (on ? "true}" : "false}");
}

void add_kind(std::vector<Vector>& all, const Kind& kind, Side owner) {
    const std::string way = owner == Side::client ? " to the host" : " to the client";
    const std::string direction = owner == Side::client ? "client_to_host" : "host_to_client";
    const std::string body(as_text(kind.body));
    all.push_back({std::string(kind.what) + way,
                   policy_with(kind, true),
                   "cliprdr",
                   opened() + paste(owner, kind.id, kind.name, kind.body, kind.arrived),
                   {transfer(true, "cliprdr", owner, kind.id, kind.name, kind.arrived, "data")},
                   {body}});
    all.push_back({std::string(kind.what) + way + " by a policy without that kind",
                   policy_with(kind, false),
                   "cliprdr",
                   opened() + Steps{by(owner, one_format(kind.id, kind.name)).becomes(no_formats()),
                                    by(other_of(owner), request(kind.id)).answered(failure()),
                                    by(owner, response(kind.body)).vanishes()},
                   {note("clipboard refused", direction + " formats of kind "),
                    note("clipboard refused", direction + " request of format "),
                    note("clipboard refused", direction + " data nobody asked for")},
                   {body}});
}

void add_directions(std::vector<Vector>& all) {
    for (const auto owner : {Side::client, Side::host}) {
        const bool client_owns = owner == Side::client;
        const std::string direction = client_owns ? "client_to_host" : "host_to_client";
        const std::string against =
            client_owns ? R"({"clipboard_to_client":true})" : R"({"clipboard_to_host":true})";
        const std::string with =
            client_owns ? R"({"clipboard_to_host":true})" : R"({"clipboard_to_client":true})";
        const auto text = to_bytes(as_bytes("one way"));
        all.push_back({"text " + direction + " in a one way policy",
                       with,
                       "cliprdr",
                       opened() + paste(owner, 13, "", text, text),
                       {transfer(true, "cliprdr", owner, 13, "", text, "data")},
                       {"one way"}});
        all.push_back({"text " + direction + " against the direction",
                       against,
                       "cliprdr",
                       opened() + Steps{by(owner, formats()).answered(list_answer(cb_response_ok)),
                                        by(other_of(owner), request(13)).answered(failure()),
                                        by(owner, response(text)).vanishes()},
                       {note("clipboard refused", direction + " announcement"),
                        note("clipboard refused", direction + " request of format 13"),
                        transfer(false, "cliprdr", owner, 0, "", text, "data")},
                       {"one way"}});
    }
    all.push_back(
        {"no clipboard at all",
         "{}",
         "cliprdr",
         {client(formats()).vanishes(), host(formats()).vanishes()},
         {note("channel refused", "cliprdr"), note("data on refused channel dropped", "")}});
}

void add_sizes(std::vector<Vector>& all) {
    const std::string policy =
        R"({"clipboard_bytes_max":100,"clipboard_to_client":true,"clipboard_to_host":true})";
    for (const auto owner : {Side::client, Side::host}) {
        const std::string way = owner == Side::client ? " of the client" : " of the host";
        const Bytes fits(100, 'f');
        const Bytes too_large(101, 'l');
        // Longer than what is taken whole: the limit and 64 KiB of room.
        const Bytes huge(100 + 64 * 1024 + 1, 'h');
        all.push_back({"text at the limit" + way,
                       policy,
                       "cliprdr",
                       opened() + paste(owner, 13, "", fits, fits),
                       {transfer(true, "cliprdr", owner, 13, "", fits, "data")}});
        for (const auto& body : {too_large, huge}) {
            const bool is_huge = body.size() > 1000;
            all.push_back({(is_huge ? "huge text" : "text past the limit") + way,
                           policy,
                           "cliprdr",
                           opened() + Steps{by(owner, formats()).passes(),
                                            by(other_of(owner), request(13)).passes(),
                                            by(owner, response(body)).becomes(failure())},
                           {note("clipboard refused", ""),
                            transfer(false, "cliprdr", owner, 13, "", body, "data")},
                           {std::string(as_text(body))}});
        }
    }
    all.push_back({"announcement too long",
                   policy,
                   "cliprdr",
                   opened() + Steps{client(encode_clip_message(ClipType::format_list, 0,
                                                               Bytes(100 + 64 * 1024 + 1)))
                                        .answered(list_answer(cb_response_fail))},
                   {note("clipboard refused", "client_to_host message too large")}});
}

void add_rates(std::vector<Vector>& all) {
    const std::string policy =
        R"({"clipboard_per_minute":2,"clipboard_to_client":true,"clipboard_to_host":true})";
    const auto text = to_bytes(as_bytes("again"));
    for (const auto owner : {Side::client, Side::host}) {
        const std::string way = owner == Side::client ? " of the client" : " of the host";
        const auto twice =
            opened() + paste(owner, 13, "", text, text) +
            Steps{by(other_of(owner), request(13)).passes(), by(owner, response(text)).passes()};
        all.push_back({"two contents a minute" + way,
                       policy,
                       "cliprdr",
                       twice,
                       {transfer(true, "cliprdr", owner, 13, "", text, "data")}});
        all.push_back(
            {"third content of a minute" + way,
             policy,
             "cliprdr",
             twice + Steps{by(other_of(owner), request(13)).passes(),
                           by(owner, response(text)).becomes(failure())},
             {note("clipboard refused",
                   std::string(owner == Side::client ? "client_to_host" : "host_to_client") +
                       " data too often"),
              transfer(false, "cliprdr", owner, 13, "", text, "data")}});
    }
    all.push_back({"rates count each direction by itself",
                   policy,
                   "cliprdr",
                   opened() + paste(Side::client, 13, "", text, text) +
                       paste(Side::host, 13, "", text, text) +
                       Steps{host(request(13)).passes(), client(response(text)).passes(),
                             client(request(13)).passes(), host(response(text)).passes()},
                   {transfer(true, "cliprdr", Side::host, 13, "", text, "data")}});
}

void add_order(std::vector<Vector>& all) {
    const auto text = to_bytes(as_bytes("unasked"));
    all.push_back(
        {"request of what was never announced",
         both_ways,
         "cliprdr",
         opened() + Steps{host(request(13)).answered(failure()), client(formats()).passes(),
                          host(request(8)).answered(failure())},
         {note("clipboard refused", "client_to_host request of format 13"),
          note("clipboard refused", "client_to_host request of format 8")}});
    all.push_back({"data nobody asked for",
                   both_ways,
                   "cliprdr",
                   opened() + Steps{client(formats()).passes(), client(response(text)).vanishes(),
                                    host(response(text)).vanishes()},
                   {transfer(false, "cliprdr", Side::client, 0, "", text, "data"),
                    note("clipboard refused", "host_to_client data nobody asked for")},
                   {"unasked"}});
    all.push_back({"data is handed over once per request",
                   both_ways,
                   "cliprdr",
                   opened() + paste(Side::client, 13, "", text, text) +
                       Steps{client(response(text)).vanishes()},
                   {note("clipboard refused", "client_to_host data nobody asked for")}});
    all.push_back({"a newer announcement replaces the older",
                   both_ways,
                   "cliprdr",
                   opened() + Steps{client(formats()).passes(), client(one_format(8, "")).passes(),
                                    host(request(13)).answered(failure())},
                   {note("clipboard refused", "client_to_host request of format 13")}});
    all.push_back({"an owner that cannot deliver may say so",
                   both_ways,
                   "cliprdr",
                   opened() + Steps{client(formats()).passes(), host(request(13)).passes(),
                                    client(failure()).passes(), client(failure()).vanishes()},
                   {}});
    all.push_back({"only the allowed formats of a list are left",
                   both_ways,
                   "cliprdr",
                   opened() + Steps{client(formats(true)).becomes(formats())},
                   {note("clipboard refused", "client_to_host formats of kind files")}});
    all.push_back({"unreadable announcement",
                   both_ways,
                   "cliprdr",
                   opened() + Steps{client(encode_clip_message(ClipType::format_list, 0,
                                                               Bytes{13, 0, 0, 0, 1}))
                                        .answered(list_answer(cb_response_fail))},
                   {note("clipboard refused", "client_to_host unreadable announcement")}});
    all.push_back({"locks and their capability",
                   both_ways,
                   "cliprdr",
                   {host(caps(0x12)).becomes(caps(0x02)), client(caps(0x12)).becomes(caps(0x02)),
                    client(lock(1)).vanishes(), host(lock(1)).vanishes()},
                   {}});
    all.push_back({"file capabilities without files",
                   both_ways,
                   "cliprdr",
                   {host(caps(0x2e)).becomes(caps(0x02)), client(caps(0x2e)).becomes(caps(0x02))},
                   {}});
    all.push_back({"an unknown clipboard message",
                   both_ways,
                   "cliprdr",
                   opened() + Steps{client(Bytes{12, 0, 0, 0, 0, 0, 0, 0})},
                   {},
                   {},
                   "protocol violation of the client"});
}

}  // namespace

std::vector<Vector> clipboard_vectors() {
    std::vector<Vector> all;
    for (const auto& kind : kinds())
        for (const auto owner : {Side::client, Side::host}) add_kind(all, kind, owner);
    add_directions(all);
    add_sizes(all);
    add_rates(all);
    add_order(all);
    return all;
}

}  // namespace lucid::test

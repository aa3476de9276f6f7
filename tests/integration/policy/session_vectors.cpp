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
};

void add_channels(std::vector<Vector>& all) {
    const auto sound = Bytes{7, 0, 4, 0, 0, 0, 0, 0};
    for (const auto& c : channel_cases) {
        const auto name = std::string(c.channel) + " by " + c.policy;
        if (c.allowed)
            all.push_back(
                {name, c.policy, c.channel, {host(sound).passes(), client(sound).passes()}, {}});
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

}  // namespace

std::vector<Vector> session_vectors() {
    std::vector<Vector> all;
    add_channels(all);
    add_keys(all);
    return all;
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/keyboard.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::client {
namespace {

using proto::FastPathEvent;
using proto::InputEvent;

/// "2a+ 1e+ 1e- 2a-": scancodes, x for extended ones, u for Unicode.
std::string text_of(const InputEvents& events) {
    std::string text;
    for (const auto& event : events) {
        char part[16];
        std::snprintf(part, sizeof part, "%s%s%02x%c", text.empty() ? "" : " ",
                      event.code == FastPathEvent::unicode       ? "u"
                      : (event.flags & proto::key_extended) != 0 ? "x"
                                                                 : "",
                      event.key, (event.flags & proto::key_release) != 0 ? '-' : '+');
        text += part;
    }
    return text;
}

TEST(Keyboard, text_becomes_keys_of_a_us_keyboard) {
    EXPECT_EQ(text_of(*type_text("aA", Typing::scancodes)), "1e+ 1e- 2a+ 1e+ 1e- 2a-");
    EXPECT_EQ(text_of(*type_text("\n\t", Typing::scancodes)), "1c+ 1c- 0f+ 0f-");
    EXPECT_EQ(text_of(*type_text("-_/?", Typing::scancodes)),
              "0c+ 0c- 2a+ 0c+ 0c- 2a- 35+ 35- 2a+ 35+ 35- 2a-");
    EXPECT_EQ(text_of(*type_text("ä", Typing::scancodes)), "ue4+ ue4-");
    EXPECT_EQ(text_of(*type_text("a\n", Typing::unicode)), "u61+ u61- 1c+ 1c-");
    EXPECT_EQ(text_of(*type_text("😀", Typing::unicode)), "ud83d+ ud83d- ude00+ ude00-");
    EXPECT_FALSE(type_text("\xff", Typing::scancodes));
}

TEST(Keyboard, every_printable_character_has_a_key) {
    for (char c = ' '; c < 0x7f; ++c) {
        const auto events = type_text(std::string(1, c), Typing::scancodes);
        for (const auto& event : *events) EXPECT_EQ(event.code, FastPathEvent::scancode) << c;
    }
}

TEST(Keyboard, chords_go_down_in_order_and_up_in_reverse) {
    EXPECT_EQ(text_of(*press_keys("F4")), "3e+ 3e-");
    EXPECT_EQ(text_of(*press_keys("ctrl+alt+Delete")), "1d+ 38+ x53+ x53- 38- 1d-");
    EXPECT_EQ(text_of(*press_keys("shift+A")), "2a+ 1e+ 1e- 2a-");
    for (const auto* wrong : {"", "+", "ctrl+", "F13", "ctrl+nothing", "!"})
        EXPECT_FALSE(press_keys(wrong)) << wrong;
    EXPECT_TRUE(press_keys("a+b+c+d+e+f+g+h"));
    EXPECT_FALSE(press_keys("a+b+c+d+e+f+g+h+i"));
}

TEST(Mouse, wheel_rotation_is_nine_bits) {
    const auto up = mouse_wheel(2, false, 3, 4);
    ASSERT_EQ(up.size(), 2U);
    EXPECT_EQ(up[0].pointer, 0x0200 | 120);
    EXPECT_EQ(up[0].x, 3);
    const auto down = mouse_wheel(-1, true, 0, 0);
    ASSERT_EQ(down.size(), 1U);
    EXPECT_EQ(down[0].pointer, 0x0400 | 0x0100 | (256 - 120));
    EXPECT_TRUE(mouse_wheel(0, false, 0, 0).empty());
    EXPECT_EQ(mouse_wheel(1000, false, 0, 0).size(), static_cast<std::size_t>(wheel_clicks_max));
}

TEST(FastPathInput, is_read_back_as_it_was_written) {
    InputEvents events = *type_text("aß", Typing::scancodes);
    events.push_back(mouse_move(1, 2));
    events.push_back(mouse_button(MouseButton::right, true, 5, 6));
    events.push_back(lock_sync(true, false, true));
    for (const std::size_t count : {std::size_t{1}, events.size(), std::size_t{255}}) {
        auto wanted = events;
        wanted.resize(count, mouse_move(9, 9));
        const auto pdu = proto::encode_fast_path_input(wanted);
        const auto read = proto::decode_fast_path_input(pdu);
        ASSERT_TRUE(read) << read.error().message();
        ASSERT_EQ(read->size(), count);
        for (std::size_t i = 0; i < count; ++i) {
            EXPECT_EQ((*read)[i].code, wanted[i].code);
            EXPECT_EQ((*read)[i].flags, wanted[i].flags);
            EXPECT_EQ((*read)[i].key, wanted[i].key);
            EXPECT_EQ((*read)[i].pointer, wanted[i].pointer);
            EXPECT_EQ((*read)[i].x, wanted[i].x);
        }
    }
}

}  // namespace
}  // namespace lucid::rdp::client

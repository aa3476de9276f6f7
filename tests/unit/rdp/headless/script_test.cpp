// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/script.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::headless::script {
namespace {

template <class T>
T parsed(std::string_view line) {
    const auto result = parse_line(line);
    EXPECT_TRUE(result.problem.empty()) << line << ": " << result.problem;
    EXPECT_TRUE(result.command && std::holds_alternative<T>(*result.command)) << line;
    return result.command && std::holds_alternative<T>(*result.command)
               ? std::get<T>(*result.command)
               : T{};
}

TEST(Script, waits_have_times_in_seconds_or_milliseconds) {
    EXPECT_EQ(parsed<WaitPicture>("wait picture").limit, wait_default);
    EXPECT_EQ(parsed<WaitPicture>("wait picture 5").limit, Milliseconds(5000));
    EXPECT_EQ(parsed<WaitChange>("  wait   change 250ms").limit, Milliseconds(250));
    const auto still = parsed<WaitStill>("wait still 1.5s 20s");
    EXPECT_EQ(still.span, Milliseconds(1500));
    EXPECT_EQ(still.limit, Milliseconds(20000));
    EXPECT_EQ(parsed<WaitStill>("wait still").span, Milliseconds(1000));
    EXPECT_EQ(parsed<Sleep>("sleep 2s").span, Milliseconds(2000));
    EXPECT_EQ(parsed<WaitEnd>("wait end 1").limit, Milliseconds(1000));
    const auto size = parsed<WaitSize>("wait size 1024 768");
    EXPECT_EQ(size.width, 1024);
    EXPECT_EQ(parsed<WaitPixel>("wait pixel 3 4 ff8000 2s").colour, 0xff8000U);
    EXPECT_EQ(parsed<WaitClipboard>("wait clipboard").format, "text");
    EXPECT_EQ(parsed<WaitClipboard>("wait clipboard 3s").limit, Milliseconds(3000));
    EXPECT_EQ(parsed<WaitClipboard>("wait clipboard files 3s").format, "files");
}

TEST(Script, text_keeps_its_blanks_and_has_escapes) {
    EXPECT_EQ(parsed<Type>("type  ls  -l \\n").text, "ls  -l \n");
    EXPECT_EQ(parsed<Type>("type a\\\\b\\tc\\x\r").text, "a\\b\tc\\x");
    EXPECT_EQ(parsed<Type>("unicode äö").typing, client::Typing::unicode);
    EXPECT_EQ(parsed<ClipboardSet>("clipboard set two words").value, "two words");
    EXPECT_EQ(parsed<ClipboardSet>("clipboard set-file html a b.html").value, "a b.html");
    EXPECT_TRUE(parsed<ClipboardSet>("clipboard set-file files a folder").is_file);
    EXPECT_FALSE(parsed<ClipboardSet>("clipboard set html").is_file);
    EXPECT_EQ(parsed<ClipboardGet>("clipboard get").format, "text");
    EXPECT_EQ(parsed<ClipboardGet>("clipboard get files to here").file, "to here");
    for (const auto* line : {"clipboard get png", "clipboard get files", "clipboard set-file png",
                             "clipboard get rtf", "wait clipboard rtf"})
        EXPECT_FALSE(parse_line(line).command) << line;
    EXPECT_EQ(parsed<ClipboardGet>("clipboard get image x.dib").file, "x.dib");
    EXPECT_EQ(parsed<Screenshot>("screenshot a b.png").file, "a b.png");
}

TEST(Script, keys_and_the_mouse) {
    EXPECT_EQ(parsed<Key>("key ctrl+alt+Delete").names, "ctrl+alt+Delete");
    EXPECT_FALSE(parsed<Key>("keydown shift").up);
    const auto click = parsed<Mouse>("click right 10 20");
    EXPECT_EQ(click.button, client::MouseButton::right);
    EXPECT_EQ(click.x, 10);
    EXPECT_EQ(parsed<Mouse>("click 10 20").button, client::MouseButton::left);
    EXPECT_EQ(parsed<Mouse>("doubleclick 1 2").what, Mouse::What::double_click);
    EXPECT_EQ(parsed<Mouse>("move 1 2").what, Mouse::What::move);
    EXPECT_EQ(parsed<Wheel>("wheel -3").clicks, -3);
    EXPECT_TRUE(parsed<Wheel>("hwheel 1").horizontal);
    EXPECT_TRUE(parsed<Locks>("locks caps num").caps);
    EXPECT_FALSE(parsed<Locks>("locks none").num);
    EXPECT_EQ(parsed<Resize>("resize 1024 768").height, 768);
    EXPECT_EQ(parsed<Pixel>("pixel 7 8").y, 8);
    parsed<Disconnect>("disconnect");
    parsed<Drop>("drop");
}

TEST(Script, layouts_of_monitors) {
    const auto layout = parsed<Arrange>("monitors 1280x1024+0+0,1024x768-1024+20").monitors;
    ASSERT_EQ(layout.size(), 2U);
    EXPECT_EQ(layout[1], (client::Monitor{-1024, 20, 1024, 768}));
    for (const auto* line :
         {"monitors", "monitors 1280x1024", "monitors 1280x1024+0+0 800x600+0+0"})
        EXPECT_FALSE(parse_line(line).command) << line;
}

TEST(Script, touch_and_gestures) {
    const auto tap = parsed<Gesture>("touch 10 -20");
    ASSERT_EQ(tap.paths.size(), 1U);
    EXPECT_EQ(tap.paths[0].to_x, 10);
    EXPECT_EQ(tap.paths[0].to_y, -20);
    EXPECT_EQ(parsed<Gesture>("touch 10 20 2s").span, Milliseconds(2000));
    const auto hover = parsed<TouchPoint>("touch hover 3 4 9").point;
    EXPECT_EQ(hover.action, client::TouchAction::hover);
    EXPECT_EQ(hover.contact, 9U);
    EXPECT_EQ(parsed<TouchPoint>("touch down 3 4").point.contact, 0U);
    EXPECT_EQ(parsed<TouchDismiss>("touch dismiss 2").contact, 2U);
    const auto swipe = parsed<Gesture>("swipe 1 2 3 4 1s");
    EXPECT_EQ(swipe.paths.at(0).from_y, 2);
    EXPECT_EQ(swipe.paths.at(0).to_x, 3);
    EXPECT_EQ(swipe.span, Milliseconds(1000));
    const auto pinch = parsed<Gesture>("pinch 400 300 100 300");
    ASSERT_EQ(pinch.paths.size(), 2U);
    EXPECT_EQ(pinch.paths[0].from_x, 350);
    EXPECT_EQ(pinch.paths[0].to_x, 250);
    EXPECT_EQ(pinch.paths[1].to_x, 550);
    EXPECT_EQ(parsed<Gesture>("touch 536870911 -536870911").paths[0].to_x, 536870911);
    for (const auto* line :
         {"touch", "touch 1", "touch 1 2 soon", "touch down 1 2 10", "touch dismiss 10",
          "touch up 1 2 0 0", "touch 536870912 0", "touch 0 -536870912", "swipe 1 2 3",
          "swipe 1 2 3 4 5 6", "pinch 1 2 3", "pinch 1 2 -3 4", "touch lift 1 2"})
        EXPECT_FALSE(parse_line(line).command) << line;
}

TEST(Script, empty_lines_and_comments_do_nothing) {
    for (const auto* line : {"", "   ", "# type this", "  # wait", "\r"}) {
        const auto result = parse_line(line);
        EXPECT_FALSE(result.command) << line;
        EXPECT_TRUE(result.problem.empty()) << line;
    }
}

TEST(Script, a_wrong_line_says_how_it_goes) {
    for (const auto* line : {"walk",
                             "wait",
                             "wait nothing",
                             "wait picture soon",
                             "wait picture 1 2",
                             "wait picture -1",
                             "wait picture nan",
                             "wait picture 90000",
                             "wait size 1",
                             "wait pixel 1 2 red",
                             "key",
                             "key F13",
                             "key a b",
                             "click 1",
                             "click 1 2 3",
                             "click left",
                             "click 70000 1",
                             "move -1 2",
                             "move left 1 2",
                             "wheel",
                             "wheel 101",
                             "wheel up",
                             "locks shift",
                             "resize 1",
                             "clipboard",
                             "clipboard get video",
                             "clipboard set-file text",
                             "screenshot",
                             "pixel 1",
                             "sleep",
                             "sleep x",
                             "disconnect now"}) {
        const auto result = parse_line(line);
        EXPECT_FALSE(result.command) << line;
        EXPECT_FALSE(result.problem.empty()) << line;
    }
    EXPECT_FALSE(parse_line("type " + std::string(line_bytes_max, 'x')).command);
    EXPECT_TRUE(parse_line("type " + std::string(line_bytes_max - 5, 'x')).command);
}

}  // namespace
}  // namespace lucid::rdp::headless::script

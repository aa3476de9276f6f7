// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/html_cleaner.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::relay {
namespace {

struct HtmlCase {
    const char* in;
    const char* out;
};
class CleanHtml : public testing::TestWithParam<HtmlCase> {};

TEST_P(CleanHtml, keeps_what_shows_and_drops_what_acts) {
    const auto once = clean_html(GetParam().in);
    EXPECT_EQ(once, GetParam().out);
    EXPECT_EQ(clean_html(once), once) << "cleaning again changes nothing";
}

constexpr HtmlCase cases[] = {
    {"plain text", "plain text"},
    {"a &amp; b", "a &amp; b"},
    {"1 < 2 > 1", "1 &lt; 2 &gt; 1"},
    {"<b>bold</b>", "<b>bold</b>"},
    {"<B>bold</B>", "<b>bold</b>"},
    {"<b>open", "<b>open</b>"},
    {"closed</b>", "closed"},
    {"<b><i>crossed</b></i>", "<b><i>crossed</i></b>"},
    {"line<br/>break", "line<br>break"},
    {"<script>alert(1)</script>x", "x"},
    {"<SCRIPT\n>alert(1)</ScRiPt >x", "x"},
    {"<script>never closed", ""},
    {"<script>a</scriptx></script>b", "b"},
    {"<style>p{}</style>x", "x"},
    {"<iframe src=http://h/>x</iframe>y", "y"},
    {"<object><b>x</b></object>y", "y"},
    {"<svg onload=a()><b>x</b></svg>y", "y"},
    {"<img src=http://h/p.gif>x", "x"},
    {"<img src=x onerror=alert(1)>", ""},
    {"<body onload=a()>x</body>", "x"},
    {"<p onclick=\"a()\">x</p>", "<p>x</p>"},
    {"<p onclick='a(\">\")'>x</p>", "<p>x</p>"},
    {"<p style=\"background:url(http://h)\">x</p>", "<p>x</p>"},
    {"<td colspan=2 width='50%'>x</td>", "<td colspan=\"2\" width=\"50%\">x</td>"},
    {"<font color=#ff0000>x</font>", "<font color=\"#ff0000\">x</font>"},
    {"<font color=\"expression(a)\">x</font>", "<font>x</font>"},
    {"<a href=\"https://example.org/?a=1&b=2\">x</a>",
     "<a href=\"https://example.org/?a=1&b=2\">x</a>"},
    {"<a href=javascript:alert(1)>x</a>", "<a>x</a>"},
    {"<a href=\" javascript:alert(1)\">x</a>", "<a>x</a>"},
    {"<a href=\"java&#115;cript:alert(1)\">x</a>", "<a>x</a>"},
    {"<a href=file:///etc/passwd>x</a>", "<a>x</a>"},
    {"<a href=\"\\\\host\\share\">x</a>", "<a>x</a>"},
    {"<a href=HTTPS://h/>x</a>", "<a href=\"HTTPS://h/\">x</a>"},
    {"<a href=mailto:a@b>x</a>", "<a href=\"mailto:a@b\">x</a>"},
    {"<!-- c --><b>x</b>", "<b>x</b>"},
    {"<!--[if mso]><b>y</b><![endif]-->x", "x"},
    {"<!DOCTYPE html>x", "x"},
    {"<?xml version=1?>x", "x"},
    {"<form action=http://h><input value=x></form>y", "y"},
    {"<meta http-equiv=refresh content=0;url=http://h>x", "x"},
    {"<link rel=stylesheet href=http://h>x", "x"},
    {"<base href=http://h>x", "x"},
    {"<b", ""},
    {"<b x='", ""},
    {"<", "&lt;"},
    {"<>", "&lt;&gt;"},
    {"<o:p>x</o:p>", "x"},
    {"<p =x y>z</p>", "<p>z</p>"},
};
INSTANTIATE_TEST_SUITE_P(All, CleanHtml, testing::ValuesIn(cases));

TEST(CleanClipboardHtml, header_offsets_point_at_the_fragment) {
    const std::string text =
        "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000190\r\nStartFragment:0000000139\r\n"
        "EndFragment:0000000156\r\n<html><body>\r\n<!--StartFragment--><b onclick=x>y</b>"
        "<!--EndFragment-->\r\n</body></html>";
    const auto cleaned = clean_clipboard_html(text);
    const auto value = [&](const char* key) {
        return std::stoul(cleaned.substr(cleaned.find(key) + std::string(key).size(), 10));
    };
    const auto start = value("StartFragment:");
    EXPECT_EQ(cleaned.substr(start, value("EndFragment:") - start), "<b>y</b>");
    EXPECT_EQ(cleaned.substr(value("StartHTML:"), 6), "<html>");
    EXPECT_EQ(value("EndHTML:"), cleaned.size() - 1) << "a NUL ends it";
    EXPECT_EQ(clean_clipboard_html(cleaned), cleaned);
}

TEST(CleanClipboardHtml, offsets_that_lie_do_not_matter) {
    for (const auto* header :
         {"StartFragment:99999999999999999999\r\nEndFragment:5\r\n",
          "StartFragment:50\r\nEndFragment:20\r\n", "StartFragment:x\r\n", ""}) {
        const auto cleaned = clean_clipboard_html(std::string("Version:0.9\r\n") + header +
                                                  "<b>y</b><script>z</script>");
        EXPECT_NE(cleaned.find("<b>y</b>"), std::string::npos) << header;
        EXPECT_EQ(cleaned.find("script"), std::string::npos) << header;
    }
}

TEST(CleanHtmlLimits, depth_is_bounded) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i) deep += "<b>";
    EXPECT_LE(clean_html(deep).size(), 256U * 7);
}

}  // namespace
}  // namespace lucid::rdp::relay

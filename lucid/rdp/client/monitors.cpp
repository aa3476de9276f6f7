// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/monitors.hpp>

#include <algorithm>
#include <charconv>

namespace lucid::rdp::client {
namespace {

/// Places are within this of the primary monitor, so that no sum of them overflows.
constexpr std::int32_t place_max = 32766;

/// What lies between two monitors in one dimension; negative: they share pixels there.
std::int64_t gap(std::int32_t a, std::uint32_t a_length, std::int32_t b, std::uint32_t b_length) {
    return std::max(std::int64_t{b} - (std::int64_t{a} + a_length),
                    std::int64_t{a} - (std::int64_t{b} + b_length));
}

/// Negative: they overlap; zero: they touch, maybe at a corner only.
std::int64_t distance(const Monitor& a, const Monitor& b) {
    return std::max(gap(a.left, a.width, b.left, b.width), gap(a.top, a.height, b.top, b.height));
}

Result<void> check_one(const Monitor& monitor) {
    for (const auto side : {monitor.width, monitor.height})
        if (side < monitor_side_min || side > monitor_side_max)
            return fail(Errc::bad_value, "a monitor's sides are from 200 to 8192 pixels", side);
    if (monitor.width % 2 != 0)
        return fail(Errc::bad_value, "a monitor's width is even", monitor.width);
    for (const auto place : {monitor.left, monitor.top})
        if (place < -place_max || place > place_max)
            return fail(Errc::bad_value, "a monitor is too far away");
    return {};
}

bool number(std::string_view& text, std::int32_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}
bool letter(std::string_view& text, std::string_view wanted, char& found) {
    if (text.empty() || wanted.find(text.front()) == std::string_view::npos) return false;
    found = text.front();
    text.remove_prefix(1);
    return true;
}
bool place(std::string_view& text, std::int32_t& value) {
    char sign = 0;
    if (!letter(text, "+-", sign) || !number(text, value)) return false;
    if (sign == '-') value = -value;
    return true;
}

}  // namespace

Result<void> check_monitors(std::span<const Monitor> monitors, LayoutUse use) {
    if (monitors.empty()) return fail(Errc::bad_value, "there is no monitor");
    if (monitors.size() > proto::client_monitors_max)
        return fail(Errc::limit_exceeded, "there are more than 16 monitors", monitors.size());
    for (const auto& monitor : monitors) LUCID_CHECK(check_one(monitor));
    if (std::none_of(monitors.begin(), monitors.end(),
                     [](const auto& monitor) { return monitor.is_primary(); }))
        return fail(Errc::bad_value, "no monitor is at +0+0, where the primary one belongs");
    for (std::size_t i = 0; i < monitors.size(); ++i) {
        bool touches = monitors.size() == 1;
        for (std::size_t j = 0; j < monitors.size(); ++j) {
            if (i == j) continue;
            const auto apart = distance(monitors[i], monitors[j]);
            if (apart < 0) return fail(Errc::bad_value, "monitors overlap", i);
            touches = touches || apart == 0;
        }
        if (!touches && use == LayoutUse::display_control)
            return fail(Errc::bad_value, "a monitor touches no other", i);
    }
    const auto bounds = bounds_of(monitors);
    if (bounds.width > layout_side_max || bounds.height > layout_side_max ||
        std::uint64_t{bounds.width} * bounds.height > layout_pixels_max)
        return fail(Errc::limit_exceeded, "all monitors together are too large");
    return {};
}

Result<Monitors> parse_monitors(std::string_view text) {
    Monitors monitors;
    for (;;) {
        std::int32_t width = 0;
        std::int32_t height = 0;
        Monitor monitor;
        char mark = 0;
        if (!number(text, width) || !letter(text, "x", mark) || !number(text, height) ||
            !place(text, monitor.left) || !place(text, monitor.top))
            return fail(Errc::bad_value, "monitors are WIDTHxHEIGHT+LEFT+TOP, with commas between");
        monitor.width = static_cast<std::uint32_t>(width);
        monitor.height = static_cast<std::uint32_t>(height);
        monitors.push_back(monitor);
        if (monitors.size() > proto::client_monitors_max)
            return fail(Errc::limit_exceeded, "there are more than 16 monitors");
        if (text.empty()) return monitors;
        if (!letter(text, ",", mark))
            return fail(Errc::bad_value, "monitors are WIDTHxHEIGHT+LEFT+TOP, with commas between");
    }
}

Monitor bounds_of(std::span<const Monitor> monitors) {
    if (monitors.empty()) return {};
    std::int64_t left = monitors[0].left;
    std::int64_t top = monitors[0].top;
    auto right = left;
    auto bottom = top;
    for (const auto& monitor : monitors) {
        left = std::min<std::int64_t>(left, monitor.left);
        top = std::min<std::int64_t>(top, monitor.top);
        right = std::max(right, std::int64_t{monitor.left} + monitor.width);
        bottom = std::max(bottom, std::int64_t{monitor.top} + monitor.height);
    }
    return {static_cast<std::int32_t>(left), static_cast<std::int32_t>(top),
            static_cast<std::uint32_t>(right - left), static_cast<std::uint32_t>(bottom - top)};
}

}  // namespace lucid::rdp::client

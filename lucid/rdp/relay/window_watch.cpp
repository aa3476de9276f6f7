// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/rail.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/relay/file_rules.hpp>
#include <lucid/rdp/relay/window_watch.hpp>

#include <algorithm>
#include <utility>

namespace lucid::rdp::relay {
namespace {

constexpr std::uint8_t packet_compressed = 0x20;

}  // namespace

void WindowWatch::tell(std::string_view what, const std::string& detail) {
    if (policy_.remote_programs_audit) sink_.note(what, detail);
}

void WindowWatch::on_output(ByteView pdu) {
    const auto updates = proto::decode_fast_path_output(pdu);
    if (!updates) return;
    for (const auto& update : *updates) {
        if (update.code != proto::UpdateCode::orders) continue;
        // Compression was switched off in Client Info, and window orders are short.
        const bool hidden = (update.compression & packet_compressed) != 0 ||
                            update.fragmentation != proto::Fragmentation::single;
        if (!hidden)
            on_orders(update.data);
        else if (!std::exchange(told_hidden_, true))
            tell("window orders cannot be read", "compressed or in fragments");
    }
}

void WindowWatch::on_orders(ByteView update) {
    const auto orders = proto::decode_window_orders(update);
    if (!orders) return;
    for (const auto& order : *orders) on_order(order);
    look_at_active();
}

void WindowWatch::on_order(const proto::WindowOrder& order) {
    if (order.what == proto::WindowOrder::What::desktop) {
        if (!order.active_window || *order.active_window == active_) return;
        active_ = *order.active_window;
        const auto title = titles_.find(active_);
        tell("window active", title == titles_.end() ? std::string() : title->second);
        return;
    }
    if (order.what != proto::WindowOrder::What::window) return;
    const auto known = titles_.find(order.window);
    if (order.deleted) {
        if (known == titles_.end()) return;
        tell("window closed", known->second);
        titles_.erase(known);
        return;
    }
    if (!order.title) return;
    auto title = event_name(*order.title);
    if (known != titles_.end()) {
        if (known->second == title) return;
        tell("window renamed", known->second + " to " + title);
        known->second = std::move(title);
    } else if (titles_.size() < windows_max) {
        tell("window opened", title);
        titles_.emplace(order.window, std::move(title));
    }
}

void WindowWatch::look_at_active() {
    const auto title = titles_.find(active_);
    const bool masked =
        title != titles_.end() &&
        std::any_of(policy_.mask_titles.begin(), policy_.mask_titles.end(),
                    [&](const auto& pattern) { return matches_pattern(pattern, title->second); });
    if (masked == std::exchange(masking_, masked)) return;
    sink_.note(masked ? "keys masked" : "keys no longer masked",
               masked ? title->second : std::string());
}

Result<void> WindowWatch::on_rail(Side from, ByteView message) {
    using namespace proto::channels;
    LUCID_TRY(const auto pdu, decode_rail_pdu(message));
    if (from == Side::client && pdu.type == rail_order_exec) {
        LUCID_TRY(const auto exec, decode_rail_exec(pdu));
        const auto arguments = event_name(exec.arguments);
        sink_.note("program started",
                   event_name(exec.program) + (arguments.empty() ? "" : " " + arguments));
    } else if (from == Side::host && pdu.type == rail_order_exec_result) {
        LUCID_TRY(const auto result, decode_rail_exec_result(pdu));
        if (result.result != 0)
            sink_.note("program refused by the host",
                       event_name(result.program) + " result " + std::to_string(result.result));
    }
    return {};
}

}  // namespace lucid::rdp::relay

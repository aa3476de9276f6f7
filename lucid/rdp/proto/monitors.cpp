// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/monitors.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint32_t monitor_primary = 1;
constexpr std::uint32_t attributes_bytes = 20;
constexpr std::uint32_t percent_unscaled = 100;

/// TS_MONITOR_DEF (2.2.1.3.6.1): its last row and column belong to it.
void put_definition(Writer& w, const Monitor& monitor) {
    const auto left = static_cast<std::uint32_t>(monitor.left);
    const auto top = static_cast<std::uint32_t>(monitor.top);
    w.u32_le(left).u32_le(top).u32_le(left + monitor.width - 1).u32_le(top + monitor.height - 1);
    w.u32_le(monitor.is_primary() ? monitor_primary : 0);
}

Result<Monitor> take_definition(Reader& r) {
    Monitor monitor;
    LUCID_TRY(const auto left, r.u32_le("left"));
    LUCID_TRY(const auto top, r.u32_le("top"));
    LUCID_TRY(const auto right, r.u32_le("right"));
    LUCID_TRY(const auto bottom, r.u32_le("bottom"));
    LUCID_CHECK(r.skip(4, "flags"));
    monitor.left = static_cast<std::int32_t>(left);
    monitor.top = static_cast<std::int32_t>(top);
    if (static_cast<std::int32_t>(right) < monitor.left ||
        static_cast<std::int32_t>(bottom) < monitor.top)
        return fail(Errc::bad_value, "monitor of the host");
    monitor.width = right - left + 1;
    monitor.height = bottom - top + 1;
    return monitor;
}

}  // namespace

Bytes encode_client_monitors(std::span<const Monitor> monitors) {
    Writer w;
    w.u32_le(0).u32_le(static_cast<std::uint32_t>(monitors.size()));
    for (const auto& monitor : monitors) put_definition(w, monitor);
    return w.take();
}

Bytes encode_client_monitor_attributes(std::size_t count) {
    Writer w;
    w.u32_le(0).u32_le(attributes_bytes).u32_le(static_cast<std::uint32_t>(count));
    for (std::size_t i = 0; i < count; ++i)
        // physicalWidth, physicalHeight, orientation, desktopScaleFactor, deviceScaleFactor
        w.u32_le(0).u32_le(0).u32_le(0).u32_le(percent_unscaled).u32_le(percent_unscaled);
    return w.take();
}

Result<std::vector<Monitor>> decode_host_monitors(ByteView payload) {
    Reader r(payload);
    LUCID_TRY(const auto count, r.u32_le("monitorCount"));
    if (count > host_monitors_max) return fail(Errc::limit_exceeded, "monitorCount", count);
    std::vector<Monitor> monitors;
    for (std::uint32_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto monitor, take_definition(r));
        monitors.push_back(monitor);
    }
    LUCID_CHECK(r.finish("monitor layout"));
    return monitors;
}

}  // namespace lucid::rdp::proto

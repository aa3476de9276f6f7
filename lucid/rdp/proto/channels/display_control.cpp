// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::uint32_t type_monitor_layout = 2;
constexpr std::uint32_t type_caps = 5;
constexpr std::uint32_t monitor_layout_bytes = 40;

}  // namespace

Result<std::vector<Monitor>> decode_monitor_layout(ByteView message) {
    Reader r(message);
    LUCID_TRY(const auto type, r.u32_le("display control type"));
    if (type != type_monitor_layout) return fail(Errc::bad_value, "display control type", type);
    LUCID_TRY(const auto length, r.u32_le("display control length"));
    if (length != message.size()) return fail(Errc::bad_length, "display control length", length);
    LUCID_TRY(const auto size, r.u32_le("MonitorLayoutSize"));
    if (size != monitor_layout_bytes) return fail(Errc::bad_length, "MonitorLayoutSize", size);
    LUCID_TRY(const auto count, r.u32_le("NumMonitors"));
    if (count > monitors_max) return fail(Errc::limit_exceeded, "NumMonitors", count);
    std::vector<Monitor> monitors;
    for (std::uint32_t i = 0; i < count; ++i) {
        Monitor monitor;
        LUCID_CHECK(r.skip(4, "Flags"));
        LUCID_TRY(const auto left, r.u32_le("Left"));
        LUCID_TRY(const auto top, r.u32_le("Top"));
        monitor.left = static_cast<std::int32_t>(left);
        monitor.top = static_cast<std::int32_t>(top);
        LUCID_TRY(monitor.width, r.u32_le("Width"));
        LUCID_TRY(monitor.height, r.u32_le("Height"));
        LUCID_CHECK(r.skip(20, "PhysicalWidth to DeviceScaleFactor"));
        monitors.push_back(monitor);
    }
    LUCID_CHECK(r.finish("monitor layout"));
    return monitors;
}

Bytes encode_monitor_layout(std::span<const Monitor> monitors) {
    constexpr std::uint32_t monitor_primary = 1;
    const auto count = static_cast<std::uint32_t>(monitors.size());
    Writer w;
    w.u32_le(type_monitor_layout).u32_le(16 + count * monitor_layout_bytes);
    w.u32_le(monitor_layout_bytes).u32_le(count);
    for (const auto& monitor : monitors) {
        w.u32_le(monitor.is_primary() ? monitor_primary : 0);
        w.u32_le(static_cast<std::uint32_t>(monitor.left));
        w.u32_le(static_cast<std::uint32_t>(monitor.top));
        w.u32_le(monitor.width).u32_le(monitor.height);
        w.u32_le(0).u32_le(0).u32_le(0).u32_le(100).u32_le(100);  // physical, orientation, scales
    }
    return w.take();
}

Result<DisplayControlCaps> decode_display_control_caps(ByteView message) {
    Reader r(message);
    LUCID_TRY(const auto type, r.u32_le("display control type"));
    if (type != type_caps) return fail(Errc::bad_value, "display control type", type);
    LUCID_TRY(const auto length, r.u32_le("display control length"));
    if (length != message.size()) return fail(Errc::bad_length, "display control length", length);
    DisplayControlCaps caps;
    LUCID_TRY(caps.monitors_max, r.u32_le("MaxNumMonitors"));
    LUCID_TRY(caps.area_factor_a, r.u32_le("MaxMonitorAreaFactorA"));
    LUCID_TRY(caps.area_factor_b, r.u32_le("MaxMonitorAreaFactorB"));
    LUCID_CHECK(r.finish("display control caps"));
    return caps;
}

}  // namespace lucid::rdp::proto::channels

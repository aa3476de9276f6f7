// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/channels/camera.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/rail.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/usb.hpp>
#include <lucid/rdp/proto/window_orders.hpp>

/// What an audit looks at: window orders, remote programs, printers, USB devices, cameras.
/// Oracle: views lie inside the input, names and lists keep their limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    using namespace lucid::rdp::proto;
    using namespace lucid::rdp::proto::channels;
    const ByteView bytes(data, size);
    const auto inside = [&](ByteView part) {
        LUCID_ASSERT(part.empty() ||
                     (part.data() >= data && part.data() + part.size() <= data + size));
    };
    if (const auto orders = decode_window_orders(bytes))
        for (const auto& order : *orders)
            if (order.title) inside(*order.title);
    if (const auto pdu = decode_rail_pdu(bytes)) {
        if (const auto exec = decode_rail_exec(*pdu)) {
            inside(exec->program);
            inside(exec->arguments);
        }
        if (const auto result = decode_rail_exec_result(*pdu)) inside(result->program);
    }
    if (const auto name = decode_printer_name(bytes)) inside(name->text);
    if (const auto device = decode_usb_add_device(bytes); device && *device)
        for (const auto& code : (*device)->classes) LUCID_ASSERT(code.size() == 2);
    if (const auto camera = decode_camera_added(bytes); camera && *camera) {
        inside((*camera)->name);
        LUCID_ASSERT((*camera)->channel.size() < dvc_name_bytes_max);
    }
    return 0;
}

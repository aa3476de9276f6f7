// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "vector.hpp"

// Redirected devices by class.

namespace lucid::test {
namespace {

struct Class {
    const char* what;
    Device device;
    const char* field;
};
const Class classes[] = {{"drive", drive, "drive"},
                         {"printer", printer, "printer"},
                         {"smart card", card, "smart_card"},
                         {"serial", serial, "ports"},
                         {"parallel", parallel, "ports"}};

std::string only(const char* field) {
    return std::string("{\"") + field + "\":true}";
}

/// DR_PRN_DEVICE_ANNOUNCE (MS-RDPEPC 2.2.2.1) of a printer named "Office".
Bytes office_printer() {
    const auto name = Writer().bytes(wide("Office")).u16_le(0).take();
    const auto driver = Writer().bytes(wide("PS")).u16_le(0).take();
    Writer data;
    data.u32_le(0).u32_le(0).u32_le(0).u32_le(static_cast<std::uint32_t>(driver.size()));
    data.u32_le(static_cast<std::uint32_t>(name.size())).u32_le(0).bytes(driver).bytes(name);
    Writer entry;
    entry.u32_le(4).u32_le(2).text("PRN1").zeros(4);
    entry.u32_le(static_cast<std::uint32_t>(data.view().size())).bytes(data.view());
    return encode_device_list({entry.view()});
}
Bytes print_request(std::uint32_t major, std::uint32_t completion, ByteView parameters) {
    return io_request(2, 55, completion, major, parameters);
}
Bytes page_request(ByteView page, std::uint32_t completion = 8) {
    return print_request(
        4, completion,
        Writer().u32_le(static_cast<std::uint32_t>(page.size())).zeros(28).bytes(page).take());
}
Steps job_opened() {
    return {client(office_printer()).passes(),
            host(io_request(2, 0, 7, 0, create_parameters(""))).passes(),
            client(io_completion(2, 7, 0, Writer().u32_le(55).u8(0).take())).passes()};
}
Steps job_closed() {
    return {host(print_request(2, 9, Bytes(32))).passes(),
            client(io_completion(2, 9, 0, Bytes(4))).passes()};
}
Steps printed(ByteView page) {
    return {host(page_request(page)).passes(), client(io_completion(2, 8, 0, Bytes(5))).passes()};
}
std::string print_event(ByteView body, bool kept) {
    auto text = transfer(true, "rdpdr", Side::host, 0, "Office", body, "print");
    if (kept) text.insert(text.find(R"(,"name")"), R"(,"job":1)");
    return text;
}

void add_printing(std::vector<Vector>& all) {
    const auto page = to_bytes(as_bytes("a page of the host"));
    const std::string text = "a page of the host";
    const Bytes two_pages = Writer().bytes(page).bytes(page).take();
    const std::string passes = R"({"printer":true})";
    const std::string keeps = R"({"printer":true,"printer_keep":true})";
    all.push_back({"printer by its own name",
                   passes,
                   "rdpdr",
                   {client(office_printer()).passes()},
                   {note("device redirected", "printer Office")}});
    all.push_back({"print job",
                   passes,
                   "rdpdr",
                   job_opened() + printed(page) + printed(page) + job_closed(),
                   {print_event(two_pages, false)},
                   {text}});
    all.push_back({"print job that is kept",
                   keeps,
                   "rdpdr",
                   job_opened() + printed(page) + printed(page) + job_closed(),
                   {print_event(two_pages, true), text}});
    all.push_back({"print job that is open when the session ends",
                   keeps,
                   "rdpdr",
                   job_opened() + printed(page),
                   {print_event(page, true), text}});
    const std::string small = R"({"file_bytes_max":18,"printer":true})";
    const auto denied = encode_io_failure(2, 8, 0xc0000022);
    all.push_back({"print job at the size limit",
                   small,
                   "rdpdr",
                   job_opened() + printed(page) + job_closed(),
                   {print_event(page, false)}});
    all.push_back(
        {"print job past the size limit",
         small,
         "rdpdr",
         job_opened() + printed(page) + Steps{host(page_request(Bytes(1))).answered(denied)},
         {note("print job refused", "job too large Office")}});
    all.push_back({"print job that is not open",
                   passes,
                   "rdpdr",
                   {client(office_printer()).passes(), host(page_request(page)).answered(denied)},
                   {note("print job refused", "job that is not open")}});
    const auto from_printer = [](std::uint16_t packet) {
        return Writer().u16_le(0x5052).u16_le(packet).u32_le(1).zeros(8).take();
    };
    all.push_back({"printer settings of the host",
                   passes,
                   "rdpdr",
                   {host(from_printer(0x5043)).passes(), host(from_printer(0x5543)).passes()},
                   {}});
    all.push_back({"printer settings without printers",
                   R"({"drive":true})",
                   "rdpdr",
                   {host(from_printer(0x5043)).vanishes()},
                   {note("printer message refused", "")}});
    all.push_back({"printer settings of the client",
                   passes,
                   "rdpdr",
                   {client(from_printer(0x5043)).vanishes()},
                   {note("printer message refused", "")}});
    all.push_back({"printer message nobody knows",
                   passes,
                   "rdpdr",
                   {host(from_printer(0x5044)).vanishes()},
                   {note("printer message refused", "")}});
}

}  // namespace

std::vector<Vector> device_vectors() {
    std::vector<Vector> all;
    add_printing(all);
    for (const auto& c : classes) {
        all.push_back({std::string(c.what) + " where policy has it",
                       only(c.field),
                       "rdpdr",
                       {client(announce({c.device})).passes(),
                        host(io_request(c.device.id, 0, 1, 0, create_parameters(""))).passes()},
                       {note("device redirected", std::string(c.what) + " " + c.device.name)}});
        // Another class must be allowed, or the channel itself is refused.
        const char* another = std::string_view(c.field) == "drive" ? "smart_card" : "drive";
        all.push_back({std::string(c.what) + " where policy has another class",
                       only(another),
                       "rdpdr",
                       {client(announce({c.device})).vanishes(),
                        host(io_request(c.device.id, 0, 1, 0, create_parameters("")))
                            .answered(encode_io_failure(c.device.id, 1, 0xc000000e))},
                       {note("device refused", std::string(c.what) + " " + c.device.name),
                        note("device request refused", "id " + std::to_string(c.device.id))}});
    }
    all.push_back({"device of an unknown class",
                   R"({"drive":true,"ports":true,"smart_card":true})",
                   "rdpdr",
                   {client(announce({drive, unknown})).becomes(announce({drive}))},
                   {note("device refused", "unknown WHAT")}});
    all.push_back(
        {"only the allowed devices of a list are left",
         R"({"drive":true,"smart_card":true})",
         "rdpdr",
         {client(announce({drive, printer, card, serial})).becomes(announce({drive, card}))},
         {note("device refused", "printer PRN1"), note("device refused", "serial COM1")}});
    all.push_back({"an id announced twice",
                   R"({"drive":true})",
                   "rdpdr",
                   {client(announce({drive})).passes(), client(announce({drive}))},
                   {},
                   {},
                   "protocol violation of the client"});
    all.push_back(
        {"no devices at all",
         "{}",
         "rdpdr",
         {client(announce({drive})).vanishes()},
         {note("channel refused", "rdpdr"), note("data on refused channel dropped", "")}});
    return all;
}

}  // namespace lucid::test

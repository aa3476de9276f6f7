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

}  // namespace

std::vector<Vector> device_vectors() {
    std::vector<Vector> all;
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

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "drive_script.hpp"
#include "vector.hpp"

// Files on the client's drives by direction, name and size.

namespace lucid::test {
namespace {

constexpr const char* both_ways = R"({"drive":true})";
constexpr const char* host_reads = R"({"drive":true,"drive_to_client":false})";
constexpr const char* host_writes = R"({"drive":true,"drive_to_host":false})";

void add_directions(std::vector<Vector>& all) {
    const auto body = to_bytes(as_bytes("file of the client"));
    const auto back = to_bytes(as_bytes("file of the host"));
    for (const auto* policy : {both_ways, host_reads})
        all.push_back({std::string("host reads by ") + policy,
                       policy,
                       "rdpdr",
                       announced() + opened("\\a.txt") + read_whole(body) + closed(),
                       {transfer(true, "rdpdr", Side::client, 0, R"(\\a.txt)", body, "file")},
                       {"file of the client"}});
    for (const auto* policy : {both_ways, host_writes})
        all.push_back({std::string("host writes by ") + policy,
                       policy,
                       "rdpdr",
                       announced() + opened("\\b.txt") + written(back) + closed(),
                       {transfer(true, "rdpdr", Side::host, 0, R"(\\b.txt)", back, "file")},
                       {"file of the host"}});
    all.push_back({"host reads against the direction",
                   host_writes,
                   "rdpdr",
                   announced() + opened("\\a.txt") + Steps{refused(read_request(10))},
                   {note("file refused", "direction \\a.txt")}});
    all.push_back({"host writes against the direction",
                   host_reads,
                   "rdpdr",
                   announced() + opened("\\a.txt") + Steps{refused(write_request(back))},
                   {note("file refused", "direction \\a.txt")},
                   {"file of the host"}});
    all.push_back({"drive where policy has none",
                   R"({"printer":true})",
                   "rdpdr",
                   {client(announce({drive})).vanishes(),
                    host(io_request(1, 0, 1, 0, create_parameters("\\x")))
                        .answered(encode_io_failure(1, 1, 0xc000000e))},
                   {note("device refused", "drive home"), note("device request refused", "id 1")}});
    // Dispositions: 0 supersede, 2 create, 3 open or create, 4 overwrite, 5 overwrite or create.
    for (const std::uint32_t disposition : {0U, 2U, 3U, 4U, 5U}) {
        const auto create = io_request(1, 0, 1, 0, create_parameters("\\x", disposition));
        const std::string how = "disposition " + std::to_string(disposition);
        all.push_back(
            {how + " where the host may only read",
             host_reads,
             "rdpdr",
             announced() + Steps{host(create).answered(encode_io_failure(1, 1, 0xc0000022))},
             {note("file refused", "change \\x")}});
        all.push_back({how + " where the host may write",
                       host_writes,
                       "rdpdr",
                       announced() + Steps{host(create).passes()},
                       {}});
    }
    const auto on_close = io_request(1, 0, 1, 0, create_parameters("\\x", 1, 0x1000));
    all.push_back(
        {"delete on close where the host may only read",
         host_reads,
         "rdpdr",
         announced() + Steps{host(on_close).answered(encode_io_failure(1, 1, 0xc0000022))},
         {note("file refused", "change")}});
    all.push_back({"rename where the host may only read",
                   host_reads,
                   "rdpdr",
                   announced() + opened("\\x.txt") + Steps{refused(rename_request("\\y.txt"))},
                   {note("file refused", "change \\x.txt")}});
    all.push_back({"rename where the host may write",
                   both_ways,
                   "rdpdr",
                   announced() + opened("\\x.txt") +
                       Steps{host(rename_request("\\y.txt")).passes(),
                             client(io_completion(1, 9, 0, Bytes(4))).passes()},
                   {note("file renamed", "\\x.txt to \\y.txt")}});
}

struct NameCase {
    const char* file;
    const char* rules;
    bool allowed;
};
constexpr NameCase name_cases[] = {
    {"\\dir.exe\\a.txt", R"(,"file_names_denied":["*.exe"])", true},
    {"\\dir\\a.exe", R"(,"file_names_denied":["*.exe"])", false},
    {"\\A.EXE", R"(,"file_names_denied":["*.exe"])", false},
    {"\\a.exe. .", R"(,"file_names_denied":["*.exe"])", false},
    {"\\a.txt:b.exe", R"(,"file_names_denied":["*.exe"])", false},
    {"\\a.pdf", R"(,"file_names_allowed":["*.pdf","*.txt"])", true},
    {"\\a.png", R"(,"file_names_allowed":["*.pdf","*.txt"])", false},
};

void add_names(std::vector<Vector>& all) {
    const auto body = to_bytes(as_bytes("content"));
    for (const auto& c : name_cases) {
        const auto policy = std::string(R"({"drive":true)") + c.rules + "}";
        const std::string file = std::string(c.file) + (c.allowed ? " by " : " against ") + c.rules;
        const auto begin = announced() + opened(c.file);
        if (c.allowed) {
            all.push_back(
                {"host reads " + file,
                 policy,
                 "rdpdr",
                 begin + read_whole(body) + closed(),
                 {transfer(true, "rdpdr", Side::client, 0, json_name(c.file), body, "file")}});
            all.push_back(
                {"host writes " + file,
                 policy,
                 "rdpdr",
                 begin + written(body) + closed(),
                 {transfer(true, "rdpdr", Side::host, 0, json_name(c.file), body, "file")}});
        } else {
            all.push_back({"host reads " + file,
                           policy,
                           "rdpdr",
                           begin + Steps{refused(read_request(7))},
                           {note("file refused", std::string("file name ") + c.file)}});
            all.push_back({"host writes " + file,
                           policy,
                           "rdpdr",
                           begin + Steps{refused(write_request(body))},
                           {note("file refused", std::string("file name ") + c.file)}});
        }
    }
    all.push_back({"rename to a denied name",
                   R"({"drive":true,"file_names_denied":["*.exe"]})",
                   "rdpdr",
                   announced() + opened("\\x.txt") + Steps{refused(rename_request("\\x.exe"))},
                   {note("file refused", "new file name \\x.txt")}});
    all.push_back({"a renamed file is judged by its new name",
                   R"({"drive":true,"file_names_allowed":["*.tmp"]})",
                   "rdpdr",
                   announced() + opened("\\x.txt") +
                       Steps{host(rename_request("\\x.tmp")).passes(),
                             client(io_completion(1, 9, 0, Bytes(4))).passes()} +
                       read_whole(body),
                   {note("file renamed", "\\x.txt to \\x.tmp")}});
}

void add_sizes(std::vector<Vector>& all) {
    const std::string policy = R"({"drive":true,"file_bytes_max":1000})";
    const Bytes limit(1000, 's');
    all.push_back({"host reads a file at the limit",
                   policy,
                   "rdpdr",
                   announced() + opened("\\a") + read_whole(limit) + closed(),
                   {transfer(true, "rdpdr", Side::client, 0, R"(\\a)", limit, "file")}});
    all.push_back({"host reads a file past the limit",
                   policy,
                   "rdpdr",
                   announced() + opened("\\a") + read_whole(limit) +
                       Steps{refused(read_request(1, 1000))} + closed(),
                   {note("file refused", "file too large \\a"),
                    transfer(true, "rdpdr", Side::client, 0, R"(\\a)", limit, "file")}});
    all.push_back({"host writes a file at the limit",
                   policy,
                   "rdpdr",
                   announced() + opened("\\a") + written(limit) + closed(),
                   {transfer(true, "rdpdr", Side::host, 0, R"(\\a)", limit, "file")}});
    all.push_back({"host writes a file past the limit",
                   policy,
                   "rdpdr",
                   announced() + opened("\\a") + Steps{refused(write_request(Bytes(1001, 's')))},
                   {note("file refused", "file too large \\a")}});
}

void add_order(std::vector<Vector>& all) {
    const auto body = to_bytes(as_bytes("open"));
    all.push_back({"read of a file that is not open",
                   both_ways,
                   "rdpdr",
                   announced() + Steps{refused(read_request(10))},
                   {note("file refused", "file that is not open")}});
    all.push_back({"write of a file that is not open",
                   both_ways,
                   "rdpdr",
                   announced() + Steps{refused(write_request(body))},
                   {note("file refused", "file that is not open")}});
    all.push_back({"request to a device nobody announced",
                   both_ways,
                   "rdpdr",
                   announced() + Steps{host(io_request(9, 0, 1, 0, create_parameters("\\x")))
                                           .answered(encode_io_failure(9, 1, 0xc000000e))},
                   {note("device request refused", "id 9")}});
    all.push_back(
        {"one completion id for two requests",
         both_ways,
         "rdpdr",
         announced() + Steps{host(io_request(1, 0, 1, 0, create_parameters("\\x"))).passes(),
                             host(io_request(1, 0, 1, 0, create_parameters("\\y")))},
         {},
         {},
         "protocol violation of the host"});
    all.push_back({"completion without request",
                   both_ways,
                   "rdpdr",
                   announced() + Steps{client(io_completion(9, 1, 0, Bytes(4))).vanishes()},
                   {}});
    all.push_back({"removed drive",
                   both_ways,
                   "rdpdr",
                   announced() + Steps{client(encode_device_remove({1})).passes(),
                                       host(io_request(1, 0, 1, 0, create_parameters("\\x")))
                                           .answered(encode_io_failure(1, 1, 0xc000000e))},
                   {note("device request refused", "id 1")}});
    all.push_back({"a file that is open when the session ends",
                   both_ways,
                   "rdpdr",
                   announced() + opened("\\a") + read_whole(body),
                   {transfer(true, "rdpdr", Side::client, 0, R"(\\a)", body, "file")}});
    all.push_back({"a drive that goes away tells of its open files",
                   both_ways,
                   "rdpdr",
                   announced() + opened("\\a") + read_whole(body) +
                       Steps{client(encode_device_remove({1})).passes()},
                   {transfer(true, "rdpdr", Side::client, 0, R"(\\a)", body, "file")}});
}

}  // namespace

std::vector<Vector> drive_vectors() {
    std::vector<Vector> all;
    add_directions(all);
    add_names(all);
    add_sizes(all);
    add_order(all);
    return all;
}

}  // namespace lucid::test

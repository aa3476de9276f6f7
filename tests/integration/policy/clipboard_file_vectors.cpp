// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "vector.hpp"

// Files on the clipboard by direction, name, size, and what was offered.

namespace lucid::test {
namespace {

constexpr const char* list_name = "FileGroupDescriptorW";

std::string files_policy(const std::string& more = "") {
    return R"({"clipboard_files":true,"clipboard_to_client":true,"clipboard_to_host":true)" + more +
           "}";
}
Bytes files_failure(std::uint32_t stream) {
    return encode_clip_message(ClipType::file_contents_response, cb_response_fail,
                               Writer().u32_le(stream).take());
}
/// The owner offers one file and its list is taken.
Steps offered(Side owner, const std::string& file, std::optional<std::uint64_t> size) {
    const Side taker = other_of(owner);
    return {host(caps(0x2e)).passes(), client(caps(0x2e)).passes(),
            by(owner, one_format(file_list, list_name)).passes(),
            by(taker, request(file_list)).passes(),
            by(owner, response(file_list_of(file, size))).passes()};
}
Steps refused(Side owner, std::uint32_t index, std::uint32_t bytes, std::uint64_t position = 0) {
    return {
        by(other_of(owner), file_request(7, index, bytes, position)).answered(files_failure(7))};
}
Steps taken(Side owner, ByteView body) {
    return {
        by(other_of(owner), file_request(7, 0, static_cast<std::uint32_t>(body.size()))).passes(),
        by(owner, file_response(7, body)).passes()};
}

struct NameCase {
    const char* file;
    const char* rules;
    bool allowed;
};
constexpr NameCase name_cases[] = {
    {"report.pdf", R"(,"file_names_allowed":["*.pdf"])", true},
    {"REPORT.PDF", R"(,"file_names_allowed":["*.pdf"])", true},
    {"folder\\report.pdf", R"(,"file_names_allowed":["*.pdf"])", true},
    {"report.doc", R"(,"file_names_allowed":["*.pdf"])", false},
    {"report.pdf.exe", R"(,"file_names_allowed":["*.pdf"])", false},
    {"setup.exe", R"(,"file_names_denied":["*.exe"])", false},
    {"SETUP.EXE ", R"(,"file_names_denied":["*.exe"])", false},
    {"setup.exe.", R"(,"file_names_denied":["*.exe"])", false},
    {"note.txt:setup.exe", R"(,"file_names_denied":["*.exe"])", false},
    {"setup.txt", R"(,"file_names_denied":["*.exe"])", true},
    {"secret1.txt", R"(,"file_names_denied":["secret?.txt"])", false},
    {"secret.txt", R"(,"file_names_denied":["secret?.txt"])", true},
    {"a.txt", R"(,"file_names_allowed":["*.txt"],"file_names_denied":["a.*"])", false},
};

void add_names(std::vector<Vector>& all) {
    const auto body = to_bytes(as_bytes("content"));
    for (const auto& c : name_cases) {
        const std::string name =
            std::string("file named ") + c.file + (c.allowed ? " by " : " against ") + c.rules;
        const auto owner = all.size() % 2 == 0 ? Side::client : Side::host;
        const auto begin = offered(owner, c.file, body.size());
        if (c.allowed)
            all.push_back({name,
                           files_policy(c.rules),
                           "cliprdr",
                           begin + taken(owner, body),
                           {transfer(true, "cliprdr", owner, 0, json_name(c.file), body, "file")}});
        else
            all.push_back({name,
                           files_policy(c.rules),
                           "cliprdr",
                           begin + refused(owner, 0, 7),
                           {std::string("file name ") + c.file}});
    }
}

void add_sizes(std::vector<Vector>& all) {
    const auto policy = files_policy(R"(,"file_bytes_max":1000)");
    for (const auto owner : {Side::client, Side::host}) {
        const std::string way = owner == Side::client ? " of the client" : " of the host";
        const Bytes body(1000, 'x');
        all.push_back({"file at the size limit" + way,
                       policy,
                       "cliprdr",
                       offered(owner, "a.bin", 1000) + taken(owner, body),
                       {transfer(true, "cliprdr", owner, 0, "a.bin", body, "file")}});
        all.push_back({"file past the size limit" + way,
                       policy,
                       "cliprdr",
                       offered(owner, "a.bin", 1001) + refused(owner, 0, 100),
                       {note("clipboard refused", ""), "file too large a.bin"}});
        all.push_back({"piece of an unsized file past the limit" + way,
                       policy,
                       "cliprdr",
                       offered(owner, "a.bin", std::nullopt) + refused(owner, 0, 1, 1000),
                       {"file too large a.bin"}});
        all.push_back(
            {"piece larger than a clipboard message" + way,
             files_policy(R"(,"clipboard_bytes_max":500)"),
             "cliprdr",
             Steps{host(caps(0x2e)).passes(), client(caps(0x2e)).passes()} + refused(owner, 0, 501),
             {"file request too large"}});
    }
}

void add_order(std::vector<Vector>& all) {
    const auto body = to_bytes(as_bytes("content"));
    for (const auto owner : {Side::client, Side::host}) {
        const std::string way = owner == Side::client ? " of the client" : " of the host";
        const auto taker = other_of(owner);
        all.push_back({"file that was never offered" + way,
                       files_policy(),
                       "cliprdr",
                       offered(owner, "a.bin", 7) + refused(owner, 1, 7),
                       {"request of a file never offered"}});
        all.push_back(
            {"file contents nobody asked for" + way,
             files_policy(),
             "cliprdr",
             offered(owner, "a.bin", 7) + Steps{by(owner, file_response(9, body)).vanishes()},
             {"file contents nobody asked for"},
             {"\"content\""}});
        all.push_back(
            {"more than was asked for" + way,
             files_policy(),
             "cliprdr",
             offered(owner, "a.bin", 7) +
                 Steps{by(taker, file_request(7, 0, 8)).passes(),
                       by(owner, file_response(7, Bytes(9, 'm'))).becomes(files_failure(7))},
             {transfer(false, "cliprdr", owner, 0, "a.bin", Bytes(9, 'm'), "file")}});
        all.push_back({"file in two pieces is one event" + way,
                       files_policy(),
                       "cliprdr",
                       offered(owner, "a.bin", 7) +
                           Steps{by(taker, file_request(7, 0, 4, 0)).passes(),
                                 by(owner, file_response(7, ByteView(body).first(4))).passes(),
                                 by(taker, file_request(8, 0, 4, 4)).passes(),
                                 by(owner, file_response(8, ByteView(body).subspan(4))).passes()},
                       {transfer(true, "cliprdr", owner, 0, "a.bin", body, "file")}});
        all.push_back(
            {"part of a file when the session ends" + way,
             files_policy(),
             "cliprdr",
             offered(owner, "a.bin", 7) +
                 Steps{by(taker, file_request(7, 0, 4, 0)).passes(),
                       by(owner, file_response(7, ByteView(body).first(4))).passes()},
             {transfer(true, "cliprdr", owner, 0, "a.bin", ByteView(body).first(4), "file")}});
        all.push_back({"an owner that cannot read its file" + way,
                       files_policy(),
                       "cliprdr",
                       offered(owner, "a.bin", 7) + Steps{by(taker, file_request(7, 0, 7)).passes(),
                                                          by(owner, files_failure(7)).passes()},
                       {}});
        const std::string one_way = owner == Side::client
                                        ? R"({"clipboard_files":true,"clipboard_to_client":true})"
                                        : R"({"clipboard_files":true,"clipboard_to_host":true})";
        all.push_back(
            {"files against the direction" + way,
             one_way,
             "cliprdr",
             Steps{host(caps(0x2e)).passes(), client(caps(0x2e)).passes()} + refused(owner, 0, 7),
             {note("clipboard refused", ""), "file request size=7"}});
    }
    Steps many = offered(Side::client, "a.bin", 7);
    for (std::uint32_t stream = 0; stream < 64; ++stream)
        many.push_back(host(file_request(stream, 0, 1)).passes());
    all.push_back({"sixty-four requests without answer", files_policy(), "cliprdr", many, {}});
    many.push_back(host(file_request(64, 0, 1)).answered(files_failure(64)));
    all.push_back({"sixty-fifth request without answer",
                   files_policy(),
                   "cliprdr",
                   many,
                   {"too many file requests"}});
}

}  // namespace

std::vector<Vector> clipboard_file_vectors() {
    std::vector<Vector> all;
    add_names(all);
    add_sizes(all);
    add_order(all);
    return all;
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

/// Files through the real gateway and a real clamd.   scanner_check ADDRESS PID
/// PID is clamd's: it is killed on the way.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <tests/support/kill_process.hpp>

#include "../policy/drive_script.hpp"
#include "../policy/roles.hpp"
#include "../policy/run_vector.hpp"

namespace lucid::test {
namespace {

constexpr std::uint32_t own_stream = 0x4c554300;
constexpr std::uint32_t own_completion = 0x4c550000;
constexpr std::uint32_t piece_bytes = 512 * 1024;

/// The EICAR test file, put together here so that no scanner stops at this source.
Bytes eicar() {
    const std::string text =
        std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR") + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";
    return to_bytes(as_bytes(text));
}

constexpr const char* clip_policy =
    R"({"clipboard_files":true,"clipboard_to_client":true,"clipboard_to_host":true,"scan_files":true)";
constexpr const char* drive_policy = R"({"drive":true,"scan_files":true)";

Vector clip_file(const std::string& name, Side owner, const Bytes& body, bool passes,
                 const std::string& verdict, const std::string& more = "") {
    const Side taker = other_of(owner);
    const auto size = static_cast<std::uint32_t>(body.size());
    const auto failed = encode_clip_message(ClipType::file_contents_response, cb_response_fail,
                                            Writer().u32_le(7).take());
    return {name,
            clip_policy + more + "}",
            "cliprdr",
            {host(caps(0x2e)).passes(), client(caps(0x2e)).passes(),
             by(owner, one_format(file_list, "FileGroupDescriptorW")).passes(),
             by(taker, request(file_list)).passes(),
             by(owner, response(file_list_of("a.bin", size))).passes(),
             by(taker, file_request(7, 0, size)).becomes(file_request(own_stream, 0, size)),
             by(owner, file_response(own_stream, body))
                 .becomes(passes ? file_response(7, body) : failed)
                 .in_time()},
            {R"("scan":")" + verdict, to_hex(crypto::sha256(body))}};
}

Vector host_reads(const std::string& name, const Bytes& body, bool passes,
                  const std::string& verdict, const std::string& more = "") {
    Steps steps = announced() + opened("\\a.txt");
    steps.push_back(host(read_request(static_cast<std::uint32_t>(body.size())))
                        .becomes(encode_read_request(1, file_id, own_completion, 0, piece_bytes)));
    std::uint32_t nth = 0;
    for (std::size_t at = 0; at < body.size(); at += piece_bytes, ++nth) {
        const auto part =
            ByteView(body).subspan(at, std::min<std::size_t>(piece_bytes, body.size() - at));
        steps.push_back(client(read_answer(part, own_completion + nth))
                            .answered(encode_read_request(1, file_id, own_completion + nth + 1,
                                                          at + part.size(), piece_bytes)));
    }
    steps.push_back(client(read_answer({}, own_completion + nth))
                        .becomes(passes ? read_answer(body)
                                        : encode_io_failure(1, completion_of_data, access_denied))
                        .in_time());
    return {name,
            drive_policy + more + "}",
            "rdpdr",
            std::move(steps),
            {R"("scan":")" + verdict, to_hex(crypto::sha256(body))}};
}

Vector host_writes(const std::string& name, const Bytes& body, bool passes,
                   const std::string& verdict, const std::string& more = "") {
    Steps steps = announced() + opened("\\b.txt", 5, 3) +
                  Steps{host(write_request(body)).answered(write_answer(body.size()))};
    if (passes) {
        steps.push_back(host(close_request())
                            .becomes(encode_write_request(1, file_id, own_completion, 0, body))
                            .in_time());
        steps.push_back(
            client(write_answer(body.size(), own_completion)).answered(close_request()));
    } else {
        steps.push_back(host(close_request()).passes().in_time());
        steps.push_back(client(close_answer())
                            .becomes(encode_io_failure(1, completion_of_close, access_denied)));
    }
    return {name,
            drive_policy + more + "}",
            "rdpdr",
            std::move(steps),
            {R"("scan":")" + verdict, to_hex(crypto::sha256(body))}};
}

bool all_well = true;

void check(World& world, const Vector& vector) {
    const auto problem = run_vector(world, vector);
    std::printf("%s %s\n", problem.empty() ? "ok" : "not ok", vector.name.c_str());
    if (!problem.empty()) std::printf("%s\n", problem.c_str());
    all_well = all_well && problem.empty();
}

int run(const char* address, pid_t clamd) {
    World world(address, std::chrono::seconds(20));
    const auto virus = eicar();
    const auto clean = to_bytes(as_bytes("nothing of interest"));
    Bytes large(3 * 1024 * 1024);
    for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i * 7);
    const std::string found = "infected Lucid.Eicar";
    for (const auto owner : {Side::client, Side::host}) {
        const std::string way = owner == Side::client ? "to the host" : "to the client";
        check(world,
              clip_file("EICAR on the clipboard is refused " + way, owner, virus, false, found));
        check(world, clip_file("a clean file on the clipboard passes " + way, owner, clean, true,
                               "clean"));
    }
    check(world, host_reads("EICAR on a drive is not read", virus, false, found));
    check(world, host_reads("a clean file on a drive is read", clean, true, "clean"));
    check(world, host_reads("three MiB are read in one piece", large, true, "clean"));
    check(world, host_writes("EICAR is not written to a drive", virus, false, found));
    check(world, host_writes("a clean file is written to a drive", clean, true, "clean"));
    lucid::test::kill_process(clamd);
    const std::string pass = R"(,"scan_unavailable_passes":true)";
    check(world, clip_file("clamd killed: the clipboard file is refused", Side::client, clean,
                           false, "unavailable"));
    check(world,
          host_reads("clamd killed: the drive's file is not read", clean, false, "unavailable"));
    check(world, host_writes("clamd killed: nothing is written", clean, false, "unavailable"));
    check(world, clip_file("clamd killed: it passes where policy says so", Side::client, clean,
                           true, "unavailable", pass));
    check(world, host_writes("clamd killed: it is written where policy says so", clean, true,
                             "unavailable", pass));
    return all_well ? 0 : 1;
}

}  // namespace
}  // namespace lucid::test

int main(int argc, char** argv) {
    if (const auto code = lucid::test::run_role(argc, argv)) return *code;
    if (argc < 3) return 2;
    return lucid::test::run(argv[1], std::atoi(argv[2]));
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "drive_script.hpp"
#include "vector.hpp"

// Files that are held until scanned; the scanner is a clamd double behind the real scanner process.

namespace lucid::test {
namespace {

constexpr std::uint32_t own_stream = 0x4c554300;
constexpr std::uint32_t own_completion = 0x4c550000;
constexpr std::uint32_t piece_bytes = 512 * 1024;

std::string clip_policy(const std::string& more = "") {
    return R"({"clipboard_files":true,"clipboard_to_client":true,"clipboard_to_host":true,)"
           R"("scan_files":true)" +
           more + "}";
}
std::string drive_policy(const std::string& more = "") {
    return R"({"drive":true,"scan_files":true)" + more + "}";
}

Bytes failure_of(std::uint32_t stream) {
    return encode_clip_message(ClipType::file_contents_response, cb_response_fail,
                               Writer().u32_le(stream).take());
}
std::string scanned(bool allowed, const std::string& channel, Side from, const std::string& name,
                    ByteView body, const std::string& verdict) {
    auto text = transfer(allowed, channel, from, 0, name, body, "file");
    const auto at = text.find(R"(,"sha256")");
    return text.insert(at, R"(,"scan":")" + verdict + "\"");
}

struct WordCase {
    const char* word;
    const char* verdict;
    const char* more;  ///< of the policy
    bool allowed;
    bool final;  ///< asked for again, it is refused without another scan
};
constexpr WordCase word_cases[] = {
    {"harmless", "clean", "", true, true},
    {"a VIRUS-WORD", "infected Test.Word", "", false, true},
    {"a VIRUS-WORD", "infected Test.Word",
     R"(,"scan_too_large_passes":true,"scan_unavailable_passes":true)", false, true},
    {"a HANG-UP-WORD", "unavailable: the scanner closed the connection", "", false, false},
    {"a HANG-UP-WORD", "unavailable: the scanner closed the connection",
     R"(,"scan_unavailable_passes":true)", true, true},
    {"a SILENT-WORD", "timed out", "", false, false},
    {"a SILENT-WORD", "timed out", R"(,"scan_unavailable_passes":true)", true, true},
    {"a NONSENSE-WORD", "unavailable: stream: perhaps", "", false, false},
    {"a TOO-LONG-WORD", "too large to scan: the scanner takes no more (StreamMaxLength)", "", false,
     true},
    {"a TOO-LONG-WORD", "too large to scan: the scanner takes no more (StreamMaxLength)",
     R"(,"scan_too_large_passes":true)", true, true},
};

/// A request of our own for a file of this size.
Bytes own_request(std::uint32_t stream, std::size_t size, std::size_t at = 0) {
    return file_request(
        stream, 0, static_cast<std::uint32_t>(std::min<std::size_t>(piece_bytes, size - at)), at);
}

/// One file is offered, and the taker asks for all of it; the gateway asks for all of it first.
Steps clip_asked(Side owner, std::optional<std::size_t> size) {
    const Side taker = other_of(owner);
    return {host(caps(0x2e)).passes(),
            client(caps(0x2e)).passes(),
            by(owner, one_format(file_list, "FileGroupDescriptorW")).passes(),
            by(taker, request(file_list)).passes(),
            by(owner, response(file_list_of("a.bin", size))).passes(),
            by(taker, file_request(7, 0, 100))
                .becomes(own_request(own_stream, size.value_or(piece_bytes)))};
}

void add_clip_words(std::vector<Vector>& all, Side owner) {
    const std::string way = owner == Side::client ? " of the client" : " of the host";
    for (const auto& c : word_cases) {
        const auto body = to_bytes(as_bytes(c.word));
        auto steps = clip_asked(owner, body.size());
        const auto given = by(owner, file_response(own_stream, body));
        if (c.allowed) {
            steps.push_back(Step(given).becomes(file_response(7, body)).in_time());
            // Again, and a piece of it: from what was scanned.
            steps.push_back(by(other_of(owner), file_request(8, 0, 4, 2))
                                .answered(file_response(8, ByteView(body).subspan(2, 4))));
        } else {
            steps.push_back(Step(given).becomes(failure_of(7)).in_time());
            if (c.final)
                steps.push_back(by(other_of(owner), file_request(8, 0, 4)).answered(failure_of(8)));
            else
                steps.push_back(by(other_of(owner), file_request(8, 0, 4))
                                    .becomes(own_request(own_stream + 1, body.size())));
        }
        all.push_back({std::string("clipboard file with ") + c.word + way + c.more,
                       clip_policy(c.more),
                       "cliprdr",
                       std::move(steps),
                       {scanned(c.allowed, "cliprdr", owner, "a.bin", body, c.verdict)},
                       {"\"" + std::string(c.word)}});
    }
}

void add_clip_order(std::vector<Vector>& all) {
    const Bytes long_body(piece_bytes + 5, 'l');
    all.push_back(
        {"clipboard file in two pieces of our own",
         clip_policy(),
         "cliprdr",
         clip_asked(Side::client, long_body.size()) +
             Steps{client(file_response(own_stream, ByteView(long_body).first(piece_bytes)))
                       .answered(own_request(own_stream + 1, long_body.size(), piece_bytes)),
                   client(file_response(own_stream + 1, ByteView(long_body).subspan(piece_bytes)))
                       .becomes(file_response(7, ByteView(long_body).first(100)))
                       .in_time()},
         {scanned(true, "cliprdr", Side::client, "a.bin", long_body, "clean")}});
    all.push_back({"clipboard file larger than what is held",
                   clip_policy(R"(,"scan_bytes_max":1000)"),
                   "cliprdr",
                   [] {
                       auto steps = clip_asked(Side::client, 1001);
                       steps.back() = host(file_request(7, 0, 100)).answered(failure_of(7));
                       return steps;
                   }(),
                   {"too large to scan: more than is held"}});
    all.push_back(
        {"clipboard file larger than what is held passes by policy",
         clip_policy(R"(,"scan_bytes_max":1000,"scan_too_large_passes":true)"),
         "cliprdr",
         [] {
             auto steps = clip_asked(Side::client, 1001);
             steps.back() = host(file_request(7, 0, 1001)).passes();
             return steps;
         }() +
             Steps{client(file_response(7, Bytes(1001, 'x'))).passes()},
         {note("file passes unscanned", "a.bin"),
          transfer(true, "cliprdr", Side::client, 0, "a.bin", Bytes(1001, 'x'), "file")}});
    const Bytes body(9, 'g');
    all.push_back(
        {"clipboard file of unknown size that is more than is held",
         clip_policy(R"(,"scan_bytes_max":1000)"),
         "cliprdr",
         clip_asked(Side::client, std::nullopt) +
             Steps{client(file_response(own_stream, Bytes(1001, 'g'))).becomes(failure_of(7))},
         {"too large to scan: more than is held"}});
    all.push_back(
        {"clipboard file of unknown size",
         clip_policy(),
         "cliprdr",
         clip_asked(Side::client, std::nullopt) +
             Steps{
                 client(file_response(own_stream, body)).becomes(file_response(7, body)).in_time()},
         {scanned(true, "cliprdr", Side::client, "a.bin", body, "clean")}});
    all.push_back({"empty clipboard file",
                   clip_policy(),
                   "cliprdr",
                   [] {
                       auto steps = clip_asked(Side::client, 0);
                       steps.back() =
                           host(file_request(7, 0, 100)).answered(file_response(7, {})).in_time();
                       return steps;
                   }(),
                   {scanned(true, "cliprdr", Side::client, "a.bin", {}, "clean")}});
    all.push_back(
        {"more of a clipboard file than was asked for",
         clip_policy(),
         "cliprdr",
         clip_asked(Side::client, 10) +
             Steps{client(file_response(own_stream, Bytes(11, 'g'))).becomes(failure_of(7))},
         {"unavailable: its owner does not give it"}});
    all.push_back({"clipboard file that its owner does not give",
                   clip_policy(),
                   "cliprdr",
                   clip_asked(Side::client, 10) +
                       Steps{client(failure_of(own_stream)).becomes(failure_of(7))},
                   {"unavailable: its owner does not give it"}});
    all.push_back({"clipboard file of a list that was replaced",
                   clip_policy(),
                   "cliprdr",
                   clip_asked(Side::client, 10) +
                       Steps{host(request(file_list)).passes(),
                             client(response(file_list_of("b.bin", 4)))
                                 .becomes(response(file_list_of("b.bin", 4))),
                             host(file_request(9, 0, 4)).becomes(own_request(own_stream + 1, 4))},
                   {}});
    all.back().steps[7].at_other.push_back(failure_of(7));
    all.push_back({"size of a clipboard file is no content",
                   clip_policy(),
                   "cliprdr",
                   [] {
                       auto steps = clip_asked(Side::client, 10);
                       const auto size = encode_clip_message(
                           ClipType::file_contents_request, 0,
                           Writer().u32_le(7).u32_le(0).u32_le(1).u64_le(0).u32_le(8).take());
                       steps.back() = host(size).passes();
                       steps.push_back(client(file_response(7, Bytes(8))).passes());
                       return steps;
                   }(),
                   {}});
    all.push_back({"more than a size under the name of one",
                   clip_policy(),
                   "cliprdr",
                   [] {
                       auto steps = clip_asked(Side::client, 10);
                       const auto size = encode_clip_message(
                           ClipType::file_contents_request, 0,
                           Writer().u32_le(7).u32_le(0).u32_le(1).u64_le(0).u32_le(1000).take());
                       steps.back() = host(size).passes();
                       steps.push_back(
                           client(file_response(7, Bytes(9, 's'))).becomes(failure_of(7)));
                       return steps;
                   }(),
                   {transfer(false, "cliprdr", Side::client, 0, "a.bin", Bytes(9, 's'), "file")}});
}

Bytes own_read(std::uint32_t nth, std::uint64_t offset = 0) {
    return encode_read_request(1, file_id, own_completion + nth, offset, piece_bytes);
}
Bytes own_write(std::uint32_t nth, std::uint64_t offset, ByteView data) {
    return encode_write_request(1, file_id, own_completion + nth, offset, data);
}

void add_drive_reads(std::vector<Vector>& all) {
    for (const auto& c : word_cases) {
        const auto body = to_bytes(as_bytes(c.word));
        Steps steps =
            announced() + opened("\\a.txt") +
            Steps{host(read_request(100)).becomes(own_read(0)),
                  client(read_answer(body, own_completion)).answered(own_read(1, body.size()))};
        const auto at_end = client(read_answer({}, own_completion + 1));
        if (c.allowed) {
            steps.push_back(Step(at_end).becomes(read_answer(body)).in_time());
            steps.push_back(host(read_request(4, 2, 20))
                                .answered(read_answer(ByteView(body).subspan(2, 4), 20)));
        } else {
            steps.push_back(Step(at_end)
                                .becomes(encode_io_failure(1, completion_of_data, access_denied))
                                .in_time());
            const bool asks_again = std::string_view(c.verdict).substr(0, 8) != "infected";
            if (asks_again)
                steps.push_back(host(read_request(4)).becomes(own_read(2)));
            else
                steps.push_back(refused(read_request(4)));
        }
        all.push_back({std::string("host reads a file with ") + c.word + c.more,
                       drive_policy(c.more),
                       "rdpdr",
                       std::move(steps),
                       {scanned(c.allowed, "rdpdr", Side::client, R"(\\a.txt)", body, c.verdict)}});
    }
}

void add_drive_writes(std::vector<Vector>& all) {
    for (const auto& c : word_cases) {
        const auto body = to_bytes(as_bytes(c.word));
        // Disposition 5: overwritten or created, so with nothing in it.
        Steps steps = announced() + opened("\\b.txt", 5, 3) +
                      Steps{host(write_request(ByteView(body).first(5))).answered(write_answer(5)),
                            host(write_request(ByteView(body).subspan(5), 5))
                                .answered(write_answer(body.size() - 5))};
        if (c.allowed) {
            steps.push_back(host(close_request()).becomes(own_write(0, 0, body)).in_time());
            steps.push_back(
                client(write_answer(body.size(), own_completion)).answered(close_request()));
            steps.push_back(client(close_answer()).passes());
        } else {
            steps.push_back(host(close_request()).passes().in_time());
            steps.push_back(client(close_answer())
                                .becomes(encode_io_failure(1, completion_of_close, access_denied)));
        }
        all.push_back({std::string("host writes a file with ") + c.word + c.more,
                       drive_policy(c.more),
                       "rdpdr",
                       std::move(steps),
                       {scanned(c.allowed, "rdpdr", Side::host, R"(\\b.txt)", body, c.verdict)}});
    }
}

void add_drive_order(std::vector<Vector>& all) {
    const auto half = to_bytes(as_bytes("a VIRUS-"));
    const auto rest = to_bytes(as_bytes("WORD"));
    // What was there before is part of what is scanned.
    all.push_back(
        {"half of a virus is in the file already",
         drive_policy(),
         "rdpdr",
         announced() + opened("\\c") +
             Steps{host(write_request(rest, half.size())).becomes(own_read(0)),
                   client(read_answer(half, own_completion)).answered(own_read(1, half.size())),
                   client(read_answer({}, own_completion + 1)).becomes(write_answer(rest.size())),
                   host(close_request()).passes().in_time(),
                   client(close_answer())
                       .becomes(encode_io_failure(1, completion_of_close, access_denied))},
         {"infected Test.Word"}});
    all.push_back({"file that cannot be read is not written",
                   drive_policy(),
                   "rdpdr",
                   announced() + opened("\\c") +
                       Steps{host(write_request(rest)).becomes(own_read(0)),
                             client(io_completion(1, own_completion, access_denied, Bytes(4)))
                                 .becomes(encode_io_failure(1, completion_of_data, access_denied))},
                   {"unavailable: the client does not give it"}});
    all.push_back(
        {"host writes more than is held",
         drive_policy(R"(,"scan_bytes_max":1000)"),
         "rdpdr",
         announced() + opened("\\c", 5, 3) + Steps{refused(write_request(Bytes(1001, 'w')))},
         {"too large to scan: more than is held"}});
    all.push_back(
        {"host reads more than is held by policy",
         drive_policy(R"(,"scan_bytes_max":1000,"scan_too_large_passes":true)"),
         "rdpdr",
         announced() + opened("\\c") +
             Steps{
                 host(read_request(2000)).becomes(own_read(0)),
                 client(read_answer(Bytes(1001, 'r'), own_completion)).answered(read_request(2000)),
                 client(read_answer(Bytes(1001, 'r'))).passes()} +
             closed(),
         {note("file passes unscanned", "\\c"),
          transfer(true, "rdpdr", Side::client, 0, R"(\\c)", Bytes(1001, 'r'), "file")}});
    all.push_back({"nothing is read that is not there",
                   drive_policy(),
                   "rdpdr",
                   announced() + opened("\\c") +
                       Steps{host(read_request(10)).becomes(own_read(0)),
                             client(io_completion(1, own_completion, 0xc0000011, Bytes(4)))
                                 .becomes(read_answer({}))} +
                       closed(),
                   {}});
    all.push_back(
        {"a file that is still written when the session ends",
         drive_policy(),
         "rdpdr",
         announced() + opened("\\c", 5, 3) +
             Steps{host(write_request(rest)).answered(write_answer(rest.size()))},
         {scanned(false, "rdpdr", Side::host, R"(\\c)", rest, "unavailable: it was gone first")}});
}

}  // namespace

std::vector<Vector> scan_vectors() {
    std::vector<Vector> all;
    add_clip_words(all, Side::client);
    add_clip_words(all, Side::host);
    add_clip_order(all);
    add_drive_reads(all);
    add_drive_writes(all);
    add_drive_order(all);
    return all;
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/format/anchor_record.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/receipt.hpp>

#include <functional>
#include <tests/support/evidence_parsers.hpp>

#include <gtest/gtest.h>

// Every reader: what it takes whole it takes back whole; it takes no prefix of it and, where a
// signature or canonical form guards it, no single changed bit.

namespace lucid::sessions::format {
namespace {

using Parser = bool (*)(ByteView);

crypto::Ed25519Key signer() {
    return crypto::Ed25519Key(crypto::Secret(Bytes(32, 5)));
}

Manifest manifest() {
    Manifest m;
    m.session_id.bytes.fill(3);
    m.node.fill(4);
    m.node_key = signer().public_key();
    m.host = "desk \"quoted\" \xc3\xa9";
    m.started_at_us = 1'700'000'000'000'000;
    m.ended_at_us = m.started_at_us + 1;
    m.chunks = {{crypto::sha256(as_bytes("a")), 100, 0}, {crypto::sha256(as_bytes("b")), 50, 3}};
    m.tree_size = 4;
    m.recorder = "lucid";
    m.reason = "idle limit";
    return m;
}

Bytes chunk() {
    SegmentSealer sealer(SessionId{}, crypto::Secret(Bytes(32, 1)));
    Bytes out = encode_chunk_header(SessionId{}, 2, 7);
    std::vector<SegmentRef> refs;
    for (std::uint64_t i = 7; i < 10; ++i) {
        const auto segment = sealer.seal(EventClass::input, i, i, i + 5, as_bytes("e"), Hash32{});
        refs.push_back({out.size(), segment.size(), *decode_segment_header(segment)});
        append(out, segment);
    }
    append(out, encode_chunk_trailer(refs));
    return out;
}

std::string receipt() {
    OpenReceipt r;
    r.node_key = signer().public_key();
    r.started_at_us = 12;
    return r.sign(signer());
}

std::string close_receipt() {
    CloseReceipt r;
    r.node_key = signer().public_key();
    r.tree_size = 12;
    r.end_state = "partial";
    return r.sign(signer());
}

std::string anchor() {
    AnchorRecord r;
    r.chain_id = 19541;
    r.session.inclusion = {Hash32{1}, Hash32{2}};
    r.log_size = 9;
    r.log_checkpoint = "origin\n9\n\n\xe2\x80\x94 origin AAAA\n";
    r.checkpoints = {{{3, Hash32{7}, 1}, {1, 4, {Hash32{9}}}, {{SessionId{}, 1, Hash32{}}}}};
    r.head = {Bytes{1, 2}, Bytes{3}};
    r.genesis = {Bytes{4}, Bytes{5}};
    r.certificate = {6};
    r.validator_sets = {Bytes{7}};
    return r.to_json();
}

Bytes header() {
    SegmentSealer sealer(SessionId{}, crypto::Secret(Bytes(32, 1)));
    auto segment = sealer.seal(EventClass::audio, 4, 5, 6, as_bytes("abc"), Hash32{});
    segment.resize(segment_header_bytes);
    return segment;
}

struct Reading {
    std::string name;
    Bytes whole;
    Parser parser;
    bool every_bit_matters;
};

std::vector<Reading> readings() {
    const auto text = [](const std::string& s) { return to_bytes(as_bytes(s)); };
    return {
        {"segment header", header(), test::parse_segment_header, false},
        {"chunk", chunk(), test::parse_chunk, false},
        {"manifest", text(manifest().to_json()), test::parse_manifest, false},
        {"open receipt", text(receipt()), test::parse_receipts, true},
        {"close receipt", text(close_receipt()), test::parse_receipts, true},
        {"anchor record", text(anchor()), test::parse_anchor_record, false},
        {"trust", text(Trust{5, Hash32{6}}.to_json()), test::parse_trust, false},
        {"opening note", text(opening_note({"alice", "t", "192.0.2.1"}, {})),
         test::parse_opening_note, false},
    };
}

TEST(EvidenceParsers, take_what_was_written) {
    for (const auto& [name, whole, parser, guarded] : readings())
        EXPECT_TRUE(parser(whole)) << name;
}

TEST(EvidenceParsers, take_no_prefix) {
    for (const auto& [name, whole, parser, guarded] : readings())
        for (std::size_t length = 0; length < whole.size(); ++length) {
            const bool only_white_space = name == "trust" && whole.size() - length == 1;
            if (only_white_space) continue;
            ASSERT_FALSE(parser(ByteView(whole).first(length))) << name << " cut at " << length;
        }
}

TEST(EvidenceParsers, survive_every_changed_bit_and_take_none_of_a_signed_text) {
    for (auto [name, whole, parser, guarded] : readings())
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            const auto mask = static_cast<std::uint8_t>(1U << (bit % 8));
            whole[bit / 8] ^= mask;
            const bool taken = parser(whole);
            if (guarded) ASSERT_FALSE(taken) << name << " bit " << bit;
            whole[bit / 8] ^= mask;
        }
}

TEST(EvidenceParsers, take_no_second_spelling) {
    for (const auto& [name, whole, parser, guarded] : readings()) {
        if (whole[0] != '{' || name == "trust" || name == "opening note") continue;
        const std::string text(as_text(whole));
        for (const auto& other :
             {text + " ", " " + text, "{ " + text.substr(1),
              text.substr(0, text.size() - 1) + ",\"zz\":1}", "{\"AA\":1," + text.substr(1)})
            EXPECT_FALSE(parser(as_bytes(other))) << name << ": " << other;
    }
}

TEST(EvidenceParsers, an_open_chunk_keeps_what_is_whole) {
    const auto whole = chunk();
    const auto decoded = decode_chunk(whole);
    ASSERT_TRUE(decoded);
    std::size_t segments = 0;
    for (std::size_t length = chunk_header_bytes; length <= decoded->segments_end; ++length) {
        const auto open = scan_open_chunk(ByteView(whole).first(length));
        ASSERT_TRUE(open);
        EXPECT_GE(open->segments.size(), segments);
        segments = open->segments.size();
    }
    EXPECT_EQ(segments, 3U);
}

TEST(EvidenceParsers, limits_are_where_they_are_said_to_be) {
    Manifest m = manifest();
    m.host.assign(manifest_bytes_max, 'x');
    EXPECT_FALSE(Manifest::from_json(as_bytes(m.to_json())));
    SegmentHeader h = *decode_segment_header(header());
    h.body_length = segment_body_bytes_max;
    EXPECT_TRUE(decode_segment_header(encode_segment_header(h)));
    h.body_length = segment_body_bytes_max + 1;
    EXPECT_FALSE(decode_segment_header(encode_segment_header(h)));
    h.body_length = 15;
    EXPECT_FALSE(decode_segment_header(encode_segment_header(h)));
    Writer events;
    put_event(events, kind_note, 0, Bytes(event_payload_bytes_max, 1));
    EXPECT_TRUE(test::parse_events(events.view()));
    Writer large;
    put_event(large, kind_note, 0, Bytes(event_payload_bytes_max + 1, 1));
    EXPECT_FALSE(test::parse_events(large.view()));
}

TEST(Envelope, opens_for_its_recipient_its_session_and_nobody_else) {
    const auto owner = crypto::age::Identity::generate();
    const auto other = crypto::age::Identity::generate();
    SessionId id;
    id.bytes.fill(8);
    const auto key = crypto::Secret(Bytes(32, 9));
    const std::array<crypto::age::Recipient, 1> to = {owner.recipient()};
    const auto file = seal_session_envelope(id, key, to);
    ASSERT_TRUE(file);
    const auto opened = open_session_envelope(*file, id, owner);
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_bytes(opened->expose()), Bytes(32, 9));
    EXPECT_FALSE(open_session_envelope(*file, id, other));
    EXPECT_FALSE(open_session_envelope(*file, SessionId{}, owner));
    for (std::size_t length = 0; length < file->size(); ++length)
        ASSERT_FALSE(open_session_envelope(ByteView(*file).first(length), id, owner)) << length;
}

TEST(MemoryBundles, from_bytes_and_back) {
    MemoryBundle bundle;
    bundle.files["a"] = {1, 2};
    bundle.files["chunks/b"] = {};
    EXPECT_EQ(test::bundle_of(test::bytes_of(bundle)).files, bundle.files);
}

}  // namespace
}  // namespace lucid::sessions::format

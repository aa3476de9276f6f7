// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/note.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/format/anchor_record.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/event.hpp>
#include <lucid/sessions/format/manifest.hpp>
#include <lucid/sessions/format/receipt.hpp>
#include <lucid/sessions/format/segment.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zstd.h>

// What readers of evidence refuse although its form, or even its signature, is right; by the field
// that they name.

namespace lucid::sessions::format {
namespace {

using Json = nlohmann::json;

template <class T>
std::string refused(const Result<T>& result) {
    return result ? "accepted" : result.error().context;
}

/// Canonical JSON of an anchor record with one value replaced.
class AnchorRefusals : public ::testing::Test {
  protected:
    AnchorRefusals() {
        AnchorRecord r;
        r.chain_id = 19541;
        r.session.inclusion = {Hash32{1}};
        r.log_checkpoint = "x";
        r.checkpoints = {{{3, Hash32{7}, 2},
                          {1, 4, {Hash32{9}}},
                          {{SessionId{}, 1, Hash32{}}, {SessionId{{1}}, 1, Hash32{}}}}};
        r.between = {{5, Bytes{1}, {}, {}}};
        r.validator_sets = {Bytes{7}};
        json_ = Json::parse(r.to_json());
    }
    std::string with(const std::string& pointer, const Json& value) {
        Json changed = json_;
        changed[Json::json_pointer(pointer)] = value;
        return refused(AnchorRecord::from_json(as_bytes(changed.dump())));
    }
    Json json_;
    const std::string hash_ = std::string(64, 'a');
};

TEST_F(AnchorRefusals, values_of_another_type) {
    EXPECT_EQ(with("/chain_id", 7), "accepted");
    EXPECT_EQ(with("/chain_id", "7"), "chain_id");
    EXPECT_EQ(with("/chain_id", -7), "chain_id");
    EXPECT_EQ(with("/chain_id", std::uint64_t{1} << 53), "chain_id");
    EXPECT_EQ(with("/node", 7), "node");
    EXPECT_EQ(with("/node", "aabb"), "node");
    EXPECT_EQ(with("/node", std::string(40, 'A')), "node");
    EXPECT_EQ(with("/session", 7), "session");
    EXPECT_EQ(with("/session/inclusion", 7), "inclusion");
    EXPECT_EQ(with("/session/inclusion/0", 7), "inclusion");
    EXPECT_EQ(with("/session/inclusion/0", std::string(64, 'A')), "inclusion");
    EXPECT_EQ(with("/checkpoints/0", 7), "checkpoints");
    EXPECT_EQ(with("/between/0", 7), "between");
    EXPECT_EQ(with("/validator_sets/0", 7), "validator_sets");
    EXPECT_EQ(with("/validator_sets/0", "AA"), "validator_sets");
    EXPECT_EQ(refused(AnchorRecord::from_json(as_bytes("[]"))), "anchor record");
    EXPECT_EQ(refused(AnchorRecord::from_json(as_bytes("{"))), "anchor record");
}

TEST_F(AnchorRefusals, leaves_of_another_shape_or_order) {
    const auto leaves = [&](const Json& value) { return with("/checkpoints/0/leaves", value); };
    EXPECT_EQ(leaves(Json::array({Json::array({hash_, 1, hash_})})), "accepted");
    EXPECT_EQ(leaves(Json::array({7})), "leaves");
    EXPECT_EQ(leaves(Json::array({Json::array({hash_, 1})})), "leaves");
    EXPECT_EQ(leaves(Json::array({Json::array({hash_, "1", hash_})})), "leaves");
    const Json one = Json::array({hash_, 1, hash_});
    EXPECT_EQ(leaves(Json::array({one, one})), "leaves order");
}

TEST_F(AnchorRefusals, lists_past_their_limits) {
    const auto zeros = [](std::size_t n) { return Json(std::vector<int>(n, 0)); };
    EXPECT_EQ(with("/session/inclusion", Json(std::vector<std::string>(64, hash_))), "accepted");
    EXPECT_EQ(with("/session/inclusion", Json(std::vector<std::string>(65, hash_))), "inclusion");
    EXPECT_EQ(with("/checkpoints", zeros(100'001)), "checkpoints");
    EXPECT_EQ(with("/checkpoints/0/leaves", zeros(100'001)), "leaves");
    EXPECT_EQ(with("/checkpoints/0/count", 100'000), "accepted");
    EXPECT_EQ(with("/checkpoints/0/count", 100'001), "count");
    EXPECT_EQ(with("/between", zeros(100'001)), "between");
    EXPECT_EQ(refused(AnchorRecord::from_json(Bytes(anchor_record_bytes_max + 1))),
              "anchor record");
}

TEST_F(AnchorRefusals, witnesses_that_are_none) {
    using blockchain::tlog::KeyType;
    using blockchain::tlog::VerifierKey;
    json_["version"] = 2;
    const auto key = [](KeyType type) {
        return VerifierKey{"witness.example", type, {}}.to_text();
    };
    const Json good = Json::array({key(KeyType::cosignature)});
    EXPECT_EQ(with("/witnesses", good), "accepted");
    EXPECT_EQ(with("/witnesses", Json::array()), "witnesses");
    EXPECT_EQ(with("/witnesses", Json(std::vector<int>(witnesses_max + 1, 0))), "witnesses");
    EXPECT_EQ(with("/witnesses", Json::array({7})), "witnesses");
    EXPECT_EQ(with("/witnesses", Json::array({key(KeyType::ed25519)})),
              "witness key of another type");
    EXPECT_EQ(with("/witnesses", Json::array({good[0], good[0]})), "witness");
}

TEST(ManifestRefusals, chunks_that_are_none_or_too_many) {
    auto json = Json::parse(Manifest{}.to_json());
    const auto chunks = [&](const Json& list) {
        json["chunks"] = list;
        return refused(Manifest::from_json(as_bytes(json.dump())));
    };
    EXPECT_EQ(chunks(Json::array({7})), "chunks");
    EXPECT_EQ(chunks(Json(std::vector<int>(1'000'001, 0))), "chunks");
    json["clock_synchronised"] = 7;
    EXPECT_EQ(chunks(Json::array()), "clock_synchronised");
    EXPECT_EQ(refused(parties_of_opening(as_bytes(R"({"what":"weather"})"))), "parties note");
}

/// Signs what a receipt says (evidence.md, Receipts), as only the node can.
std::string sign(Json receipt, const crypto::Ed25519Key& key) {
    receipt.erase("signature");
    Bytes message = to_bytes(as_bytes("lucid/receipt/1"));
    append(message, crypto::sha256(as_bytes(receipt.dump())));
    receipt["signature"] = to_hex(key.sign(message));
    return receipt.dump();
}

TEST(ReceiptRefusals, other_versions_and_sizes_although_signed) {
    const crypto::Ed25519Key key(crypto::Secret(Bytes(32, 5)));
    OpenReceipt open;
    open.node_key = key.public_key();
    CloseReceipt close;
    close.node_key = key.public_key();
    for (const std::string& text : {open.sign(key), close.sign(key)}) {
        auto json = Json::parse(text);
        EXPECT_EQ(sign(json, key), text);
        const auto verify = [&](const std::string& signed_text) {
            return json["kind"] == "open" ? refused(OpenReceipt::verify(as_bytes(signed_text)))
                                          : refused(CloseReceipt::verify(as_bytes(signed_text)));
        };
        EXPECT_EQ(verify(text), "accepted");
        json["version"] = 2;
        EXPECT_EQ(verify(sign(json, key)), "receipt version");
        json["padding"] = std::string(4096, 'x');
        EXPECT_EQ(verify(sign(json, key)), "receipt");
    }
}

/// A segment with this frame as its body, sealed with the session's own key (evidence.md,
/// Segments): what only a faulty or dishonest recorder makes.
class SegmentRefusals : public ::testing::Test {
  protected:
    Bytes seal(ByteView frame) const {
        SegmentHeader header;
        header.body_length = static_cast<std::uint32_t>(frame.size() + crypto::aead_tag_bytes);
        const auto key = segment_key(key_, SessionId{}, 0);
        header.key_id = segment_key_id(key);
        auto segment = encode_segment_header(header);
        Bytes aad(32);
        append(aad, segment);
        append(aad, Hash32{});
        Hash32 raw;
        std::copy_n(key.expose().begin(), 32, raw.begin());
        segment.resize(segment.size() + header.body_length);
        crypto::aead_seal_to(raw, {}, aad, frame,
                             MutableByteView(segment).subspan(segment_header_bytes));
        return segment;
    }
    std::string open(ByteView segment) const {
        return refused(open_segment(segment, SessionId{}, key_, {}));
    }
    static Bytes compress(ByteView events) {
        Bytes out(ZSTD_compressBound(events.size()));
        out.resize(ZSTD_compress(out.data(), out.size(), events.data(), events.size(), 1));
        return out;
    }
    crypto::Secret key_ = class_key(crypto::Secret(Bytes(32, 1)), SessionId{}, EventClass{});
};

TEST_F(SegmentRefusals, frames_of_another_size_kind_or_content) {
    Bytes events;
    for (int i = 0; i < 300; ++i) append(events, as_bytes("event " + std::to_string(i * i)));
    const auto frame = compress(events);
    EXPECT_EQ(open(seal(frame)), "accepted");
    EXPECT_EQ(open(seal(as_bytes("no frame"))), "segment events");
    EXPECT_EQ(open(seal(compress(Bytes(segment_events_bytes_max)))), "accepted");
    EXPECT_EQ(open(seal(compress(Bytes(segment_events_bytes_max + 1)))), "segment events");

    Bytes streamed(ZSTD_compressBound(events.size()));
    auto* zstd = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0);
    streamed.resize(
        ZSTD_compress2(zstd, streamed.data(), streamed.size(), events.data(), events.size()));
    ZSTD_freeCCtx(zstd);
    EXPECT_EQ(open(seal(streamed)), "segment events");

    auto longer = frame;
    append(longer, frame);
    EXPECT_EQ(open(seal(longer)), "segment frame");

    // Some damage of a compressed block only shows when it is undone.
    std::size_t found_late = 0;
    for (std::size_t at = 10; at < frame.size(); ++at) {
        auto damaged = frame;
        damaged[at] ^= 0xff;
        const auto opened = open_segment(seal(damaged), SessionId{}, key_, {});
        if (!opened && opened.error().code == make_error_code(Errc::bad_value)) ++found_late;
    }
    EXPECT_GT(found_late, 0U);
}

TEST_F(SegmentRefusals, bytes_behind_the_body) {
    auto segment = seal(compress(Bytes(10, 'e')));
    segment.push_back(0);
    EXPECT_EQ(open(segment), "segment");
}

TEST(ChunkRefusals, too_large_and_empty) {
    EXPECT_EQ(refused(decode_chunk(Bytes(chunk_bytes_max + 1))), "chunk size");
    auto empty = encode_chunk_header(SessionId{}, 0, 0);
    append(empty, encode_chunk_trailer({}));
    EXPECT_EQ(refused(decode_chunk(empty)), "chunk without segments");
}

TEST(EnvelopeRefusals, a_scope_of_the_future) {
    const auto owner = crypto::age::Identity::generate();
    const std::array<crypto::age::Recipient, 1> to = {owner.recipient()};
    const auto sealed = seal_session_envelope(SessionId{}, crypto::Secret(Bytes(32, 9)), to);
    auto plaintext = to_bytes(crypto::age::open(*sealed, owner)->expose());
    plaintext[plaintext.size() - 32 - 1] ^= 1;
    const auto other = crypto::age::seal(plaintext, to);
    EXPECT_EQ(refused(open_session_envelope(*other, SessionId{}, owner)), "envelope scope");
}

TEST(EventRefusals, a_time_past_the_end_of_time) {
    Writer w;
    put_event(w, kind_note, 2, {});
    EventReader in_time(w.view(), ~std::uint64_t{0} - 2);
    EXPECT_EQ(in_time.next()->time_us, ~std::uint64_t{0});
    EventReader late(w.view(), ~std::uint64_t{0} - 1);
    EXPECT_EQ(refused(late.next()), "event time");
}

}  // namespace
}  // namespace lucid::sessions::format

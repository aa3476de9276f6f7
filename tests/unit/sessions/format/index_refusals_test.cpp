// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/bundle.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/index.hpp>
#include <lucid/sessions/format/index_manifest.hpp>
#include <lucid/sessions/format/tiles.hpp>

#include <algorithm>
#include <limits>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zstd.h>

// What readers of an index refuse, by the field or the rule that they name. A stranger makes what
// is in it: where a refused value stands beside right ones, nothing else would refuse it.

namespace lucid::sessions::format {
namespace {

using Json = nlohmann::json;

constexpr auto u64_max = std::numeric_limits<std::uint64_t>::max();

template <class T>
std::string refused(const Result<T>& result) {
    return result ? "accepted" : result.error().context;
}

TEST(BundleRefusals, parts_behind_the_end) {
    MemoryBundle bundle;
    bundle.files["chunk"] = {1, 2, 3, 4};
    EXPECT_EQ(bundle.read_part("chunk", 1, 2), (Bytes{2, 3}));
    EXPECT_EQ(bundle.read_part("chunk", 4, 0), Bytes{});
    EXPECT_EQ(refused(bundle.read_part("chunk", 5, 0)), "part of a bundle's file");
    EXPECT_EQ(refused(bundle.read_part("chunk", 1, 4)), "part of a bundle's file");
    EXPECT_EQ(refused(bundle.read_part("chunk", u64_max, 2)), "part of a bundle's file");
    EXPECT_EQ(refused(bundle.read_part("other", 0, 1)), "bundle file");
    bundle.files["chunk"].resize(bundle_part_file_bytes_max + 1);
    EXPECT_EQ(refused(bundle.read_part("chunk", 0, 1)), "bundle file");
}

/// A group of `bytes` in pages as large as may be, with any frame.
Bytes page_group(std::size_t bytes, ByteView frame) {
    Writer w;
    const auto pages = (bytes + index_page_bytes_max - 1) / index_page_bytes_max;
    w.u32_le(0).u16_le(static_cast<std::uint16_t>(pages));
    for (auto rest = bytes; rest > 0;) {
        const auto page = std::min(rest, index_page_bytes_max);
        w.u16_le(static_cast<std::uint16_t>(page - 1));
        rest -= page;
    }
    w.bytes(frame);
    return w.take();
}

Bytes compress(ByteView plain) {
    Bytes out(ZSTD_compressBound(plain.size()));
    out.resize(ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 1));
    return out;
}

TEST(PageGroupRefusals, frames_of_another_size_or_content) {
    Bytes plain;
    for (int i = 0; i < 300; ++i) append(plain, as_bytes("page " + std::to_string(i * i)));
    const auto frame = compress(plain);
    const auto group = [](std::size_t bytes, ByteView of) {
        return refused(decode_page_group(page_group(bytes, of)));
    };
    EXPECT_EQ(group(plain.size(), frame), "accepted");
    EXPECT_EQ(group(plain.size() + 1, frame), "pages");
    EXPECT_EQ(group(plain.size(), as_bytes("no frame")), "pages");
    const auto most = index_group_bytes_max;
    EXPECT_EQ(group(most, compress(Bytes(most))), "accepted");
    EXPECT_EQ(group(most + 1, compress(Bytes(most + 1))), "pages");

    Bytes streamed(ZSTD_compressBound(plain.size()));
    auto* zstd = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_contentSizeFlag, 0);
    streamed.resize(
        ZSTD_compress2(zstd, streamed.data(), streamed.size(), plain.data(), plain.size()));
    ZSTD_freeCCtx(zstd);
    EXPECT_EQ(group(plain.size(), streamed), "pages");

    // Some damage of a compressed block only shows when it is undone.
    std::size_t found_late = 0;
    for (std::size_t at = 10; at < frame.size(); ++at) {
        auto damaged = frame;
        damaged[at] ^= 0xff;
        const auto found = decode_page_group(page_group(plain.size(), damaged));
        if (!found && found.error().code == make_error_code(Errc::bad_value)) ++found_late;
    }
    EXPECT_GT(found_late, 0U);
}

TEST(PageGroupRefusals, a_frame_with_less_than_it_says) {
    // zstd 1.5.4 does not compare the two in frames of its format 0.7: magic, one segment,
    // a size of its own, a raw block of three bytes, the last block.
    const auto frame = [](std::uint8_t size) {
        return Bytes{0x27, 0xb5, 0x2f, 0xfd, 0x20, size, 0x40, 0, 3, 'a', 'b', 'c', 0xc0, 0, 0};
    };
    EXPECT_EQ(refused(decode_page_group(page_group(10, frame(10)))), "pages");
}

TEST(KeyframeRefusals, runs_past_the_last_page) {
    const auto run = [](std::uint64_t first, std::uint64_t count) {
        Writer w;
        w.varint(1).varint(first).varint(count);
        return refused(decode_keyframe(w.view()));
    };
    EXPECT_EQ(run(index_pages_max - 1, 1), "accepted");
    EXPECT_EQ(run(index_pages_max, 1), "page run");
    EXPECT_EQ(run(index_pages_max + 1, 1), "page run");
    EXPECT_EQ(run((std::uint64_t{1} << 32) + 1, 1), "page run");
    EXPECT_EQ(run(1, (std::uint64_t{1} << 32) + 1), "page run");
}

TEST(HistoryRefusals, pieces_of_another_kind_or_too_many) {
    const auto piece = [](std::uint8_t last, std::size_t bytes) {
        Writer w;
        w.u64_le(7).u8(last).zeros(bytes);
        return w.take();
    };
    HistoryReader reader;
    EXPECT_EQ(refused(reader.add(piece(2, 1))), "last piece");
    EXPECT_EQ(refused(reader.add(piece(0, index_history_bytes_max + 1))), "history");
    EXPECT_EQ(refused(reader.add(piece(0, index_history_bytes_max - 1))), "accepted");
    EXPECT_EQ(refused(reader.add(piece(0, 1))), "accepted");
    EXPECT_EQ(refused(reader.add(piece(0, 1))), "history");
}

TEST(SpansRefusals, too_many) {
    const auto spans = [](std::size_t count) {
        Writer w;
        w.u64_le(0).varint(count).zeros(4 * count);
        return refused(decode_spans(w.view()));
    };
    EXPECT_EQ(spans(index_spans_max), "accepted");
    EXPECT_EQ(spans(index_spans_max + 1), "spans");
}

TEST(SpansRefusals, times_past_the_longest) {
    const auto span = [](std::uint64_t keyframe_us, std::uint64_t first, std::uint64_t length,
                         std::uint64_t over, std::uint8_t pointer) {
        Writer w;
        w.u64_le(keyframe_us).varint(1).varint(first).varint(length).varint(over).u8(pointer);
        return refused(decode_spans(w.view()));
    };
    const auto longest = std::uint64_t{1} << 60;
    EXPECT_EQ(span(longest, longest, longest, longest, 1), "accepted");
    EXPECT_EQ(span(longest + 1, 0, 0, 0, 0), "span");
    EXPECT_EQ(span(0, longest + 1, 0, 0, 0), "span");
    EXPECT_EQ(span(0, 0, longest + 1, 0, 0), "span");
    EXPECT_EQ(span(0, 0, 0, longest + 1, 0), "span");
    EXPECT_EQ(span(0, 0, 0, 0, 2), "span");
}

TEST(IndexMapRefusals, segments_pages_and_times_past_their_limits) {
    const auto empty_segments = [](std::size_t count) {
        Writer w;
        w.varint(count).zeros(4 * count);
        return refused(decode_index_map(w.view()));
    };
    EXPECT_EQ(empty_segments(index_segments_max), "accepted");
    EXPECT_EQ(empty_segments(index_segments_max + 1), "index segments");

    const auto pages = [](std::uint64_t first, std::uint64_t step) {
        Writer w;
        w.varint(2).varint(first).zeros(3).varint(step).zeros(3);
        return refused(decode_index_map(w.view()));
    };
    EXPECT_EQ(pages(index_pages_max - 1, 1), "accepted");
    EXPECT_EQ(pages(index_pages_max - 1, 2), "first page");
    EXPECT_EQ(pages(std::uint64_t{1} << 32, 0), "first page");

    const auto times = [](std::uint64_t first, std::uint64_t step) {
        Writer w;
        w.varint(1).varint(0).varint(2).varint(first).varint(step).zeros(2);
        return refused(decode_index_map(w.view()));
    };
    EXPECT_EQ(times(u64_max - 1, 1), "accepted");
    EXPECT_EQ(times(u64_max - 1, 2), "time");
}

TEST(IndexMapRefusals, a_map_that_fits_into_no_event) {
    // A byte for each time, and seven: segments, page, how many times (3), histories, spans.
    IndexMap map;
    map.segments.emplace_back();
    map.segments[0].keyframes_us.resize(event_payload_bytes_max - 7);
    const auto most = encode_index_map(map);
    ASSERT_TRUE(most);
    EXPECT_EQ(most->size(), event_payload_bytes_max);
    map.segments[0].keyframes_us.emplace_back();
    EXPECT_EQ(refused(encode_index_map(map)), "index map");
}

TEST(IndexManifestRefusals, other_versions_and_chunks_that_are_none) {
    const auto good = Json::parse(IndexManifest{}.to_json());
    const auto with = [&](const char* field, const Json& value) {
        auto json = good;
        json[field] = value;
        return refused(IndexManifest::from_json(as_bytes(json.dump())));
    };
    EXPECT_EQ(with("version", 1), "accepted");
    EXPECT_EQ(with("version", 2), "index manifest");
    EXPECT_EQ(with("chunks", Json::array({7})), "index chunk");
    EXPECT_EQ(refused(IndexManifest::from_json(Bytes(index_manifest_bytes_max + 1))),
              "index manifest");
}

/// An index of chunks with two segments each, as an honest or another node makes and signs it.
class IndexChecks : public ::testing::Test {
  protected:
    struct Made {
        SessionId id{{3}};
        std::uint32_t number = 0;
        std::uint64_t first_index = 0;
        EventClass event_class = EventClass::index;
    };
    IndexChecks() {
        manifest_.session_id = SessionId{{3}};
        manifest_.node_key = key_.public_key();
        manifest_.tree_size = 9;
        manifest_.root = Hash32{4};
        index_.session_id = manifest_.session_id;
        index_.session_tree_size = manifest_.tree_size;
        index_.session_root = manifest_.root;
    }
    void add(const Made& made) {
        SegmentSealer sealer(made.id, session_key_);
        auto bytes = encode_chunk_header(made.id, made.number, made.first_index);
        std::vector<SegmentRef> segments;
        for (auto at = made.first_index; at < made.first_index + 2; ++at) {
            const auto before = leaves_.empty() ? Hash32{} : leaves_.back();
            const auto segment =
                sealer.seal(made.event_class, at, 1, 2, as_bytes("events"), before);
            segments.push_back({bytes.size(), segment.size(), *decode_segment_header(segment)});
            append(bytes, segment);
            leaves_.push_back(segment_leaf(segment));
        }
        append(bytes, encode_chunk_trailer(segments));
        index_.chunks.push_back({crypto::sha256(bytes), bytes.size(), made.first_index});
        files_[chunk_name()] = bytes;
        index_.tree_size = leaves_.size();
        index_.root = crypto::merkle_root(leaves_);
        for (const auto& [name, content] : make_tiles(leaves_)) files_["index/" + name] = content;
        sign(index_.to_json());
    }
    void sign(const std::string& json) {
        files_["index/index.json"] = to_bytes(as_bytes(json));
        files_["index/index.sig"] = to_bytes(sign_index(key_, as_bytes(json)));
    }
    std::string chunk_name() const {
        return "index/chunks/" + to_hex(index_.chunks.back().hash) + ".lchk";
    }
    /// File and rule of the first problem.
    std::string check(const crypto::Secret* class_key = nullptr) const {
        const auto read = [&](const std::string& name, std::size_t max) -> std::optional<Bytes> {
            const auto found = files_.find(name);
            if (found == files_.end() || found->second.size() > max) return std::nullopt;
            return found->second;
        };
        const auto problem = check_index(manifest_, read, class_key);
        return problem ? problem->file + ": " + problem->rule : "accepted";
    }
    /// The same when the only chunk is this one.
    std::string check_only(const Made& made) {
        files_.clear();
        leaves_.clear();
        index_.chunks.clear();
        add(made);
        return check();
    }
    const crypto::Ed25519Key key_{crypto::Secret(Bytes(32, 5))};
    const crypto::Secret session_key_{Bytes(32, 6)};
    Manifest manifest_;
    IndexManifest index_;
    std::vector<Hash32> leaves_;
    std::map<std::string, Bytes> files_;
};

TEST_F(IndexChecks, files_that_cannot_be_read) {
    add({});
    add({manifest_.session_id, 1, 2, EventClass::index});
    EXPECT_EQ(check(), "accepted");
    const auto whole = files_;
    const auto without = [&](const std::string& name) {
        files_ = whole;
        EXPECT_EQ(files_.erase(name), 1U);
        return check();
    };
    EXPECT_EQ(without("index/index.json"), "index/index.json: it cannot be read");
    EXPECT_EQ(without("index/index.sig"), "index/index.sig: not 64 bytes");
    EXPECT_EQ(without(chunk_name()), chunk_name() + ": it cannot be read");
    EXPECT_EQ(without("index/tiles/0/0"), "index/tiles/0/0: it cannot be read");
}

TEST_F(IndexChecks, files_of_another_size_or_content) {
    add({});
    const auto whole = files_;
    files_["index/index.sig"].pop_back();
    EXPECT_EQ(check(), "index/index.sig: not 64 bytes");
    files_ = whole;
    files_["index/index.sig"][0] ^= 1;
    EXPECT_EQ(check(), "index/index.sig: the index is not signed by its node");
    files_ = whole;
    files_["index/tiles/0/0"][0] ^= 1;
    EXPECT_EQ(check(), "index/tiles/0/0: it is not the tile of these segments");
    files_ = whole;
    files_[chunk_name()].back() ^= 1;
    EXPECT_EQ(check(), chunk_name() + ": its bytes do not give its name");
    files_ = whole;
    sign("{}");
    EXPECT_EQ(check(),
              "index/index.json: " + IndexManifest::from_json(as_bytes("{}")).error().message());
}

TEST_F(IndexChecks, an_index_of_another_recording) {
    add({});
    const auto with = [&](auto change) {
        auto other = index_;
        change(other);
        sign(other.to_json());
        return check();
    };
    const std::string rule = "index/index.json: it is the index of another recording";
    EXPECT_EQ(with([](auto&) {}), "accepted");
    EXPECT_EQ(with([](auto& other) { other.session_id.bytes[31] ^= 1; }), rule);
    EXPECT_EQ(with([](auto& other) { ++other.session_tree_size; }), rule);
    EXPECT_EQ(with([](auto& other) { other.session_root[31] ^= 1; }), rule);
}

TEST_F(IndexChecks, another_tree) {
    add({});
    const auto with = [&](std::uint64_t tree_size, const Hash32& root) {
        auto other = index_;
        other.tree_size = tree_size;
        other.root = root;
        sign(other.to_json());
        return check();
    };
    const std::string rule = "index/index.json: the segments do not give the index's tree root";
    EXPECT_EQ(with(2, index_.root), "accepted");
    EXPECT_EQ(with(3, index_.root), rule);
    EXPECT_EQ(with(2, Hash32{}), rule);
    index_.chunks.clear();
    EXPECT_EQ(with(2, index_.root), rule);
}

TEST_F(IndexChecks, chunks_that_are_not_the_named_ones) {
    EXPECT_EQ(check_only({}), "accepted");
    const auto good = index_;
    ++index_.chunks[0].size;
    sign(index_.to_json());
    EXPECT_EQ(check(), chunk_name() + ": its bytes do not give its name");

    const Bytes none(10, 'c');
    index_.chunks[0] = {crypto::sha256(none), none.size(), 0};
    files_[chunk_name()] = none;
    sign(index_.to_json());
    EXPECT_EQ(check(), chunk_name() + ": " + decode_chunk(none).error().message());

    const std::string rule = ": its header is not the one that index.json names";
    index_ = good;
    index_.chunks[0].first_index = 1;
    sign(index_.to_json());
    EXPECT_EQ(check(), chunk_name() + rule);
    Made other;
    other.id.bytes[31] = 1;
    EXPECT_EQ(check_only(other), chunk_name() + rule) << "a chunk of another session";
    other = {};
    other.number = 1;
    EXPECT_EQ(check_only(other), chunk_name() + rule) << "its second chunk first";
    other = {};
    other.first_index = 5;
    EXPECT_EQ(check_only(other), chunk_name() + rule) << "segments left out before it";
}

TEST_F(IndexChecks, segments_of_another_class_or_key) {
    Made other;
    other.event_class = EventClass::screen;
    EXPECT_EQ(check_only(other), chunk_name() + ": a segment of another class");

    EXPECT_EQ(check_only({}), "accepted");
    const auto right = class_key(session_key_, manifest_.session_id, EventClass::index);
    EXPECT_EQ(check(&right), "accepted");
    const auto wrong = class_key(session_key_, manifest_.session_id, EventClass::audit);
    EXPECT_TRUE(check(&wrong).starts_with(chunk_name() + ": segment key id")) << check(&wrong);
}

}  // namespace
}  // namespace lucid::sessions::format

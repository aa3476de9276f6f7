// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/event.hpp>
#include <lucid/sessions/format/receipt.hpp>
#include <lucid/sessions/format/tiles.hpp>

#include <functional>

#include "world.hpp"
#include <gtest/gtest.h>

// Bundles in which the node itself contradicts itself: every signature is right, one thing is not.

namespace lucid::evidence_test {
namespace {

using namespace sessions::format;

constexpr std::size_t segments_in_all = 6;

World& node() {
    static World shared(9);
    if (shared.bundles.empty()) shared.record(segments_in_all);
    return shared;
}

/// A short recording of one chunk, not anchored, whose manifest says what a test makes it say.
class VerifyRefusals : public ::testing::Test {
  protected:
    VerifyRefusals()
        : bundle_(node().bundles[0]),
          manifest_(node().sessions[0].manifest),
          segments_(node().sessions[0].segments) {
        bundle_.files.erase("anchor.json");
    }

    void put(const std::string& name, const std::string& text) {
        bundle_.files[name] = to_bytes(as_bytes(text));
    }
    [[nodiscard]] OpenReceipt opened() const {
        const auto& m = manifest_;
        return {m.session_id, m.node, m.node_key, m.started_at_us, m.policy_hash, m.consent_hash};
    }
    [[nodiscard]] CloseReceipt closed() const {
        const auto& m = manifest_;
        return {m.session_id, m.node_key, m.tree_size, m.root, m.complete ? "complete" : "partial"};
    }
    /// Signs the manifest as it is now, and receipts that agree with it.
    void sign() {
        const auto& key = node().evidence_key();
        put("receipts/open.json", opened().sign(key));
        put("receipts/close.json", closed().sign(key));
        const auto json = manifest_.to_json();
        put("manifest.json", json);
        bundle_.files["manifest.sig"] = to_bytes(sign_manifest(key, as_bytes(json)));
    }
    [[nodiscard]] std::string chunk_name() const {
        return "chunks/" + to_hex(manifest_.chunks.front().hash) + ".lchk";
    }
    Bytes& chunk() { return bundle_.files.at(chunk_name()); }
    /// The chunk under a name that is not its hash.
    void misname_chunk() {
        auto content = std::move(chunk());
        bundle_.files.erase(chunk_name());
        manifest_.chunks.front().hash[0] ^= 1;
        bundle_.files[chunk_name()] = std::move(content);
    }
    /// The recording as one chunk of `segments_`, with their tree.
    void put_segments(std::uint64_t first_index = 0) {
        std::erase_if(bundle_.files, [](const auto& file) {
            return file.first.starts_with("chunks/") || file.first.starts_with("tiles/");
        });
        auto file = encode_chunk_header(manifest_.session_id, 0, first_index);
        std::vector<SegmentRef> refs;
        std::vector<Hash32> leaves;
        for (const auto& segment : segments_) {
            refs.push_back({file.size(), segment.size(), *decode_segment_header(segment)});
            leaves.push_back(segment_leaf(segment));
            append(file, segment);
        }
        append(file, encode_chunk_trailer(refs));
        manifest_.chunks = {{crypto::sha256(file), file.size(), first_index}};
        bundle_.files[chunk_name()] = std::move(file);
        put_tree(leaves);
    }
    void put_tree(std::span<const Hash32> leaves) {
        manifest_.tree_size = leaves.size();
        manifest_.root = crypto::merkle_root(leaves);
        for (const auto& [name, content] : make_tiles(leaves)) bundle_.files[name] = content;
    }

    VerifyReport report(bool as_owner = false) {
        VerifyOptions options;
        options.allow_unanchored = true;
        if (as_owner) options.identity = &node().owner;
        return verify(bundle_, options);
    }
    BadPlace refused(bool as_owner = false) {
        const auto r = report(as_owner);
        EXPECT_EQ(r.verdict, Verdict::refused);
        return r.bad.value_or(BadPlace{});
    }
    void expect_refused_as(const std::string& file, const std::string& rule,
                           bool as_owner = false) {
        const auto place = refused(as_owner);
        EXPECT_EQ(place.file, file);
        EXPECT_EQ(place.rule, rule);
    }

    MemoryBundle bundle_;
    Manifest manifest_;
    std::vector<Bytes> segments_;
};

TEST_F(VerifyRefusals, what_the_tests_start_from_is_consistent) {
    for (const bool as_owner : {false, true}) {
        EXPECT_EQ(report(as_owner).verdict, Verdict::consistent_unpinned);
        put_segments();
        sign();
        EXPECT_EQ(report(as_owner).verdict, Verdict::consistent_unpinned);
    }
}

TEST_F(VerifyRefusals, a_trusted_chain_without_an_anchor_verifies_nothing) {
    VerifyOptions options;
    options.trust = node().trust();
    EXPECT_EQ(verify(bundle_, options).verdict, Verdict::refused);
    options.allow_unanchored = true;
    EXPECT_EQ(verify(bundle_, options).verdict, Verdict::consistent_unpinned);
}

TEST_F(VerifyRefusals, progress_ends_with_the_last_chunk) {
    std::uint64_t all = 0;
    for (const auto& [name, content] : bundle_.files) all += content.size();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> seen;
    VerifyOptions options;
    options.allow_unanchored = true;
    options.progress = [&](std::uint64_t done, std::uint64_t total) {
        seen.emplace_back(done, total);
    };
    EXPECT_EQ(verify(bundle_, options).verdict, Verdict::consistent_unpinned);
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen[0].second, all);
    EXPECT_EQ(seen[0].first, all - bundle_.files.at("tiles/0/0").size());
}

/// Lists so many files and has none of them.
class Crowd final : public BundleSource {
  public:
    explicit Crowd(std::size_t files) : files_(files) {}
    Result<std::vector<BundleFile>> list() override { return std::vector<BundleFile>(files_); }
    Result<Bytes> read(const std::string&, std::size_t) override {
        return fail(Errc::not_found, "bundle file");
    }

  private:
    std::size_t files_;
};

TEST_F(VerifyRefusals, more_files_than_a_bundle_may_have) {
    Crowd most(bundle_files_max);
    EXPECT_EQ(verify(most, {}).bad->file, "manifest.json");
    Crowd too_many(bundle_files_max + 1);
    EXPECT_EQ(verify(too_many, {}).bad->rule, "too many files");
}

TEST_F(VerifyRefusals, an_opening_receipt_of_another_session) {
    const std::vector<std::function<void(OpenReceipt&)>> edits = {
        [](OpenReceipt& r) { r.session_id.bytes[0] ^= 1; },
        [](OpenReceipt& r) { r.node[0] ^= 1; },
        [](OpenReceipt& r) { ++r.started_at_us; },
        [](OpenReceipt& r) { r.policy_hash[0] ^= 1; },
        [](OpenReceipt& r) { r.consent_hash[0] ^= 1; },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        SCOPED_TRACE(i);
        auto receipt = opened();
        edits[i](receipt);
        put("receipts/open.json", receipt.sign(node().evidence_key()));
        expect_refused_as("receipts/open.json", "it is a receipt of another session");
    }
    auto receipt = opened();
    receipt.node_key = node().validator_key().public_key();
    put("receipts/open.json", receipt.sign(node().validator_key()));
    expect_refused_as("receipts/open.json", "it is a receipt of another session");
}

TEST_F(VerifyRefusals, a_closing_receipt_that_contradicts_the_manifest) {
    const std::vector<std::function<void(CloseReceipt&)>> edits = {
        [](CloseReceipt& r) { r.session_id.bytes[0] ^= 1; },
        [](CloseReceipt& r) { --r.tree_size; },
        [](CloseReceipt& r) { r.root[0] ^= 1; },
        [](CloseReceipt& r) { r.end_state = "partial"; },
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        SCOPED_TRACE(i);
        auto receipt = closed();
        edits[i](receipt);
        put("receipts/close.json", receipt.sign(node().evidence_key()));
        expect_refused_as("receipts/close.json", "it contradicts the manifest");
    }
    auto receipt = closed();
    receipt.node_key = node().validator_key().public_key();
    put("receipts/close.json", receipt.sign(node().validator_key()));
    expect_refused_as("receipts/close.json", "it contradicts the manifest");

    manifest_.complete = false;
    sign();
    EXPECT_EQ(report().verdict, Verdict::consistent_unpinned);
    receipt = closed();
    receipt.end_state = "complete";
    put("receipts/close.json", receipt.sign(node().evidence_key()));
    expect_refused_as("receipts/close.json", "it contradicts the manifest");
}

TEST_F(VerifyRefusals, a_chunk_that_is_not_the_one_at_its_place) {
    const std::string rule = "its header is not the one that the manifest names";
    const auto good = manifest_;
    manifest_.chunks[0].size += 1;
    sign();
    expect_refused_as(chunk_name(), rule);
    manifest_ = good;
    manifest_.chunks[0].first_index = 1;
    sign();
    expect_refused_as(chunk_name(), rule);
    manifest_ = good;
    sign();
    constexpr std::size_t number_offset = 4 + 1 + 32;
    chunk()[number_offset] = 1;
    expect_refused_as(chunk_name(), rule);
    // Chunk and manifest agree that the recording starts behind its first segment.
    segments_.erase(segments_.begin());
    put_segments(1);
    sign();
    expect_refused_as(chunk_name(), rule);
}

TEST_F(VerifyRefusals, a_changed_chunk_without_tiles_that_help_is_named_whole) {
    constexpr std::size_t changed = 2;
    const auto ref = decode_chunk(chunk())->segments[changed];
    chunk()[ref.offset + ref.length - 1] ^= 1;
    const auto located = refused();
    EXPECT_EQ(located.rule, "the segment is not the one that the manifest's tree holds");
    EXPECT_EQ(located.segment, changed);
    EXPECT_EQ(located.begin, ref.offset);
    EXPECT_EQ(located.end, ref.offset + ref.length);

    const auto tile = bundle_.files.at("tiles/0/0");
    const std::vector<std::function<void(Bytes&)>> edits = {
        [](Bytes& t) { t.clear(); },
        [](Bytes& t) { t.pop_back(); },
        [](Bytes& t) { t.resize(t.size() + 32); },
        [](Bytes& t) { t[0] ^= 1; },
    };
    const auto expect_whole = [&] {
        const auto place = refused();
        EXPECT_EQ(place.file, chunk_name());
        EXPECT_EQ(place.rule, "its bytes do not give its name");
        EXPECT_FALSE(place.segment);
        EXPECT_EQ(place.begin, 0U);
        EXPECT_EQ(place.end, chunk().size());
    };
    for (std::size_t i = 0; i < edits.size(); ++i) {
        SCOPED_TRACE(i);
        auto edited = tile;
        edits[i](edited);
        bundle_.files["tiles/0/0"] = edited;
        expect_whole();
    }
    bundle_.files.erase("tiles/0/0");
    expect_whole();
}

TEST_F(VerifyRefusals, a_chunk_under_a_wrong_name_whose_segments_are_right) {
    misname_chunk();
    sign();
    const auto place = refused();
    EXPECT_EQ(place.file, chunk_name());
    EXPECT_EQ(place.rule, "its bytes do not give its name");
    EXPECT_FALSE(place.segment);
    EXPECT_EQ(place.end, chunk().size());
}

TEST_F(VerifyRefusals, a_chunk_with_a_segment_more_than_the_tree) {
    misname_chunk();
    const auto leaves = node().sessions[0].leaves();
    put_tree(std::span(leaves).first(segments_in_all - 1));
    sign();
    const auto place = refused();
    EXPECT_EQ(place.file, chunk_name());
    EXPECT_EQ(place.rule, "the segment is not the one that the manifest's tree holds");
    EXPECT_EQ(place.segment, segments_in_all - 1);
}

TEST_F(VerifyRefusals, a_segment_whose_events_are_none_or_end_at_another_time) {
    SegmentSealer sealer(manifest_.session_id, node().sessions[0].session_key);
    const auto seal_last = [&](std::uint64_t t_last, ByteView events) {
        segments_.back() = sealer.seal(EventClass::audit, segments_in_all - 1, 5000, t_last, events,
                                       segment_leaf(segments_[segments_in_all - 2]));
        put_segments();
        sign();
    };
    Writer w(64);
    put_event(w, kind_server_pdu, 250, as_bytes("typed here"));
    seal_last(5250, w.view());
    EXPECT_EQ(report(true).verdict, Verdict::consistent_unpinned);

    seal_last(5251, w.view());
    auto place = refused(true);
    EXPECT_EQ(place.rule, "its last event is not at its t_last");
    EXPECT_EQ(place.segment, segments_in_all - 1);
    EXPECT_EQ(report().verdict, Verdict::consistent_unpinned) << "an outsider cannot see it";

    seal_last(5250, w.view().first(w.view().size() - 1));
    place = refused(true);
    EXPECT_TRUE(place.rule.starts_with("event payload: truncated")) << place.rule;
    EXPECT_EQ(place.segment, segments_in_all - 1);
}

TEST_F(VerifyRefusals, a_tree_that_the_segments_do_not_give) {
    const auto good = manifest_;
    manifest_.tree_size += 1;
    sign();
    expect_refused_as("manifest.json", "the segments do not give the manifest's tree root");
    manifest_ = good;
    manifest_.root[0] ^= 1;
    sign();
    expect_refused_as("manifest.json", "the segments do not give the manifest's tree root");
}

TEST_F(VerifyRefusals, an_anchor_that_is_too_long_to_be_read) {
    bundle_.files["anchor.json"] = Bytes(anchor_record_bytes_max);
    EXPECT_EQ(refused().rule.find("bundle file"), std::string::npos);
    bundle_.files["anchor.json"] = Bytes(anchor_record_bytes_max + 1);
    const auto place = refused();
    EXPECT_EQ(place.file, "anchor.json");
    EXPECT_TRUE(place.rule.starts_with("bundle file: ")) << place.rule;
}

}  // namespace
}  // namespace lucid::evidence_test

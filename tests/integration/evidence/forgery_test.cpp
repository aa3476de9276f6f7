// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/segment.hpp>

#include <functional>
#include <random>

#include "forge.hpp"
#include <gtest/gtest.h>

// Edits that are consistent in themselves: by an attacker who signs with a key of his own, and by
// the node, whose key is the right one; the chain knows what was anchored.

namespace lucid::evidence_test {
namespace {

const crypto::Ed25519Key& attacker() {
    static const crypto::Ed25519Key key{crypto::Secret(Bytes(32, 0x66))};
    return key;
}

Pieces copy_of(const Pieces& from) {
    Pieces out;
    out.id = from.id;
    out.session_key = crypto::Secret::copy_of(from.session_key.expose());
    out.envelope = from.envelope;
    out.segments = from.segments;
    out.chunk_lengths = from.chunk_lengths;
    out.manifest = from.manifest;
    out.anchor_json = from.anchor_json;
    return out;
}

/// The edited pieces under the old signature, under the attacker's and under the node's own.
void expect_all_refused(const Pieces& edited, const std::string& what) {
    expect_refused(assemble_under(edited, world().bundles[0]), what + ", unsigned");
    auto pieces = copy_of(edited);
    expect_refused(assemble(pieces, attacker()), what + ", signed by another");
    expect_refused(assemble(pieces, world().evidence_key()), what + ", signed by the node");
}

void shorten(Pieces& pieces, std::size_t chunk) {
    if (--pieces.chunk_lengths[chunk] == 0)
        pieces.chunk_lengths.erase(pieces.chunk_lengths.begin() +
                                   static_cast<std::ptrdiff_t>(chunk));
}

constexpr std::size_t rounds = 25;
constexpr std::size_t segments_per_chunk = 32;

TEST(EvidenceForgery, dropped_segments) {
    std::mt19937_64 random(11);
    for (std::size_t i = 0; i < rounds; ++i) {
        auto pieces = copy_of(world().sessions[0]);
        const auto at = random() % pieces.segments.size();
        pieces.segments.erase(pieces.segments.begin() + static_cast<std::ptrdiff_t>(at));
        shorten(pieces, at / segments_per_chunk);
        expect_all_refused(pieces, "without segment " + std::to_string(at));
    }
}

TEST(EvidenceForgery, swapped_segments) {
    std::mt19937_64 random(12);
    for (std::size_t i = 0; i < rounds; ++i) {
        auto pieces = copy_of(world().sessions[0]);
        const auto a = random() % pieces.segments.size();
        const auto b = (a + 1 + random() % (pieces.segments.size() - 1)) % pieces.segments.size();
        std::swap(pieces.segments[a], pieces.segments[b]);
        expect_all_refused(pieces, "swapped " + std::to_string(a) + " and " + std::to_string(b));
    }
}

TEST(EvidenceForgery, doubled_segments) {
    std::mt19937_64 random(13);
    for (std::size_t i = 0; i < rounds; ++i) {
        auto pieces = copy_of(world().sessions[0]);
        const auto at = random() % pieces.segments.size();
        const auto segment = pieces.segments[at];
        pieces.segments.insert(pieces.segments.begin() + static_cast<std::ptrdiff_t>(at), segment);
        ++pieces.chunk_lengths[at / segments_per_chunk];
        expect_all_refused(pieces, "doubled " + std::to_string(at));
    }
}

TEST(EvidenceForgery, cut_segments) {
    std::mt19937_64 random(14);
    for (std::size_t i = 0; i < rounds; ++i) {
        auto pieces = copy_of(world().sessions[0]);
        auto& segment = pieces.segments[random() % pieces.segments.size()];
        segment.resize(random() % segment.size());
        expect_all_refused(pieces, "cut segment");
    }
}

TEST(EvidenceForgery, segments_of_another_session) {
    std::mt19937_64 random(15);
    for (std::size_t i = 0; i < rounds; ++i) {
        auto pieces = copy_of(world().sessions[0]);
        const auto at = random() % pieces.segments.size();
        pieces.segments[at] = world().sessions[1].segments[at];
        expect_all_refused(pieces, "foreign segment " + std::to_string(at));
    }
}

TEST(EvidenceForgery, segments_sealed_anew_with_the_right_key) {
    std::mt19937_64 random(16);
    for (std::size_t i = 0; i < rounds; ++i) {
        auto pieces = copy_of(world().sessions[0]);
        sessions::format::SegmentSealer sealer(pieces.id, pieces.session_key);
        const auto at = 1 + random() % (pieces.segments.size() - 1);
        const auto header = sessions::format::decode_segment_header(pieces.segments[at]);
        ASSERT_TRUE(header);
        Writer w(64);
        sessions::format::put_event(w, sessions::format::kind_server_pdu, 0, as_bytes("invented"));
        pieces.segments[at] =
            sealer.seal(header->event_class, at, header->t_first_us, header->t_first_us, w.view(),
                        sessions::format::segment_leaf(pieces.segments[at - 1]));
        expect_all_refused(pieces, "sealed anew " + std::to_string(at));
    }
}

TEST(EvidenceForgery, a_recording_cut_at_its_end) {
    for (std::size_t keep = 1; keep < world().sessions[0].segments.size(); keep += 23) {
        auto pieces = copy_of(world().sessions[0]);
        pieces.segments.resize(keep);
        pieces.chunk_lengths = {keep};
        expect_all_refused(pieces, "cut to " + std::to_string(keep));
    }
}

TEST(EvidenceForgery, the_same_segments_in_other_chunks) {
    for (std::size_t cut = 1; cut < 20; ++cut) {
        auto pieces = copy_of(world().sessions[0]);
        pieces.chunk_lengths[0] -= cut;
        pieces.chunk_lengths[1] += cut;
        expect_all_refused(pieces, "chunks moved by " + std::to_string(cut));
    }
}

TEST(EvidenceForgery, every_field_of_the_manifest_signed_anew) {
    const std::vector<std::pair<std::string, std::function<void(Manifest&)>>> edits = {
        {"session", [](Manifest& m) { m.session_id.bytes[3] ^= 1; }},
        {"node", [](Manifest& m) { m.node[0] ^= 1; }},
        {"host", [](Manifest& m) { m.host = "another"; }},
        {"policy", [](Manifest& m) { m.policy_hash[0] ^= 1; }},
        {"consent", [](Manifest& m) { m.consent_hash[0] ^= 1; }},
        {"parties", [](Manifest& m) { m.parties_commitment[0] ^= 1; }},
        {"start", [](Manifest& m) { m.started_at_us += 1; }},
        {"start, a slot later", [](Manifest& m) { m.started_at_us += 120'000'000; }},
        {"end", [](Manifest& m) { m.ended_at_us += 1; }},
        {"end, a slot earlier", [](Manifest& m) { m.ended_at_us -= 120'000'000; }},
        {"end, a slot later", [](Manifest& m) { m.ended_at_us += 120'000'000; }},
        {"duration", [](Manifest& m) { m.duration_us -= 1; }},
        {"clock", [](Manifest& m) { m.clock_synchronised = true; }},
        {"capabilities", [](Manifest& m) { m.capabilities = "client=tls host=tls"; }},
        {"key commitment", [](Manifest& m) { m.key_commitment[0] ^= 1; }},
        {"recorder", [](Manifest& m) { m.recorder = "lucid 9"; }},
        {"state", [](Manifest& m) { m.complete = false; }},
        {"reason", [](Manifest& m) { m.reason = "idle limit"; }},
    };
    for (const auto& [what, edit] : edits) {
        auto pieces = copy_of(world().sessions[0]);
        edit(pieces.manifest);
        expect_refused(assemble(pieces, attacker()), what + ", signed by another");
        // These contradict a segment or the envelope before the chain is asked.
        const bool seen_before = what == "session" || what == "parties" || what == "key commitment";
        expect_refused(assemble(pieces, world().evidence_key()), what + ", signed by the node",
                       seen_before ? "" : "anchor.json");
    }
}

TEST(EvidenceForgery, an_envelope_with_another_key) {
    auto pieces = copy_of(world().sessions[0]);
    const std::array<crypto::age::Recipient, 1> to = {world().owner.recipient()};
    const auto other = crypto::Secret::copy_of(crypto::random_array<32>());
    pieces.envelope = *sessions::format::seal_session_envelope(pieces.id, other, to);
    auto bundle = world().bundles[0];
    bundle.files["envelopes/0.age"] = pieces.envelope;
    expect_refused(std::move(bundle), "another key", "envelopes/0.age");
    expect_refused(assemble(pieces, world().evidence_key()), "another key, signed by the node");
    pieces.manifest.key_commitment = sessions::format::key_commitment(pieces.id, other);
    expect_refused(assemble(pieces, world().evidence_key()), "committed to, signed by the node");

    auto foreign = copy_of(world().sessions[0]);
    foreign.envelope = world().sessions[1].envelope;
    expect_refused(assemble(foreign, world().evidence_key()), "envelope of another session");
}

}  // namespace
}  // namespace lucid::evidence_test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/index_manifest.hpp>
#include <lucid/sessions/format/receipt.hpp>
#include <lucid/sessions/format/tiles.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <algorithm>
#include <set>

namespace lucid::sessions::format {
namespace {

constexpr std::size_t envelope_bytes_max = 64 * 1024;
constexpr std::size_t receipt_file_bytes_max = 4096;

/// One run over one bundle. Every step returns false after it has named the bad place.
class Run {
  public:
    Run(BundleSource& source, const VerifyOptions& options) : source_(source), options_(options) {}

    VerifyReport take() {
        const bool good = list_files() && read_manifest() && check_receipts() && open_envelope() &&
                          check_chunks() && check_tree() && check_anchor() && check_derived() &&
                          check_leftovers();
        if (!good) {
            report_.verdict = Verdict::refused;
        } else {
            report_.verdict = options_.trust && report_.anchored ? Verdict::verified
                                                                 : Verdict::consistent_unpinned;
        }
        return std::move(report_);
    }

  private:
    bool bad(std::string file, std::string rule, std::uint64_t begin = 0, std::uint64_t end = 0,
             std::optional<std::uint64_t> segment = std::nullopt) {
        report_.bad = BadPlace{std::move(file), segment, begin, end, std::move(rule)};
        return false;
    }
    bool bad(std::string file, const Error& error) {
        return bad(std::move(file), error.message(), error.offset, error.offset);
    }
    void checked(std::string what) { report_.checks.push_back(std::move(what)); }

    bool list_files() {
        const auto files = source_.list();
        if (!files) return bad("", files.error());
        if (files->size() > bundle_files_max) return bad("", "too many files");
        for (const auto& file : *files) {
            unread_.insert(file.name);
            total_bytes_ += file.size;
        }
        return true;
    }

    std::optional<Bytes> read(const std::string& name, std::size_t bytes_max) {
        auto content = source_.read(name, bytes_max);
        if (!content) {
            bad(name, content.error());
            return std::nullopt;
        }
        unread_.erase(name);
        report_.bytes += content->size();
        return std::move(*content);
    }

    bool read_manifest() {
        const auto json = read("manifest.json", manifest_bytes_max);
        if (!json) return false;
        auto manifest = Manifest::from_json(*json);
        if (!manifest) return bad("manifest.json", manifest.error());
        const auto signature_file = read("manifest.sig", 64);
        if (!signature_file) return false;
        crypto::Ed25519Signature signature{};
        if (signature_file->size() != signature.size()) return bad("manifest.sig", "not 64 bytes");
        std::copy(signature_file->begin(), signature_file->end(), signature.begin());
        if (!verify_manifest(manifest->node_key, *json, signature))
            return bad("manifest.sig", "the manifest is not signed by its node");
        manifest_hash_ = manifest_hash(*json);
        report_.manifest = std::move(*manifest);
        checked("manifest is canonical and signed by its node");
        return true;
    }

    bool check_receipts() {
        const auto& m = *report_.manifest;
        const auto open_file = read("receipts/open.json", receipt_file_bytes_max);
        if (!open_file) return false;
        const auto opened = OpenReceipt::verify(*open_file);
        if (!opened) return bad("receipts/open.json", opened.error());
        if (opened->session_id != m.session_id || opened->node != m.node ||
            opened->node_key != m.node_key || opened->started_at_us != m.started_at_us ||
            opened->policy_hash != m.policy_hash || opened->consent_hash != m.consent_hash)
            return bad("receipts/open.json", "it is a receipt of another session");
        const auto close_file = read("receipts/close.json", receipt_file_bytes_max);
        if (!close_file) return false;
        const auto closed = CloseReceipt::verify(*close_file);
        if (!closed) return bad("receipts/close.json", closed.error());
        if (closed->session_id != m.session_id || closed->node_key != m.node_key ||
            closed->tree_size != m.tree_size || closed->root != m.root ||
            closed->end_state != (m.complete ? "complete" : "partial"))
            return bad("receipts/close.json", "it contradicts the manifest");
        checked("receipts agree with the manifest");
        return true;
    }

    bool open_envelope() {
        const auto& m = *report_.manifest;
        const auto file = read("envelopes/0.age", envelope_bytes_max);
        if (!file) return false;
        if (crypto::sha256(*file) != m.envelope_hash)
            return bad("envelopes/0.age", "it is not the envelope that the manifest names");
        if (options_.identity == nullptr) return true;
        auto key = open_session_envelope(*file, m.session_id, *options_.identity);
        if (!key) return bad("envelopes/0.age", key.error());
        if (key_commitment(m.session_id, *key) != m.key_commitment)
            return bad("envelopes/0.age", "its key is not the one that the manifest commits to");
        for (std::size_t c = 0; c < event_classes; ++c)
            class_keys_.push_back(class_key(*key, m.session_id, static_cast<EventClass>(c)));
        checked("envelope opens and its key fits the commitment");
        return true;
    }

    bool check_chunks() {
        const auto& m = *report_.manifest;
        for (std::size_t n = 0; n < m.chunks.size(); ++n) {
            const auto& expected = m.chunks[n];
            const auto name = "chunks/" + to_hex(expected.hash) + ".lchk";
            const auto bytes = read(name, chunk_bytes_max);
            if (!bytes) return false;
            const auto chunk = decode_chunk(*bytes);
            if (!chunk) return bad(name, chunk.error());
            if (chunk->session_id != m.session_id || chunk->number != n ||
                chunk->first_index != expected.first_index || bytes->size() != expected.size ||
                chunk->first_index != leaves_.size())
                return bad(name, "its header is not the one that the manifest names", 0,
                           chunk_header_bytes);
            if (!check_segments(name, *bytes, *chunk)) return false;
            if (crypto::sha256(*bytes) != expected.hash) return locate(name, *bytes, *chunk);
            if (options_.progress) options_.progress(report_.bytes, total_bytes_);
        }
        checked(
            std::to_string(m.chunks.size()) + " chunks, " + std::to_string(leaves_.size()) +
            " segments" +
            (report_.opened ? ", all opened: " + std::to_string(report_.events) + " events" : ""));
        return true;
    }

    /// Names the first segment of a changed chunk that the tiles do not know; the whole chunk when
    /// the tiles are of no help.
    bool locate(const std::string& name, ByteView bytes, const Chunk& chunk) {
        const auto& m = *report_.manifest;
        std::vector<Hash32> expected;
        for (std::size_t n = 0; expected.size() < m.tree_size; ++n) {
            const auto tile =
                source_.read("tiles/0/" + std::to_string(n), tile_hashes * sizeof(Hash32));
            if (!tile || tile->empty() || tile->size() % sizeof(Hash32) != 0) break;
            for (Reader r(*tile); !r.empty();) expected.push_back(*r.array<32>("tile"));
        }
        if (expected.size() == m.tree_size && crypto::merkle_root(expected) == m.root) {
            for (const auto& segment : chunk.segments) {
                const auto view = bytes.subspan(segment.offset, segment.length);
                const auto index = segment.header.index;
                if (index < expected.size() && segment_leaf(view) == expected[index]) continue;
                return bad(name, "the segment is not the one that the manifest's tree holds",
                           segment.offset, segment.offset + segment.length, index);
            }
        }
        return bad(name, "its bytes do not give its name", 0, bytes.size());
    }

    bool check_segments(const std::string& name, ByteView bytes, const Chunk& chunk) {
        for (const auto& segment : chunk.segments) {
            const auto view = bytes.subspan(segment.offset, segment.length);
            const auto leaf = segment_leaf(view);
            if (!class_keys_.empty() && !open_one(name, view, segment)) return false;
            leaves_.push_back(leaf);
        }
        report_.opened = !class_keys_.empty();
        return true;
    }

    bool open_one(const std::string& name, ByteView bytes, const SegmentRef& segment) {
        const auto end = segment.offset + segment.length;
        const auto previous = leaves_.empty() ? Hash32{} : leaves_.back();
        const auto& key = class_keys_[static_cast<std::size_t>(segment.header.event_class)];
        const auto events = open_segment(bytes, report_.manifest->session_id, key, previous);
        if (!events)
            return bad(name, events.error().message(), segment.offset, end, segment.header.index);
        EventReader reader(*events, segment.header.t_first_us);
        std::uint64_t last = segment.header.t_first_us;
        while (!reader.empty()) {
            const auto event = reader.next();
            if (!event)
                return bad(name, event.error().message(), segment.offset, end,
                           segment.header.index);
            last = event->time_us;
            ++report_.events;
            if (event->kind != kind_note) continue;
            const auto commitment = commitment_of_opening(event->payload);
            if (!commitment) continue;
            if (*commitment != report_.manifest->parties_commitment)
                return bad(name, "the parties are not the ones that the manifest commits to",
                           segment.offset, end, segment.header.index);
        }
        if (last != segment.header.t_last_us)
            return bad(name, "its last event is not at its t_last", segment.offset, end,
                       segment.header.index);
        return true;
    }

    bool check_tree() {
        const auto& m = *report_.manifest;
        if (leaves_.size() != m.tree_size || crypto::merkle_root(leaves_) != m.root)
            return bad("manifest.json", "the segments do not give the manifest's tree root");
        for (const auto& [name, content] : make_tiles(leaves_)) {
            const auto found = read(name, tile_hashes * 32);
            if (!found) return false;
            if (*found != content) {
                const auto mismatch =
                    std::mismatch(found->begin(), found->end(), content.begin(), content.end());
                const auto at = static_cast<std::uint64_t>(mismatch.first - found->begin());
                return bad(name, "it is not the tile of these segments", at, found->size());
            }
        }
        checked("tree of segments gives the signed root");
        return true;
    }

    bool check_anchor() {
        if (!unread_.contains("anchor.json")) {
            if (options_.allow_unanchored) return true;
            return bad("anchor.json", "the session is not anchored (yet)");
        }
        const auto text = read("anchor.json", anchor_record_bytes_max);
        if (!text) return false;
        const auto anchor = AnchorRecord::from_json(*text);
        if (!anchor) return bad("anchor.json", anchor.error());
        const auto result =
            verify_anchor(*anchor, *report_.manifest, manifest_hash_, leaves_, options_.trust);
        if (!result) return bad("anchor.json", result.error());
        report_.anchored = true;
        checked("registered and checkpointed in a certified block, slot " +
                std::to_string(anchor->session.block_slot));
        if (options_.trust) checked("the chain starts at the trusted genesis");
        if (options_.trust && options_.trust->witness_quorum > 0)
            checked("the log's head was cosigned by at least " +
                    std::to_string(options_.trust->witness_quorum) + " trusted witnesses");
        return true;
    }

    /// Derived data; a recording without it is as good.
    bool check_derived() {
        if (!unread_.contains("index/index.json")) return true;
        const auto* key = class_keys_.empty()
                              ? nullptr
                              : &class_keys_[static_cast<std::size_t>(EventClass::index)];
        const auto problem = check_index(
            *report_.manifest,
            [this](const std::string& name, std::size_t bytes_max) {
                return read(name, bytes_max);
            },
            key);
        if (problem) return bad(problem->file, problem->rule);
        checked("the index is of this recording and signed by its node");
        return true;
    }

    bool check_leftovers() {
        if (unread_.empty()) return true;
        return bad(*unread_.begin(), "a file that does not belong to the bundle");
    }

    BundleSource& source_;
    const VerifyOptions& options_;
    VerifyReport report_;
    std::set<std::string> unread_;
    std::uint64_t total_bytes_ = 0;
    Hash32 manifest_hash_{};
    std::vector<crypto::Secret> class_keys_;
    std::vector<Hash32> leaves_;
};

}  // namespace

VerifyReport verify(BundleSource& source, const VerifyOptions& options) {
    return Run(source, options).take();
}

}  // namespace lucid::sessions::format

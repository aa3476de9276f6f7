// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/witness.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/merkle.hpp>

namespace lucid::blockchain::tlog {
namespace {

WitnessAnswer refuse(int status, std::string why) {
    return {status, "text/plain", std::move(why) + "\n", {}, {}};
}

}  // namespace

std::string AddCheckpoint::to_text() const {
    auto out = "old " + std::to_string(old_size) + "\n";
    for (const auto& hash : proof) out += to_base64(hash) + "\n";
    return out + "\n" + note.to_text();
}

Result<AddCheckpoint> AddCheckpoint::from_text(std::string_view text) {
    AddCheckpoint out;
    constexpr std::string_view prefix = "old ";
    if (!text.starts_with(prefix)) return fail(Errc::bad_value, "old size");
    text.remove_prefix(prefix.size());
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return fail(Errc::truncated, "old size");
    LUCID_TRY(out.old_size, parse_size(text.substr(0, end)));
    text.remove_prefix(end + 1);
    while (!text.starts_with('\n')) {
        const auto line_end = text.find('\n');
        if (line_end == std::string_view::npos) return fail(Errc::truncated, "proof");
        if (out.proof.size() == proof_hashes_max) return fail(Errc::limit_exceeded, "proof");
        LUCID_TRY(const auto bytes, from_base64(text.substr(0, line_end)));
        Hash32 hash;
        if (bytes.size() != hash.size()) return fail(Errc::bad_length, "proof", bytes.size());
        std::copy(bytes.begin(), bytes.end(), hash.begin());
        out.proof.push_back(hash);
        text.remove_prefix(line_end + 1);
    }
    LUCID_TRY(out.note, Note::from_text(text.substr(1)));
    return out;
}

WitnessAnswer Witness::add_checkpoint(std::string_view request, std::uint64_t now_s) const {
    const auto asked = AddCheckpoint::from_text(request);
    if (!asked) return refuse(400, asked.error().message());
    const auto checkpoint = Checkpoint::from_text(asked->note.text);
    if (!checkpoint) return refuse(400, checkpoint.error().message());
    const auto found = logs_.find(checkpoint->origin);
    if (found == logs_.end()) return refuse(404, "unknown origin");
    const auto& log = found->second;
    if (const auto signed_by_log = verify_note(asked->note, log.key); !signed_by_log)
        return refuse(403, signed_by_log.error().message());
    if (asked->old_size > checkpoint->size) return refuse(400, "old size is past the checkpoint's");
    if (asked->old_size != log.head.size)
        return {409, "text/x.tlog.size", std::to_string(log.head.size) + "\n", {}, {}};
    if (log.head.size == 0) {
        // Nothing was seen yet: the empty tree is part of every tree, and has no proof.
        if (!asked->proof.empty()) return refuse(422, "a proof from the empty tree");
    } else if (log.head.size == checkpoint->size) {
        // The same size with another root is a fork of the log.
        if (checkpoint->root != log.head.root)
            return {409, "text/x.tlog.size", std::to_string(log.head.size) + "\n", {}, {}};
        if (!asked->proof.empty()) return refuse(422, "a proof between equal sizes");
    } else if (const auto grown = crypto::merkle_verify_consistency(
                   log.head.size, log.head.root, checkpoint->size, checkpoint->root, asked->proof);
               !grown) {
        return refuse(422, grown.error().message());
    }
    return {200, "text/plain", signature_line(cosign_text(asked->note.text, name_, key_, now_s)),
            WitnessedHead{checkpoint->size, checkpoint->root}, checkpoint->origin};
}

}  // namespace lucid::blockchain::tlog

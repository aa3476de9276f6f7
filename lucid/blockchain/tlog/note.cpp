// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/note.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

namespace lucid::blockchain::tlog {
namespace {

constexpr std::string_view signature_start = "\xe2\x80\x94 ";  // em dash
constexpr std::size_t time_bytes = 8;

std::size_t signature_bytes(KeyType type) {
    return type == KeyType::cosignature ? time_bytes + 64 : 64;
}

/// tlog-cosignature, "Format": what a witness signs.
std::string cosigned_message(std::string_view text, std::uint64_t time_s) {
    return "cosignature/v1\ntime " + std::to_string(time_s) + "\n" + std::string(text);
}

NoteSignature signature_of(const std::string& name, KeyType type, const crypto::Ed25519Key& key,
                           Bytes signature) {
    return {name, VerifierKey{name, type, key.public_key()}.id(), std::move(signature)};
}

}  // namespace

bool is_key_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) > 0x20 && c != 0x7f && c != '+';
    });
}

KeyId VerifierKey::id() const {
    const auto hash =
        crypto::sha256({as_bytes(name), Bytes{0x0a, static_cast<std::uint8_t>(type)}, key});
    KeyId out;
    std::copy_n(hash.begin(), out.size(), out.begin());
    return out;
}

std::string VerifierKey::to_text() const {
    Bytes blob{static_cast<std::uint8_t>(type)};
    append(blob, key);
    return name + "+" + to_hex(id()) + "+" + to_base64(blob);
}

Result<VerifierKey> VerifierKey::from_text(std::string_view text) {
    const auto first = text.find('+');
    const auto second = first == std::string_view::npos ? first : text.find('+', first + 1);
    if (second == std::string_view::npos) return fail(Errc::bad_value, "verifier key");
    VerifierKey out;
    out.name = text.substr(0, first);
    if (!is_key_name(out.name)) return fail(Errc::bad_value, "name of a key");
    LUCID_TRY(const auto blob, from_base64(text.substr(second + 1)));
    if (blob.size() != 1 + out.key.size())
        return fail(Errc::bad_length, "verifier key", blob.size());
    if (blob[0] != static_cast<std::uint8_t>(KeyType::ed25519) &&
        blob[0] != static_cast<std::uint8_t>(KeyType::cosignature))
        return fail(Errc::unsupported, "type of a verifier key", blob[0]);
    out.type = static_cast<KeyType>(blob[0]);
    std::copy(blob.begin() + 1, blob.end(), out.key.begin());
    if (text.substr(first + 1, second - first - 1) != to_hex(out.id()))
        return fail(Errc::hash_mismatch, "id of a verifier key");
    return out;
}

std::string signature_line(const NoteSignature& signature) {
    Bytes blob(signature.key_id.begin(), signature.key_id.end());
    append(blob, signature.signature);
    return std::string(signature_start) + signature.name + " " + to_base64(blob) + "\n";
}

Result<NoteSignature> parse_signature_line(std::string_view line) {
    if (!line.starts_with(signature_start) || !line.ends_with('\n'))
        return fail(Errc::bad_value, "signature line");
    line = line.substr(signature_start.size(), line.size() - signature_start.size() - 1);
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return fail(Errc::bad_value, "signature line");
    NoteSignature out;
    out.name = line.substr(0, space);
    if (!is_key_name(out.name)) return fail(Errc::bad_value, "name of a key");
    LUCID_TRY(const auto blob, from_base64(line.substr(space + 1)));
    // Keys of other kinds may sign too, with signatures of another length.
    if (blob.size() <= out.key_id.size()) return fail(Errc::bad_length, "signature", blob.size());
    std::copy_n(blob.begin(), out.key_id.size(), out.key_id.begin());
    out.signature.assign(blob.begin() + static_cast<std::ptrdiff_t>(out.key_id.size()), blob.end());
    return out;
}

std::string Note::to_text() const {
    auto out = text + "\n";
    for (const auto& signature : signatures) out += signature_line(signature);
    return out;
}

Result<Note> Note::from_text(std::string_view text) {
    if (text.size() > note_bytes_max) return fail(Errc::limit_exceeded, "note", text.size());
    // The last empty line: the text may hold empty lines of its own.
    const auto end = text.rfind("\n\n");
    if (end == std::string_view::npos) return fail(Errc::bad_value, "note without signatures");
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }))
        return fail(Errc::bad_value, "control character in a note");
    Note out;
    out.text = text.substr(0, end + 1);
    auto rest = text.substr(end + 2);
    while (!rest.empty()) {
        const auto line_end = rest.find('\n');
        if (line_end == std::string_view::npos) return fail(Errc::truncated, "signature line");
        if (out.signatures.size() == note_signatures_max)
            return fail(Errc::limit_exceeded, "signatures of a note");
        LUCID_TRY(auto signature, parse_signature_line(rest.substr(0, line_end + 1)));
        out.signatures.push_back(std::move(signature));
        rest.remove_prefix(line_end + 1);
    }
    if (out.signatures.empty()) return fail(Errc::bad_value, "note without signatures");
    return out;
}

NoteSignature sign_text(std::string_view text, const std::string& name,
                        const crypto::Ed25519Key& key) {
    const auto signature = key.sign(as_bytes(text));
    return signature_of(name, KeyType::ed25519, key, Bytes(signature.begin(), signature.end()));
}

NoteSignature cosign_text(std::string_view text, const std::string& name,
                          const crypto::Ed25519Key& key, std::uint64_t time_s) {
    Bytes blob;
    for (int shift = 56; shift >= 0; shift -= 8)
        blob.push_back(static_cast<std::uint8_t>(time_s >> shift));
    append(blob, key.sign(as_bytes(cosigned_message(text, time_s))));
    return signature_of(name, KeyType::cosignature, key, std::move(blob));
}

Result<std::uint64_t> verify_note(const Note& note, const VerifierKey& key) {
    const auto id = key.id();
    const auto found =
        std::find_if(note.signatures.begin(), note.signatures.end(),
                     [&](const NoteSignature& s) { return s.name == key.name && s.key_id == id; });
    if (found == note.signatures.end()) return fail(Errc::not_found, "signature of a trusted key");
    if (found->signature.size() != signature_bytes(key.type))
        return fail(Errc::bad_signature, "signature of a note");
    crypto::Ed25519Signature signature;
    std::copy(found->signature.end() - 64, found->signature.end(), signature.begin());
    std::uint64_t time_s = 0;
    auto message = note.text;
    if (key.type == KeyType::cosignature) {
        for (std::size_t i = 0; i < time_bytes; ++i) time_s = time_s << 8 | found->signature[i];
        message = cosigned_message(note.text, time_s);
    }
    if (!crypto::ed25519_verify(key.key, as_bytes(message), signature))
        return fail(Errc::bad_signature, "signature of a note");
    return time_s;
}

}  // namespace lucid::blockchain::tlog

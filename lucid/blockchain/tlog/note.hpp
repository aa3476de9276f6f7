// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// C2SP signed-note: a text and signatures of named keys under it, as Go's checksum database and
/// transparency logs use it.
///
///     text, ends with a line feed
///     (empty line)
///     — NAME BASE64(4-byte key id ‖ signature)

#include <lucid/common/crypto/ed25519.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::blockchain::tlog {

/// What a key signs: its type byte goes into its id (signed-note, "Signatures").
enum class KeyType : std::uint8_t {
    ed25519 = 0x01,      ///< the text
    cosignature = 0x04,  ///< the text and when it was seen (tlog-cosignature, v1)
};

using KeyId = ByteArray<4>;

/// A key that is trusted under a name.
struct VerifierKey {
    std::string name;
    KeyType type = KeyType::ed25519;
    crypto::Ed25519PublicKey key{};

    /// SHA-256(name ‖ 0x0A ‖ type ‖ key), the first four bytes.
    [[nodiscard]] KeyId id() const;
    /// "NAME+HEXID+BASE64(type ‖ key)".
    [[nodiscard]] std::string to_text() const;
    /// Refuses an id that is not the key's.
    static Result<VerifierKey> from_text(std::string_view text);
};

/// Not empty, no plus sign, no white space or control characters; UTF-8 is not looked into.
[[nodiscard]] bool is_key_name(std::string_view name);

struct NoteSignature {
    std::string name;
    KeyId key_id{};
    Bytes signature;  ///< 64 bytes, or 8 and 64 for a cosignature
};

struct Note {
    std::string text;  ///< with its final line feed
    std::vector<NoteSignature> signatures;

    [[nodiscard]] std::string to_text() const;
    static Result<Note> from_text(std::string_view text);
};

inline constexpr std::size_t note_bytes_max = 64 * 1024;
inline constexpr std::size_t note_signatures_max = 64;

/// One signature line, with its line feed.
[[nodiscard]] std::string signature_line(const NoteSignature& signature);
/// The inverse of signature_line.
Result<NoteSignature> parse_signature_line(std::string_view line);

/// The text, signed by a key of type ed25519.
[[nodiscard]] NoteSignature sign_text(std::string_view text, const std::string& name,
                                      const crypto::Ed25519Key& key);
/// Witnesses say when they have seen it: `time_s` is unix time.
[[nodiscard]] NoteSignature cosign_text(std::string_view text, const std::string& name,
                                        const crypto::Ed25519Key& key, std::uint64_t time_s);

/// Errc::not_found: the key has not signed; Errc::bad_signature: it has, wrongly. Gives the time of
/// a cosignature, zero of another signature.
Result<std::uint64_t> verify_note(const Note& note, const VerifierKey& key);

}  // namespace lucid::blockchain::tlog

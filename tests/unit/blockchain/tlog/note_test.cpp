// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/note.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::tlog {
namespace {

// The example of Go's package sumdb/note.
constexpr const char* neumann_text =
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n";
constexpr const char* neumann_key =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr const char* neumann_seed = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM=";
constexpr const char* neumann_line =
    "\xe2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

crypto::Ed25519Key key_of(std::uint8_t seed) {
    return crypto::Ed25519Key(crypto::Secret(Bytes(32, seed)));
}
std::string neumann_note() {
    return std::string(neumann_text) + "\n" + neumann_line;
}
Errc code_of(const Error& error) {
    return static_cast<Errc>(error.code.value());
}

TEST(Note, gos_example_verifies_and_is_signed_alike) {
    const auto key = VerifierKey::from_text(neumann_key);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->name, "PeterNeumann");
    EXPECT_EQ(key->to_text(), neumann_key);
    const auto note = Note::from_text(neumann_note());
    ASSERT_TRUE(note);
    EXPECT_EQ(note->text, neumann_text);
    EXPECT_TRUE(verify_note(*note, *key));
    EXPECT_EQ(note->to_text(), neumann_note());
    const crypto::Ed25519Key signer(crypto::Secret(*from_base64(neumann_seed)));
    EXPECT_EQ(signature_line(sign_text(neumann_text, "PeterNeumann", signer)), neumann_line);
}

TEST(Note, every_damaged_bit_is_refused_or_changes_the_signature) {
    const auto key = VerifierKey::from_text(neumann_key);
    const auto whole = neumann_note();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = whole;
            damaged[i] = static_cast<char>(damaged[i] ^ 1 << bit);
            const auto note = Note::from_text(damaged);
            EXPECT_FALSE(note && verify_note(*note, *key)) << i << " " << bit;
        }
    }
}

TEST(Note, every_cut_is_refused) {
    const auto whole = neumann_note();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(Note::from_text(std::string_view(whole).substr(0, size))) << size;
}

TEST(Note, forms_that_are_not_notes) {
    const std::string line = neumann_line;
    for (const std::string& bad : std::vector<std::string>{
             std::string("\n") + line, "text\n" + line, "text\n\n", "text\n\n\n",
             "te\rxt\n\n" + line, "text\n\n" + line + "more", "text\n\n- PeterNeumann AAAA\n",
             "text\n\n\xe2\x80\x94 Peter+ AAAAAAA=\n", "text\n\n\xe2\x80\x94  AAAAAAA=\n",
             "text\n\n\xe2\x80\x94 PeterNeumann AAAA\n",
             "text\n\n\xe2\x80\x94 PeterNeumann x08go/ZJ!\n"})
        EXPECT_FALSE(Note::from_text(bad)) << bad;
}

TEST(Note, text_may_hold_empty_lines) {
    const auto key = key_of(1);
    Note note{"one\n\ntwo\n", {}};
    note.signatures.push_back(sign_text(note.text, "me", key));
    const auto again = Note::from_text(note.to_text());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->text, note.text);
    EXPECT_TRUE(verify_note(*again, {"me", KeyType::ed25519, key.public_key()}));
}

TEST(Note, signatures_of_others_do_not_count) {
    const auto key = key_of(1);
    Note note{"text\n", {}};
    note.signatures.push_back(sign_text(note.text, "me", key));
    const auto check = [&](const VerifierKey& wanted) {
        const auto result = verify_note(note, wanted);
        return result ? Errc{} : code_of(result.error());
    };
    EXPECT_EQ(check({"me", KeyType::ed25519, key.public_key()}), Errc{});
    EXPECT_EQ(check({"you", KeyType::ed25519, key.public_key()}), Errc::not_found);
    EXPECT_EQ(check({"me", KeyType::ed25519, key_of(2).public_key()}), Errc::not_found);
    EXPECT_EQ(check({"me", KeyType::cosignature, key.public_key()}), Errc::not_found);
    note.text = "other\n";
    EXPECT_EQ(check({"me", KeyType::ed25519, key.public_key()}), Errc::bad_signature);
}

TEST(Note, a_cosignature_binds_its_time) {
    const auto key = key_of(1);
    const VerifierKey verifier{"witness", KeyType::cosignature, key.public_key()};
    Note note{"origin\n1\nAAAA\n",
              {cosign_text("origin\n1\nAAAA\n", "witness", key, 1'700'000'000)}};
    const auto time_s = verify_note(note, verifier);
    ASSERT_TRUE(time_s);
    EXPECT_EQ(*time_s, 1'700'000'000);
    note.signatures[0].signature[7] ^= 1;
    EXPECT_FALSE(verify_note(note, verifier));
    note.signatures[0].signature.resize(64);
    EXPECT_FALSE(verify_note(note, verifier));
}

TEST(Note, sixty_four_signatures_and_no_more) {
    std::string text = "text\n\n";
    for (std::size_t i = 0; i < note_signatures_max; ++i) text += neumann_line;
    EXPECT_TRUE(Note::from_text(text));
    const auto result = Note::from_text(text + neumann_line);
    ASSERT_FALSE(result);
    EXPECT_EQ(code_of(result.error()), Errc::limit_exceeded);
}

TEST(Note, sixty_four_kib_and_no_more) {
    const std::string tail = std::string("\n\n") + neumann_line;
    EXPECT_TRUE(Note::from_text(std::string(note_bytes_max - tail.size(), 'a') + tail));
    const auto result = Note::from_text(std::string(note_bytes_max - tail.size() + 1, 'a') + tail);
    ASSERT_FALSE(result);
    EXPECT_EQ(code_of(result.error()), Errc::limit_exceeded);
}

TEST(VerifierKey, refuses_what_is_not_one) {
    for (const char* bad : {"", "PeterNeumann", "PeterNeumann+c74f20a3",
                            "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                            "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                            "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                            "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                            "PeterNeumann+c74f20a3+AhpcAQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10Q="})
        EXPECT_FALSE(VerifierKey::from_text(bad)) << bad;
}

}  // namespace
}  // namespace lucid::blockchain::tlog

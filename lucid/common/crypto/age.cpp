// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/crypto/age.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/crypto/x25519.hpp>

#include <algorithm>
#include <optional>

// Source: C2SP age.md v1 (The age file encryption format): "Header", "X25519 recipient stanza",
// "Payload".

namespace lucid::crypto::age {
namespace {

constexpr std::string_view version_line = "age-encryption.org/v1\n";
constexpr std::string_view stanza_start = "-> X25519 ";
constexpr std::string_view mac_start = "---";
constexpr std::string_view x25519_info = "age-encryption.org/v1/X25519";
constexpr std::size_t stream_chunk_bytes = 64 * 1024;
constexpr std::size_t plaintext_bytes_max = 64 * 1024 * 1024;
constexpr std::size_t header_bytes_max = 64 * 1024;

std::string upper(std::string text) {
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}
std::string lower(std::string text) {
    for (auto& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Hash32 wrap_key(const Secret& shared, const ByteArray<32>& ephemeral_share,
                const ByteArray<32>& recipient) {
    Bytes salt(ephemeral_share.begin(), ephemeral_share.end());
    append(salt, recipient);
    return hkdf_sha256(shared.expose(), salt, as_bytes(x25519_info));
}

/// STREAM nonce: 11-byte big-endian counter and a final flag.
ByteArray<12> stream_nonce(std::uint64_t counter, bool last) {
    ByteArray<12> nonce{};
    for (unsigned i = 0; i < 8; ++i) nonce[10 - i] = static_cast<std::uint8_t>(counter >> (8 * i));
    nonce[11] = last ? 1 : 0;
    return nonce;
}

Hash32 header_mac(ByteView file_key, ByteView header) {
    auto key = hkdf_sha256(file_key, {}, as_bytes("header"));
    const auto mac = hmac_sha256(key, header);
    wipe(key);
    return mac;
}

struct Stanza {
    ByteArray<32> share{};
    Bytes body;
};

struct Header {
    std::vector<Stanza> stanzas;
    ByteView authenticated;  ///< everything up to and including "---"
    Hash32 mac{};
    ByteView payload;
};

Result<std::string_view> take_line(std::string_view& rest, std::size_t at) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return fail(Errc::truncated, "age header line", at);
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

Result<Header> parse_header(ByteView file) {
    const auto text = as_text(file.first(std::min(file.size(), header_bytes_max)));
    if (!text.starts_with(version_line)) return fail(Errc::bad_magic, "age version line");
    auto rest = text.substr(version_line.size());
    const auto position = [&] { return static_cast<std::size_t>(rest.data() - text.data()); };
    Header header;
    while (rest.starts_with("->")) {
        if (header.stanzas.size() == recipients_max)
            return fail(Errc::limit_exceeded, "age recipients", recipients_max);
        if (!rest.starts_with(stanza_start))
            return fail(Errc::unsupported, "age stanza", position());
        LUCID_TRY(const auto arguments, take_line(rest, position()));
        LUCID_TRY(const auto share, from_base64_unpadded(arguments.substr(stanza_start.size())));
        if (share.size() != 32) return fail(Errc::bad_length, "age ephemeral share", share.size());
        LUCID_TRY(const auto body_line, take_line(rest, position()));
        LUCID_TRY(auto body, from_base64_unpadded(body_line));
        if (body.size() != 32) return fail(Errc::bad_length, "age stanza body", body.size());
        Stanza stanza;
        std::copy(share.begin(), share.end(), stanza.share.begin());
        stanza.body = std::move(body);
        header.stanzas.push_back(std::move(stanza));
    }
    if (header.stanzas.empty()) return fail(Errc::bad_value, "age stanza", position());
    if (!rest.starts_with("--- ")) return fail(Errc::bad_magic, "age header mac", position());
    header.authenticated = file.first(position() + mac_start.size());
    LUCID_TRY(const auto mac_line, take_line(rest, position()));
    LUCID_TRY(const auto mac, from_base64_unpadded(mac_line.substr(4)));
    if (mac.size() != 32) return fail(Errc::bad_length, "age header mac", mac.size());
    std::copy(mac.begin(), mac.end(), header.mac.begin());
    header.payload = file.subspan(position());
    return header;
}

std::optional<Secret> unwrap(const Stanza& stanza, const Identity& identity) {
    const auto shared = x25519(identity.expose(), stanza.share);
    if (!shared) return std::nullopt;
    auto key = wrap_key(*shared, stanza.share, identity.recipient().public_key);
    auto file_key = aead_open(key, {}, {}, stanza.body);
    wipe(key);
    if (!file_key) return std::nullopt;
    return Secret(std::move(*file_key));
}

Result<Secret> open_payload(ByteView payload, ByteView file_key) {
    if (payload.size() < 16) return fail(Errc::truncated, "age payload nonce");
    auto key = hkdf_sha256(file_key, payload.first(16), as_bytes("payload"));
    payload = payload.subspan(16);
    if (payload.size() > plaintext_bytes_max + plaintext_bytes_max / 4096)
        return fail(Errc::limit_exceeded, "age payload", payload.size());
    Bytes plaintext;
    for (std::uint64_t counter = 0;; ++counter) {
        constexpr auto sealed_bytes = stream_chunk_bytes + aead_tag_bytes;
        const bool last = payload.size() <= sealed_bytes;
        const auto sealed = payload.first(std::min(payload.size(), sealed_bytes));
        auto chunk = aead_open(key, stream_nonce(counter, last), {}, sealed);
        if (!chunk) return fail(Errc::bad_mac, "age payload", counter);
        if (chunk->empty() && counter > 0) return fail(Errc::not_canonical, "age last chunk");
        append(plaintext, *chunk);
        wipe(*chunk);
        if (last) break;
        payload = payload.subspan(sealed_bytes);
    }
    wipe(key);
    return Secret(std::move(plaintext));
}

}  // namespace

std::string Recipient::text() const {
    return to_bech32("age", public_key);
}

Result<Recipient> Recipient::parse(std::string_view text) {
    LUCID_TRY(const auto bytes, from_bech32("age", text));
    if (bytes.size() != 32) return fail(Errc::bad_length, "age recipient", bytes.size());
    Recipient recipient;
    std::copy(bytes.begin(), bytes.end(), recipient.public_key.begin());
    return recipient;
}

Identity Identity::generate() {
    Identity identity;
    Bytes secret(32);
    fill_random(secret);
    identity.secret_ = Secret(std::move(secret));
    return identity;
}

Result<Identity> Identity::parse(std::string_view text) {
    std::string_view key_line;
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.starts_with('#')) continue;
        if (!key_line.empty()) return fail(Errc::trailing_bytes, "age identity");
        key_line = line;
    }
    if (!key_line.starts_with("AGE-SECRET-KEY-1")) return fail(Errc::bad_magic, "age identity");
    LUCID_TRY(auto bytes, from_bech32("age-secret-key-", lower(std::string(key_line))));
    if (bytes.size() != 32) return fail(Errc::bad_length, "age identity", bytes.size());
    Identity identity;
    identity.secret_ = Secret(std::move(bytes));
    return identity;
}

Recipient Identity::recipient() const {
    return {x25519_public(secret_)};
}

Secret Identity::text() const {
    return Secret::copy_of(as_bytes(upper(to_bech32("age-secret-key-", secret_.expose()))));
}

Result<Bytes> seal(ByteView plaintext, std::span<const Recipient> recipients) {
    if (recipients.empty()) return fail(Errc::bad_value, "age recipients");
    if (recipients.size() > recipients_max)
        return fail(Errc::limit_exceeded, "age recipients", recipients.size());
    if (plaintext.size() > plaintext_bytes_max)
        return fail(Errc::limit_exceeded, "age plaintext", plaintext.size());
    auto file_key = random_array<16>();
    std::string header(version_line);
    for (const auto& recipient : recipients) {
        const auto ephemeral = Identity::generate();
        const auto share = ephemeral.recipient().public_key;
        LUCID_TRY(const auto shared, x25519(ephemeral.expose(), recipient.public_key));
        auto key = wrap_key(shared, share, recipient.public_key);
        header += std::string(stanza_start) + to_base64_unpadded(share) + "\n";
        header += to_base64_unpadded(aead_seal(key, {}, {}, file_key)) + "\n";
        wipe(key);
    }
    header += mac_start;
    header += " " + to_base64_unpadded(header_mac(file_key, as_bytes(header))) + "\n";
    Bytes out = to_bytes(as_bytes(header));
    const auto nonce = random_array<16>();
    append(out, nonce);
    auto key = hkdf_sha256(file_key, nonce, as_bytes("payload"));
    wipe(file_key);
    for (std::uint64_t counter = 0;; ++counter) {
        const bool last = plaintext.size() <= stream_chunk_bytes;
        const auto chunk = plaintext.first(std::min(plaintext.size(), stream_chunk_bytes));
        append(out, aead_seal(key, stream_nonce(counter, last), {}, chunk));
        if (last) break;
        plaintext = plaintext.subspan(stream_chunk_bytes);
    }
    wipe(key);
    return out;
}

Result<Secret> open(ByteView file, const Identity& identity) {
    LUCID_TRY(const auto header, parse_header(file));
    for (const auto& stanza : header.stanzas) {
        const auto file_key = unwrap(stanza, identity);
        if (!file_key) continue;
        if (!equal_constant_time(header_mac(file_key->expose(), header.authenticated), header.mac))
            return fail(Errc::bad_mac, "age header");
        return open_payload(header.payload, file_key->expose());
    }
    return fail(Errc::refused, "age identity is no recipient");
}

}  // namespace lucid::crypto::age

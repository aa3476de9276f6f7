// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>

#include "misbehaviour.hpp"
#include <openssl/ssl.h>

// Inside and around the client's TLS handshake, and broken records behind it.

namespace lucid::hostile {

namespace {

Misbehaviour row(std::string name, Stage stage, Script script, std::string reason) {
    Misbehaviour m;
    m.name = "tls_" + std::move(name);
    m.stage = stage;
    m.script = std::move(script);
    m.ends = Ends::unlogged;
    m.reason = std::move(reason);
    return m;
}

/// The first flight of OpenSSL's client.
Bytes client_hello(int version_max = 0, const char* ciphers = nullptr) {
    gateway::SslContext context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context.get(), 0);
    if (version_max != 0) {
        SSL_CTX_set_min_proto_version(context.get(), version_max);
        SSL_CTX_set_max_proto_version(context.get(), version_max);
    }
    if (ciphers != nullptr) LUCID_ASSERT(SSL_CTX_set_cipher_list(context.get(), ciphers) == 1);
    SSL* ssl = SSL_new(context.get());
    BIO* in = BIO_new(BIO_s_mem());
    BIO* out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl, in, out);
    SSL_set_connect_state(ssl);
    (void)SSL_do_handshake(ssl);
    Bytes hello(BIO_ctrl_pending(out));
    LUCID_ASSERT(BIO_read(out, hello.data(), static_cast<int>(hello.size())) > 0);
    SSL_free(ssl);
    return hello;
}

Bytes record(std::uint8_t type, std::uint16_t length, ByteView content) {
    return Writer().u8(type).u16_be(0x0303).u16_be(length).bytes(content).take();
}

Script updates_keys(int times) {
    return [times](Party& party) -> Result<void> {
        auto* ssl = const_cast<SSL*>(party.wire().leg().tls());
        for (int i = 0; i < times; ++i) {
            if (SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) != 1 || SSL_do_handshake(ssl) != 1)
                return fail(Errc::internal, "key update");
            LUCID_CHECK(party.wire().leg().flush());
        }
        return {};
    };
}

}  // namespace

std::vector<Misbehaviour> tls_rows() {
    const auto hello = client_hello();
    const auto before = [](std::string name, Bytes bytes, std::string reason = "TLS handshake") {
        return row(std::move(name), Stage::x224, says_raw(std::move(bytes)), std::move(reason));
    };
    const auto behind = [](std::string name, Script script, std::string reason = "client") {
        return row(std::move(name), Stage::tls, std::move(script), std::move(reason));
    };
    const auto half = static_cast<std::ptrdiff_t>(hello.size() / 2);
    std::vector<Misbehaviour> rows = {
        before("another_request_instead_of_hello", Bytes{3, 0, 0, 11, 6, 0xe0, 0, 0, 0, 0, 0}),
        before("sslv2_hello",
               [] {
                   Bytes b{0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10, 1, 0, 0x80, 2, 0};
                   b.resize(0x30);
                   return b;
               }()),
        before("record_type_255", record(0xff, 4, Bytes(4))),
        before("record_length_65535", record(0x16, 0xffff, Bytes(1000))),
        before("application_data_first", record(0x17, 8, Bytes(8))),
        before("fatal_alert_first", record(0x15, 2, Bytes{2, 40})),
        before("close_notify_first", record(0x15, 2, Bytes{1, 0})),
        before("change_cipher_spec_first", record(0x14, 1, Bytes{1})),
        before("handshake_type_unknown", record(0x16, 4, Bytes{0x63, 0, 0, 0})),
        before("hello_that_announces_16_megabytes", record(0x16, 4, Bytes{1, 0xff, 0xff, 0xff})),
        before("hello_of_version_tls_1_0", client_hello(TLS1_VERSION, "DEFAULT@SECLEVEL=0")),
        before("hello_of_version_tls_1_1", client_hello(TLS1_1_VERSION, "DEFAULT@SECLEVEL=0")),
        before("hello_with_null_cipher_only", client_hello(TLS1_2_VERSION, "eNULL@SECLEVEL=0"),
               "TLS handshake"),
        before("hello_with_rsa_key_exchange_only", client_hello(TLS1_2_VERSION, "AES128-SHA")),
        before("hello_with_cbc_only", client_hello(TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA")),
        before("hello_damaged_session_id", damaged(hello, 43, 0xff)),
        before("hello_then_noise",
               [&] {
                   Bytes b = hello;
                   append(b, Bytes(500, 0x99));
                   return b;
               }()),
        before("hello_twice",
               [&] {
                   Bytes b = hello;
                   append(b, hello);
                   return b;
               }()),
        row("half_a_hello_then_closed", Stage::x224,
            in_order(says_raw(Bytes(hello.begin(), hello.begin() + half)), closes()), "closed"),
        row("half_a_hello_then_reset", Stage::x224,
            in_order(says_raw(Bytes(hello.begin(), hello.begin() + half)), resets()), "closed"),
        row("half_a_hello_then_silent", Stage::x224,
            says_raw(Bytes(hello.begin(), hello.begin() + half)), too_long),
        row("hello_then_silent", Stage::x224, says_raw(hello), too_long),
        row("warning_alerts_without_end", Stage::x224,
            repeats(record(0x15, 2, Bytes{1, 90}), 20'000), "TLS handshake"),
        row("empty_handshake_records_without_end", Stage::x224,
            repeats(record(0x16, 0, {}), 20'000), "TLS handshake"),
        behind("record_in_the_clear", says_raw(record(0x17, 4, Bytes{1, 2, 3, 4}))),
        behind("record_of_noise", says_raw(record(0x17, 300, Bytes(300, 0x77)))),
        behind("record_beyond_16_kib", says_raw(record(0x17, 0x4fff, Bytes(0x4fff, 0x77)))),
        behind("noise", says_raw(Bytes(1000, 0xa5))),
        behind("alert_in_the_clear", says_raw(record(0x15, 2, Bytes{2, 0}))),
        behind("thousands_of_key_updates", updates_keys(5000)),
    };
    return rows;
}

}  // namespace lucid::hostile

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/crypto/ed25519.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secp256k1.hpp>

#include <filesystem>
#include <fstream>
#include <functional>

#include "../../support/test_paths.hpp"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// C2SP's Wycheproof vectors: known attacks on implementations of the primitives that we use.

namespace lucid::crypto {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Bytes hex(const Json& object, const char* name) {
    return *from_hex(object.at(name).get<std::string>());
}

template <std::size_t N>
ByteArray<N> fixed(ByteView bytes) {
    ByteArray<N> out{};
    std::copy_n(bytes.begin(), std::min(N, bytes.size()), out.begin());
    return out;
}

class Wycheproof : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        const auto archive = fs::path(lucid::test::conformance_dir) / "crypto/wycheproof.tar.zst";
        if (!fs::exists(archive)) return;
        folder_ = ::testing::TempDir() + "lucid-wycheproof-" + std::to_string(::getpid());
        fs::create_directories(folder_);
        const auto command = "tar --zstd -xf '" + archive.string() + "' -C '" + folder_ + "'";
        ASSERT_EQ(std::system(command.c_str()), 0);
    }
    static void TearDownTestSuite() {
        if (!folder_.empty()) fs::remove_all(folder_);
    }
    void SetUp() override {
        if (folder_.empty()) GTEST_SKIP() << "no conformance data beside the project";
    }
    /// Calls `judge` for every case; "acceptable" cases may go either way. Gives how many there
    /// were.
    static std::size_t each(const std::string& file,
                            const std::function<bool(const Json& group, const Json& test)>& judge) {
        std::ifstream in(folder_ + "/crypto/" + file);
        const auto data = Json::parse(in);
        std::size_t count = 0;
        for (const auto& group : data.at("testGroups"))
            for (const auto& test : group.at("tests")) {
                const auto result = test.at("result").get<std::string>();
                const bool accepted = judge(group, test);
                if (result != "acceptable")
                    EXPECT_EQ(accepted, result == "valid")
                        << file << " case " << test.at("tcId") << ": " << test.at("comment");
                ++count;
            }
        return count;
    }

  private:
    static inline std::string folder_;
};

TEST_F(Wycheproof, chacha20_poly1305) {
    const auto count = each("chacha20_poly1305_test.json", [](const Json& group, const Json& test) {
        // The type of a nonce has twelve bytes: others cannot be asked for.
        if (group.at("ivSize") != 96) return false;
        const auto key = fixed<32>(hex(test, "key"));
        const auto nonce = fixed<12>(hex(test, "iv"));
        auto sealed = hex(test, "ct");
        append(sealed, hex(test, "tag"));
        const auto opened = aead_open(key, nonce, hex(test, "aad"), sealed);
        if (!opened) return false;
        EXPECT_EQ(*opened, hex(test, "msg"));
        EXPECT_EQ(aead_seal(key, nonce, hex(test, "aad"), *opened), sealed);
        return true;
    });
    EXPECT_GE(count, 300U);
}

TEST_F(Wycheproof, ed25519) {
    const auto count = each("ed25519_test.json", [](const Json& group, const Json& test) {
        const auto signature = hex(test, "sig");
        if (signature.size() != 64) return false;
        return ed25519_verify(fixed<32>(hex(group.at("publicKey"), "pk")), hex(test, "msg"),
                              fixed<64>(signature));
    });
    EXPECT_GE(count, 150U);
}

TEST_F(Wycheproof, hkdf_sha256) {
    const auto count = each("hkdf_sha256_test.json", [](const Json&, const Json& test) {
        const auto size = test.at("size").get<std::size_t>();
        // RFC 5869: at most 255 blocks; a caller of ours that asks for more is a bug.
        if (size > 255 * 32) return false;
        Bytes out(size);
        crypto::hkdf_sha256(hex(test, "ikm"), hex(test, "salt"), hex(test, "info"), out);
        return out == hex(test, "okm");
    });
    EXPECT_GE(count, 80U);
}

TEST_F(Wycheproof, hmac_sha256) {
    const auto count = each("hmac_sha256_test.json", [](const Json&, const Json& test) {
        const auto tag = hex(test, "tag");
        const auto full = crypto::hmac_sha256(hex(test, "key"), hex(test, "msg"));
        return std::equal(tag.begin(), tag.end(), full.begin());
    });
    EXPECT_GE(count, 170U);
}

TEST_F(Wycheproof, secp256k1_recovery) {
    const auto count =
        each("ecdsa_secp256k1_sha256_p1363_test.json", [](const Json& group, const Json& test) {
            const auto signature = hex(test, "sig");
            if (signature.size() != 64) return false;
            // Valid ECDSA, but not on Ethereum: yParity cannot say that R.x was reduced.
            const auto comment = test.at("comment").get<std::string>();
            const bool reduced_x =
                comment == "k*G has a large x-coordinate" ||
                comment.find("smallest possible x with a reduction") != comment.npos;
            const auto key = hex(group.at("publicKey"), "uncompressed");
            RecoverableSignature recoverable;
            recoverable.r = fixed<32>(ByteView(signature).first(32));
            recoverable.s = fixed<32>(ByteView(signature).subspan(32));
            for (std::uint8_t parity = 0; parity < 2; ++parity) {
                recoverable.y_parity = parity;
                const auto found = secp256k1_recover(sha256(hex(test, "msg")), recoverable);
                if (found && std::equal(found->begin(), found->end(), key.begin() + 1))
                    return !reduced_x;
            }
            return reduced_x && test.at("result") == "valid";
        });
    EXPECT_GE(count, 250U);
}

}  // namespace
}  // namespace lucid::crypto

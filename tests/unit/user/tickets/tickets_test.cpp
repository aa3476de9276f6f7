// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/user/tickets/throttle.hpp>
#include <lucid/user/tickets/tickets.hpp>

#include <filesystem>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::user::tickets {
namespace {

namespace fs = std::filesystem;

Bytes utf16(std::string_view text) {
    Bytes out;
    for (const char c : text) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

/// What a client that knows the secret sends.
NtlmClaim claim_of(std::string_view user, std::string_view secret) {
    NtlmClaim claim;
    claim.user_utf16 = utf16(user);
    claim.domain_utf16 = utf16("Dom");
    claim.server_challenge = {1, 2, 3, 4, 5, 6, 7, 8};
    claim.temp = Bytes(28, 5);
    std::string upper(user);
    for (auto& c : upper) c = static_cast<char>(::toupper(c));
    const auto ntowf = crypto::hmac_md5(nt_hash(secret), {utf16(upper), utf16("Dom")});
    claim.nt_proof = crypto::hmac_md5(ntowf, {claim.server_challenge, claim.temp});
    return claim;
}

class TicketsTest : public testing::Test {
  protected:
    void SetUp() override {
        root_ = fs::temp_directory_path() / ("lucid-tickets-" + std::to_string(::getpid()));
        fs::create_directories(root_);
        catalog_ = std::make_unique<storage::catalog::Catalog>(
            *storage::catalog::Catalog::open((root_ / "c.sqlite").string()));
        storage::catalog::Host host;
        host.name = "desk";
        ASSERT_TRUE(catalog_->add_host(host));
        tickets_ = std::make_unique<Tickets>(*catalog_, vault_);
        auto made = tickets_->issue("desk", "owner", 1000, 100);
        ASSERT_TRUE(made);
        name_ = made->name;
        secret_ = std::string(as_text(made->secret.expose()));
    }
    void TearDown() override { fs::remove_all(root_); }
    fs::path root_;
    vault::Vault vault_{crypto::Secret(Bytes(32, 1))};
    std::unique_ptr<storage::catalog::Catalog> catalog_;
    std::unique_ptr<Tickets> tickets_;
    std::string name_;
    std::string secret_;
};

// MS-NLMP 4.2.4.1.1 NTOWFv2(), user "User", domain "Domain", password "Password".
TEST(NtlmProof, matches_ms_nlmp) {
    EXPECT_EQ(to_hex(nt_hash("Password")), "a4f49c406510bdcab6824ee7c30fd852");
    EXPECT_EQ(to_hex(crypto::hmac_md5(nt_hash("Password"), {utf16("USER"), utf16("Domain")})),
              "0c868a403bfd7a93a3001ef22ef02e3f");
}

TEST_F(TicketsTest, has_the_stated_form) {
    EXPECT_EQ(name_.size(), 13U);
    EXPECT_TRUE(name_.starts_with("lt-"));
    EXPECT_EQ(secret_.size(), 32U);
    EXPECT_EQ(tickets_->issue("nowhere", "owner", 0, 10).error().code,
              make_error_code(Errc::not_found));
    EXPECT_FALSE(tickets_->issue("desk", "owner", 0, 0));
    EXPECT_FALSE(tickets_->issue("desk", "owner", 0, Tickets::lifetime_max_s + 1));
}

TEST_F(TicketsTest, is_proven_redeemed_once_and_resumed_within_the_window) {
    auto proven = tickets_->prove(claim_of(name_, secret_), 1050);
    ASSERT_TRUE(proven);
    EXPECT_EQ(proven->host, "desk");
    EXPECT_EQ(proven->session_base_key.size(), 16U);
    auto second = tickets_->prove(claim_of(name_, secret_), 1050);
    ASSERT_TRUE(second);
    EXPECT_FALSE(tickets_->redeem(*proven, utf16("wrong"), "s1"));
    EXPECT_TRUE(tickets_->redeem(*proven, utf16(secret_), "s1"));
    EXPECT_FALSE(tickets_->redeem(*second, utf16(secret_), "s2"));
    EXPECT_FALSE(tickets_->prove(claim_of(name_, secret_), 1051));
    ASSERT_TRUE(tickets_->keep_for_resume(name_, "s1", 2000));
    auto resumed = tickets_->prove(claim_of(name_, secret_), 2059);
    ASSERT_TRUE(resumed);
    EXPECT_EQ(resumed->resumes, "s1");
    EXPECT_TRUE(tickets_->redeem(*resumed, utf16(secret_), "s1"));
    ASSERT_TRUE(tickets_->keep_for_resume(name_, "s1", 3000));
    EXPECT_FALSE(tickets_->prove(claim_of(name_, secret_), 3060));
}

TEST_F(TicketsTest, leads_back_after_it_expired_and_whatever_others_guess) {
    auto proven = tickets_->prove(claim_of(name_, secret_), 1050);
    ASSERT_TRUE(proven && tickets_->redeem(*proven, utf16(secret_), "s1"));
    ASSERT_TRUE(tickets_->keep_for_resume(name_, "s1", 1090));
    for (int i = 0; i <= Tickets::failures_max; ++i)
        EXPECT_FALSE(tickets_->prove(claim_of(name_, "guess"), 1091));
    const auto back = tickets_->prove(claim_of(name_, secret_), 1140);
    ASSERT_TRUE(back) << "it expired at 1100";
    EXPECT_EQ(back->resumes, "s1");
}

TEST_F(TicketsTest, is_spent_with_its_session_whether_the_client_was_there_or_not) {
    auto proven = tickets_->prove(claim_of(name_, secret_), 1050);
    ASSERT_TRUE(proven && tickets_->redeem(*proven, utf16(secret_), "s1"));
    ASSERT_TRUE(tickets_->keep_for_resume(name_, "s1", 1051, 5));
    EXPECT_FALSE(tickets_->prove(claim_of(name_, secret_), 1056))
        << "the window that was asked for";
    ASSERT_TRUE(tickets_->spend(name_, "s1"));
    EXPECT_FALSE(tickets_->prove(claim_of(name_, secret_), 1052));
    EXPECT_FALSE(tickets_->keep_for_resume(name_, "s1", 1052));
}

TEST_F(TicketsTest, refuses_all_bad_tickets_alike) {
    const auto refused = make_error_code(Errc::refused);
    EXPECT_EQ(tickets_->prove(claim_of("lt-aaaaaaaaaa", secret_), 1050).error().code, refused);
    EXPECT_EQ(tickets_->prove(claim_of(name_, "wrong"), 1050).error().code, refused);
    EXPECT_EQ(tickets_->prove(claim_of(name_, secret_), 1100).error().code, refused);
    EXPECT_TRUE(tickets_->prove(claim_of(name_, secret_), 1099));
}

TEST_F(TicketsTest, is_proven_whatever_case_the_client_sends) {
    std::string upper = name_;
    for (auto& c : upper) c = static_cast<char>(::toupper(c));
    EXPECT_TRUE(tickets_->prove(claim_of(upper, secret_), 1050));
}

TEST_F(TicketsTest, ends_after_ten_failures) {
    for (int i = 0; i < Tickets::failures_max; ++i)
        EXPECT_FALSE(tickets_->prove(claim_of(name_, "wrong"), 1050));
    EXPECT_FALSE(tickets_->prove(claim_of(name_, secret_), 1050));
}

TEST_F(TicketsTest, plaintext_proof_follows_the_same_rules) {
    EXPECT_TRUE(tickets_->prove_plaintext(name_, utf16(secret_), 1050));
    EXPECT_FALSE(tickets_->prove_plaintext(name_, utf16("wrong"), 1050));
    EXPECT_FALSE(tickets_->prove_plaintext("lt-aaaaaaaaaa", utf16(secret_), 1050));
    EXPECT_FALSE(tickets_->prove_plaintext(name_, utf16(secret_), 1100));
    EXPECT_FALSE(tickets_->prove_plaintext(name_, {}, 1050));
}

TEST(Vault, sealed_values_do_not_move) {
    const vault::Vault vault(crypto::Secret(Bytes(32, 1)));
    auto sealed = vault.seal("host", "desk", as_bytes("secret"));
    EXPECT_EQ(as_text(vault.open_sealed("host", "desk", sealed)->expose()), "secret");
    EXPECT_FALSE(vault.open_sealed("host", "other", sealed));
    EXPECT_FALSE(vault.open_sealed("ticket", "desk", sealed));
    for (std::size_t n = 0; n < sealed.size(); ++n)
        EXPECT_FALSE(vault.open_sealed("host", "desk", ByteView(sealed).first(n)));
    EXPECT_NE(sealed, vault.seal("host", "desk", as_bytes("secret")));
}

TEST(Throttle, doubles_after_the_free_failures_and_forgets) {
    Throttle throttle;
    for (unsigned i = 0; i < Throttle::free_failures; ++i) throttle.on_failure("a", 100);
    EXPECT_EQ(throttle.wait_s("a", 100), 0);
    throttle.on_failure("a", 100);
    EXPECT_EQ(throttle.wait_s("a", 100), 2);
    throttle.on_failure("a", 102);
    EXPECT_EQ(throttle.wait_s("a", 102), 4);
    EXPECT_EQ(throttle.wait_s("b", 102), 0);
    EXPECT_EQ(throttle.wait_s("a", 102 + Throttle::forget_after_s), 0);
    for (int i = 0; i < 40; ++i) throttle.on_failure("a", 103);
    EXPECT_EQ(throttle.wait_s("a", 103), Throttle::wait_max_s);
    throttle.on_success("a");
    EXPECT_EQ(throttle.wait_s("a", 103), 0);
}

TEST(Throttle, is_bounded) {
    Throttle throttle;
    for (std::size_t i = 0; i < Throttle::addresses_max + 5; ++i)
        throttle.on_failure(std::to_string(i), static_cast<std::int64_t>(i));
    for (unsigned i = 0; i < 20; ++i) throttle.on_failure("5", 20000);
    EXPECT_GT(throttle.wait_s("5", 20000), 0);
}

}  // namespace
}  // namespace lucid::user::tickets

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <fstream>
#include <future>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../gateway/mcs_script.hpp"
#include <nlohmann/json.hpp>

namespace lucid::test {

namespace gateway = rdp::gateway;
using gateway::test::patience;
using gateway::test::ScriptedClient;
using gateway::test::Wire;

namespace {

constexpr const char* secret = "secret";
/// Longest channel message of a vector.
constexpr std::size_t message_bytes_max = 64 * 1024 * 1024;

/// A synchronize event: input that is passed at once and is no key.
const Bytes client_marker = {0x04, 0x03, 0x60};

Bytes host_marker() {
    return gateway::test::screen_output(as_bytes("marker"));
}

Result<void> expect_pdu(Wire& wire) {
    LUCID_TRY(const auto pdu, wire.pdu());
    (void)pdu;
    return {};
}

}  // namespace

std::string Recorded::text() const {
    if (kind == static_cast<std::uint8_t>(rdp::relay::EventKind::key) && payload.size() == 2)
        return "key|" + std::to_string(payload[0]) + " " + std::to_string(payload[1]);
    if (kind != static_cast<std::uint8_t>(rdp::relay::EventKind::note))
        return std::string(as_text(payload));
    const auto json = nlohmann::json::parse(payload.begin(), payload.end(), nullptr, false);
    if (!json.is_object()) return "";
    return json.value("what", "") + "|" + json.value("detail", "");
}

World::World(const std::string& clamd, std::chrono::milliseconds scan_limit)
    : directory_(std::filesystem::temp_directory_path() /
                 ("lucid-policy-" + std::to_string(::getpid()))),
      host_identity_(gateway::test::make_identity("host.test")),
      host_listener_(*gateway::listen_tcp({"127.0.0.1", 0})) {
    std::filesystem::create_directories(directory_);
    auto signer = std::make_shared<gateway::LocalSigner>(
        *gateway::LocalSigner::from_pem(host_identity_.key_pem));
    host_context_ = *gateway::make_server_context(
        host_identity_.certificate_pem, [signer](ByteView digest) { return signer->sign(digest); });
    desk_.host.port = gateway::endpoint_of(host_listener_.get(), false)->port;
    desk_.host.trust.certificate_pin =
        *gateway::certificate_fingerprint(host_identity_.certificate_pem);
    desk_.host.security = gateway::HostSecurity::tls;
    recorder_ = std::make_unique<gateway::RecorderLink>(
        directory_.string(), [this](const gateway::RecordingClosed& closed) {
            const std::lock_guard lock(mutex_);
            closed_.push_back(closed);
            changed_.notify_all();
        });
    const auto double_path = directory_.string() + "/clamd.ctl";
    if (clamd.empty()) clamd_ = std::make_unique<ClamdDouble>(double_path);
    scanner_ = std::make_unique<gateway::ScannerLink>(std::vector<std::string>{
        clamd.empty() ? "unix:" + double_path : clamd, std::to_string(scan_limit.count())});
    const auto identity = gateway::test::make_identity("gateway.test");
    gateway::GatewayOptions options;
    options.listen = {"127.0.0.1", 0};
    options.allow_tls_only = true;
    options.scanner = scanner_.get();
    options.certificate_pem = identity.certificate_pem;
    options.resume_window = std::chrono::seconds(0);
    // All sessions come from one address, many a second.
    options.limits.arrivals_per_address_max = 10'000;
    auto started = gateway::Gateway::start(std::move(options),
                                           *gateway::LocalSigner::from_pem(identity.key_pem), desk_,
                                           *recorder_, metrics_);
    gateway_ = std::move(std::get<std::unique_ptr<gateway::Gateway>>(started));
    while (!recorder_->running() || !scanner_->running()) std::this_thread::yield();
}

World::~World() {
    gateway_.reset();
    recorder_.reset();
    scanner_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void World::set_policy(const std::string& policy) {
    desk_.set_policy(policy);
}

std::string World::new_ticket() {
    auto name = "lt-" + std::to_string(++tickets_);
    desk_.add(name, secret);
    return name;
}

Result<Wire> World::accept_host() {
    pollfd item{host_listener_.get(), POLLIN, 0};
    if (::poll(&item, 1, std::chrono::milliseconds(patience).count()) <= 0)
        return fail(Errc::timed_out, "the gateway did not dial");
    core::net::Fd socket(::accept4(host_listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket.valid()) return fail_errno(errno, "accept");
    LUCID_TRY(auto leg, gateway::Leg::adopt(std::move(socket)));
    Wire wire(std::move(leg));
    LUCID_CHECK(expect_pdu(wire));
    rdp::proto::ConnectionConfirm confirm;
    confirm.selected_protocol = rdp::proto::protocol_ssl;
    LUCID_CHECK(wire.send(rdp::proto::encode_connection_confirm(confirm)));
    LUCID_CHECK(wire.leg().start_tls(*host_context_, gateway::Leg::Role::server, ""));
    LUCID_CHECK(wire.handshake());
    return wire;
}

std::vector<Recorded> World::recorded() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return !closed_.empty(); })) return {};
    const auto path = directory_ / (closed_.front().id.hex() + ".events");
    closed_.erase(closed_.begin());
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<Recorded> events;
    Reader r(as_bytes(text));
    while (r.remaining() >= 14) {
        const auto length = *r.u32_le("length");
        Recorded event;
        event.event_class = *r.u8("class");
        event.kind = *r.u8("kind");
        event.time_us = *r.u64_le("time");
        const auto payload = r.take(length - 10, "payload");
        if (!payload) break;
        event.payload = to_bytes(*payload);
        events.push_back(std::move(event));
    }
    std::filesystem::remove(path);
    return events;
}

LiveSession::LiveSession(ScriptedClient client, Wire host, std::vector<std::string> channels)
    : client_(std::move(client)), host_(std::move(host)), channels_(std::move(channels)) {}

Result<std::unique_ptr<LiveSession>> LiveSession::start(World& world, const std::string& policy,
                                                        std::vector<std::string> channels) {
    world.set_policy(policy);
    const auto ticket = world.new_ticket();
    auto dialled = std::async(std::launch::async, [&] { return world.accept_host(); });
    auto client = ScriptedClient::log_in(world.port(), gateway::HostSecurity::tls, ticket, secret);
    auto host = dialled.get();
    if (!client) return fail(client.error());
    if (!host) return fail(host.error());
    std::unique_ptr<LiveSession> session(
        new LiveSession(std::move(*client), std::move(*host), std::move(channels)));
    LUCID_CHECK(session->activate(ticket));
    return session;
}

Result<void> LiveSession::activate(const std::string& ticket) {
    auto& client = client_.wire();
    LUCID_CHECK(client.send(connect_initial({channels_, 1, 1280, 720})));
    LUCID_CHECK(expect_pdu(host_));
    LUCID_CHECK(host_.send(connect_response({channels_.size(), 1, 0})));
    LUCID_CHECK(expect_pdu(client));
    LUCID_CHECK(client.send(client_info(ticket, secret)));
    LUCID_CHECK(expect_pdu(host_));
    LUCID_CHECK(host_.send(from_host(io_channel, licensing())));
    LUCID_CHECK(expect_pdu(client));
    LUCID_CHECK(host_.send(from_host(io_channel, active_pdu(1))));
    LUCID_CHECK(expect_pdu(client));
    LUCID_CHECK(client.send(from_client(io_channel, active_pdu(3))));
    return expect_pdu(host_);
}

std::string LiveSession::name_of(std::uint16_t channel) const {
    const auto index = static_cast<std::size_t>(channel - first_channel);
    return channel >= first_channel && index < channels_.size() ? channels_[index] : "?";
}

Result<void> LiveSession::say(Side from, const std::string& channel, ByteView message) {
    if (channel.empty()) return wire(from).send(message);
    const auto found = std::find(channels_.begin(), channels_.end(), channel);
    const auto id = static_cast<std::uint16_t>(first_channel + (found - channels_.begin()));
    return wire(from).send(from == Side::client ? client_message(id, message)
                                                : host_message(id, message));
}

Result<std::optional<Heard>> LiveSession::next(Side at) {
    for (;;) {
        LUCID_TRY(const auto pdu, wire(at).pdu());
        if (pdu == (at == Side::host ? client_marker : host_marker())) return std::nullopt;
        if (pdu[0] != rdp::proto::tpkt_version) return Heard{"", pdu};
        LUCID_TRY(const auto mcs, rdp::proto::decode_mcs_pdu(pdu));
        const bool data = mcs.type == rdp::proto::McsPduType::send_data_request ||
                          mcs.type == rdp::proto::McsPduType::send_data_indication;
        if (!data || mcs.channel == io_channel) return Heard{"", pdu};
        auto& parts = parts_.try_emplace({at, mcs.channel}, message_bytes_max).first->second;
        LUCID_TRY(const auto message, parts.add(mcs.data));
        if (message) return Heard{name_of(mcs.channel), to_bytes(*message)};
    }
}

Result<std::vector<Heard>> LiveSession::hear(Side at) {
    LUCID_CHECK(at == Side::host ? client_.wire().send(client_marker) : host_.send(host_marker()));
    std::vector<Heard> all;
    for (;;) {
        LUCID_TRY(auto heard, next(at));
        if (!heard) return all;
        all.push_back(std::move(*heard));
    }
}

Result<Heard> LiveSession::hear_one(Side at) {
    LUCID_TRY(auto heard, next(at));
    if (!heard) return fail(Errc::bad_value, "marker");
    return std::move(*heard);
}

Result<void> LiveSession::leave() {
    LUCID_CHECK(client_.leave());
    return client_.wait_for_end();
}

Result<void> LiveSession::wait_for_end() {
    return client_.wait_for_end();
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/sessions/recorder/recovery.hpp>
#include <lucid/sessions/recorder/session_loop.hpp>

#include <future>
#include <sys/socket.h>
#include <thread>

#include "recording_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::recorder {
namespace {

using format::EventClass;
using test::RecordingRig;

/// No chain runs.
class NoChain final : public core::ports::AnchorSink {
  public:
    Result<core::ports::ChainIdentity> identity() override {
        return fail(Errc::peer_closed, "chain");
    }
    Result<std::string> submit(const blockchain::proto::CheckpointAnchor&) override {
        return fail(Errc::peer_closed, "chain");
    }
    Result<std::string> submit(const blockchain::proto::SessionAnchor&) override {
        return fail(Errc::peer_closed, "chain");
    }
    Result<std::optional<core::ports::AnchorPlace>> find(const SessionId&) override {
        return fail(Errc::peer_closed, "chain");
    }
    Result<std::string> evidence(const SessionId&, std::uint64_t, std::uint64_t) override {
        return fail(Errc::peer_closed, "chain");
    }
};

/// One session in its thread, and the relay's end of its pipe.
class Running {
  public:
    Running()
        : anchoring_(sink_, rig.sessions(), crypto::Secret::copy_of(Bytes(32, 1)),
                     [](const SessionId&, const core::ports::AnchorPlace&) {}) {
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        relay = core::net::Fd(ends[0]);
        loop_ = std::make_unique<SessionLoop>(
            rig.id, core::net::Fd(ends[1]),
            static_cast<std::uint64_t>(core::runtime::boottime_us()), *rig.create(), anchoring_,
            draining, [this] { return full ? std::optional<std::string>("full") : std::nullopt; });
        end_ = std::async(std::launch::async, [this] { return loop_->run(); });
    }
    ~Running() {
        draining = true;
        if (end_.valid()) end_.wait();
    }
    void send(ByteView bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(relay.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            ASSERT_GT(sent, 0);
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        }
    }
    void send_event(EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
                    ByteView payload) {
        Writer w;
        w.u32_le(static_cast<std::uint32_t>(10 + payload.size()))
            .u8(static_cast<std::uint8_t>(event_class))
            .u8(kind)
            .u64_le(time_us)
            .bytes(payload);
        send(w.view());
    }
    SessionEnd end() { return end_.get(); }

    RecordingRig rig;
    std::atomic<bool> draining{false};
    std::atomic<bool> full{false};  ///< the disk
    core::net::Fd relay;

  private:
    NoChain sink_;
    Anchoring anchoring_;
    std::unique_ptr<SessionLoop> loop_;
    std::future<SessionEnd> end_;
};

TEST(SessionLoop, an_end_event_completes_the_recording) {
    Running session;
    for (std::uint64_t n = 0; n < 100; ++n)
        session.send_event(EventClass::screen, format::kind_server_pdu, n, test::noise(5'000, n));
    session.send_event(EventClass::audit, format::kind_end, 100,
                       as_bytes(R"({"reason":"client left","state":"complete"})"));
    const auto end = session.end();
    EXPECT_EQ(end.state, "complete");
    EXPECT_EQ(end.reason, "client left");
    ASSERT_TRUE(end.manifest);
    const auto report = session.rig.verify();
    EXPECT_EQ(report.verdict, format::Verdict::consistent_unpinned);
    EXPECT_EQ(report.events, 101U);
}

TEST(SessionLoop, a_pipe_that_ends_without_an_end_event_makes_the_session_partial) {
    Running session;
    session.send_event(EventClass::screen, format::kind_server_pdu, 1, as_bytes("x"));
    session.relay.reset();
    const auto end = session.end();
    EXPECT_EQ(end.state, "partial");
    EXPECT_EQ(end.reason, "relay lost");
    EXPECT_EQ(session.rig.verify().events, 1U);
}

TEST(SessionLoop, a_pipe_that_ends_inside_a_frame_loses_that_frame_only) {
    Running session;
    session.send_event(EventClass::screen, format::kind_server_pdu, 1, as_bytes("x"));
    session.send(ByteArray<6>{0xff, 0, 0, 0, 0, 1});
    session.relay.reset();
    EXPECT_EQ(session.end().state, "partial");
    EXPECT_EQ(session.rig.verify().events, 1U);
}

TEST(SessionLoop, garbage_ends_the_session_as_partial_and_keeps_what_came_before) {
    Running session;
    session.send_event(EventClass::screen, format::kind_server_pdu, 1, as_bytes("x"));
    session.send(Bytes(64, 0xee));
    const auto end = session.end();
    EXPECT_EQ(end.state, "partial");
    EXPECT_NE(end.reason.find("recording failed"), std::string::npos) << end.reason;
    ASSERT_TRUE(end.manifest);
    EXPECT_EQ(session.rig.verify().events, 1U);
    // The relay sees it at once: the pipe is closed.
    std::uint8_t byte = 0;
    EXPECT_LE(::recv(session.relay.get(), &byte, 1, 0), 0);
}

TEST(SessionLoop, draining_seals_a_live_session_as_partial) {
    Running session;
    session.send_event(EventClass::screen, format::kind_server_pdu, 1, as_bytes("x"));
    session.draining = true;
    const auto end = session.end();
    EXPECT_EQ(end.state, "partial");
    EXPECT_EQ(end.reason, "gateway shut down");
    ASSERT_TRUE(end.manifest);
}

TEST(SessionLoop, a_disk_that_fills_up_ends_the_session_sealed_and_with_the_reason) {
    Running session;
    session.full = true;
    session.send_event(EventClass::screen, format::kind_server_pdu, 1, as_bytes("x"));
    const auto end = session.end();
    EXPECT_EQ(end.state, "partial");
    EXPECT_EQ(end.reason, "full");
    ASSERT_TRUE(end.manifest);
    EXPECT_EQ(session.rig.verify().events, 1U);
    std::uint8_t byte = 0;
    EXPECT_LE(::recv(session.relay.get(), &byte, 1, 0), 0) << "the relay is told at once";
}

TEST(SessionLoop, each_stored_mebibyte_is_acknowledged) {
    Running session;
    std::thread writer([&session] {
        for (std::uint64_t n = 0; n < 40; ++n)
            session.send_event(EventClass::screen, format::kind_server_pdu, n,
                               test::noise(100'000, n));
    });
    ByteArray<3> acknowledgements{};
    std::size_t got = 0;
    while (got < acknowledgements.size()) {
        const auto n = ::recv(session.relay.get(), acknowledgements.data() + got,
                              acknowledgements.size() - got, 0);
        ASSERT_GT(n, 0);
        got += static_cast<std::size_t>(n);
    }
    writer.join();
    EXPECT_EQ(acknowledgements, (ByteArray<3>{1, 1, 1}));
}

}  // namespace
}  // namespace lucid::sessions::recorder

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/pump.hpp>

#include <sys/socket.h>
#include <thread>

#include <gtest/gtest.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;

/// Passes bytes on unchanged and records them; a few chosen words are refused, answered, or end it.
class PlainTraffic : public Traffic {
  public:
    explicit PlainTraffic(EventPipe& pipe) : pipe_(pipe) {}
    std::optional<Ended> on_client(ByteView bytes, std::uint64_t time_us, Output& out) override {
        pipe_.put(1, 16, time_us, bytes);
        ++inputs_;
        append(out.to_host, bytes);
        if (as_text(bytes) == "violation") return Ended{"partial", "protocol violation"};
        if (as_text(bytes) == "good-bye") goodbye_ = "client disconnected";
        if (as_text(bytes).starts_with("answer")) append(out.to_client, Bytes(answer_bytes));
        return std::nullopt;
    }
    std::optional<Ended> on_host(ByteView bytes, std::uint64_t time_us, Output& out) override {
        pipe_.put(0, 1, time_us, bytes);
        append(out.to_client, bytes);
        return std::nullopt;
    }
    std::uint64_t input_count() const override { return inputs_; }
    bool started() const override { return inputs_ > 0; }
    std::string goodbye() const override { return goodbye_; }
    static constexpr std::size_t answer_bytes = 64 * 1024;
    Bytes farewell() const override { return to_bytes(as_bytes("bye")); }

  private:
    EventPipe& pipe_;
    std::uint64_t inputs_ = 0;
    std::string goodbye_;
};

core::net::Fd take(int fd) {
    return core::net::Fd(fd);
}

/// A running pump with all its other ends in the test's hands.
class PumpTest : public testing::Test {
  protected:
    PumpTest() {
        std::tie(client_, client_end) = pair();
        std::tie(host_, host_end) = pair();
        std::tie(pipe_, recorder_end) = pair();
        auto channels = core::net::FrameChannel::make_pair();
        core_side = std::move(channels->first);
        link_ = std::make_unique<CoreLink>(std::move(channels->second));
    }
    ~PumpTest() override {
        if (thread_.joinable()) {
            client_end.reset();
            thread_.join();
        }
    }
    static std::pair<core::net::Fd, core::net::Fd> pair() {
        int fds[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
        return {take(fds[0]), take(fds[1])};
    }
    void start(PumpLimits limits = {}) {
        thread_ = std::thread([this, limits] {
            auto client = *Leg::adopt(std::move(client_));
            auto host = *Leg::adopt(std::move(host_));
            EventPipe pipe(std::move(pipe_));
            PlainTraffic traffic(pipe);
            Pump pump(*link_, client, host, pipe, traffic, limits,
                      static_cast<std::uint64_t>(core::runtime::boottime_us()));
            ended_ = pump.run({}, {});
        });
    }
    const Ended& join() {
        thread_.join();
        return ended_;
    }
    static void send(const core::net::Fd& fd, std::string_view text) {
        ASSERT_EQ(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }
    static std::string receive(const core::net::Fd& fd) {
        std::array<char, 4096> text{};
        const auto got = ::recv(fd.get(), text.data(), text.size(), 0);
        return {text.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }
    static std::string receive_all(const core::net::Fd& fd) {
        std::string out;
        for (auto part = receive(fd); !part.empty(); part = receive(fd)) out += part;
        return out;
    }

    core::net::Fd client_end, host_end, recorder_end;
    core::net::FrameChannel core_side;

  private:
    core::net::Fd client_, host_, pipe_;
    std::unique_ptr<CoreLink> link_;
    Ended ended_;
    std::thread thread_;
};

TEST_F(PumpTest, moves_bytes_both_ways_and_records_them_with_the_end) {
    start();
    send(client_end, "to host");
    EXPECT_EQ(receive(host_end), "to host");
    send(host_end, "to client");
    EXPECT_EQ(receive(client_end), "to client");
    client_end.reset();
    const auto& ended = join();
    EXPECT_EQ(ended.state, "complete");
    EXPECT_EQ(ended.reason, "client closed the connection");
    const auto recorded = receive_all(recorder_end);
    EXPECT_NE(recorded.find("to host"), std::string::npos);
    EXPECT_NE(recorded.find("to client"), std::string::npos);
    EXPECT_NE(recorded.find(R"({"reason":"client closed the connection","state":"complete"})"),
              std::string::npos);
}

TEST_F(PumpTest, tells_the_client_good_bye_when_the_host_leaves) {
    start();
    send(host_end, "last picture");
    host_end.reset();
    EXPECT_EQ(join().reason, "host closed the connection");
    EXPECT_EQ(receive_all(client_end), "last picturebye");
}

TEST_F(PumpTest, a_closed_recorder_pipe_ends_the_session_at_once) {
    start();
    recorder_end.reset();
    const auto& ended = join();
    EXPECT_EQ(ended.state, "partial");
    EXPECT_EQ(ended.reason, "recorder is gone");
}

TEST_F(PumpTest, a_recorder_that_takes_nothing_holds_the_legs_and_then_ends_the_session) {
    start();
    const std::string block(64 * 1024, 'x');
    const auto started = std::chrono::steady_clock::now();
    std::size_t accepted = 0;
    // Nobody reads the recorder's end: after its buffers are full, the host is held back.
    for (;;) {
        const auto sent = ::send(host_end.get(), block.data(), block.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        accepted += static_cast<std::size_t>(sent);
        // The client keeps reading, so only the recorder can be what holds the host.
        (void)::recv(client_end.get(), const_cast<char*>(block.data()), block.size(), MSG_DONTWAIT);
        (void)::recv(client_end.get(), const_cast<char*>(block.data()), block.size(), MSG_DONTWAIT);
    }
    EXPECT_EQ(join().reason, "recorder took nothing for the grace period");
    EXPECT_LT(accepted, 8 * EventPipe::high_water_bytes);
    EXPECT_GE(std::chrono::steady_clock::now() - started, EventPipe::grace);
}

TEST_F(PumpTest, core_can_kill_and_its_reason_is_recorded) {
    start();
    ASSERT_TRUE(core_side.send(encode(Answer(Kill{"ended by the operator"}))));
    const auto& ended = join();
    EXPECT_EQ(ended.reason, "ended by the operator");
    EXPECT_NE(receive_all(recorder_end).find("ended by the operator"), std::string::npos);
}

TEST_F(PumpTest, a_core_that_is_gone_ends_the_session) {
    start();
    {
        const auto gone = std::move(core_side);
    }
    EXPECT_EQ(join().reason, "core is gone");
}

TEST_F(PumpTest, the_total_limit_ends_a_busy_session) {
    PumpLimits limits;
    limits.total = 1s;
    start(limits);
    EXPECT_EQ(receive(client_end), "bye");
    const auto& ended = join();
    EXPECT_EQ(ended.reason, "total time limit");
    EXPECT_EQ(ended.state, "complete");
}

TEST_F(PumpTest, the_idle_limit_counts_from_the_last_input) {
    PumpLimits limits;
    limits.idle = 1s;
    start(limits);
    const auto started = std::chrono::steady_clock::now();
    send(client_end, "input");
    EXPECT_EQ(join().reason, "idle time limit");
    EXPECT_GE(std::chrono::steady_clock::now() - started, 1s);
}

TEST_F(PumpTest, a_desktop_that_does_not_start_in_time_ends_the_session) {
    PumpLimits limits;
    limits.start = 300ms;
    start(limits);
    const auto& ended = join();
    EXPECT_EQ(ended.state, "partial");
    EXPECT_EQ(ended.reason, "the desktop took too long to start");
}

TEST_F(PumpTest, a_desktop_that_started_may_be_silent) {
    PumpLimits limits;
    limits.start = 300ms;
    limits.idle = 1s;
    start(limits);
    send(client_end, "input");
    EXPECT_EQ(join().reason, "idle time limit");
}

TEST_F(PumpTest, a_good_bye_that_nobody_follows_ends_the_session) {
    start();
    const auto started = std::chrono::steady_clock::now();
    send(client_end, "good-bye");
    const auto& ended = join();
    EXPECT_EQ(ended.state, "complete");
    EXPECT_EQ(ended.reason, "client disconnected");
    EXPECT_GE(std::chrono::steady_clock::now() - started, Pump::goodbye_patience);
}

TEST_F(PumpTest, a_client_that_fetches_no_answers_is_not_listened_to) {
    start();
    // Each word is answered with much more; how many are taken tells what is kept.
    std::atomic<std::size_t> taken{0};
    std::thread host([&] {
        for (auto got = receive(host_end); !got.empty(); got = receive(host_end))
            taken += got.size();
    });
    std::thread recorder([&] { (void)receive_all(recorder_end); });
    std::size_t said = 0;
    for (const auto until = std::chrono::steady_clock::now() + 1s;
         std::chrono::steady_clock::now() < until;) {
        const auto sent = ::send(client_end.get(), "answer", 6, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) said += static_cast<std::size_t>(sent);
        std::this_thread::sleep_for(1ms);
    }
    const auto answers = taken / 6;
    // The limit, one read more, and what sockets take.
    constexpr std::size_t slack = 64;
    EXPECT_GT(said / 6, Pump::unread_answers_bytes_max / PlainTraffic::answer_bytes + slack);
    EXPECT_LE(answers, Pump::unread_answers_bytes_max / PlainTraffic::answer_bytes + slack);
    client_end.reset();
    (void)join();
    host.join();
    recorder.join();
}

class WaitingPumpTest : public PumpTest {
  protected:
    /// The client's line breaks, core agrees to wait.
    void lose(bool host = false) {
        PumpLimits limits;
        limits.resumable = true;
        start(limits);
        (host ? host_end : client_end).reset();
        auto frame = core_side.receive(5s);
        ASSERT_TRUE(frame);
        const auto request = decode_request(frame->payload);
        ASSERT_TRUE(request && std::holds_alternative<LostRequest>(*request));
        EXPECT_EQ(std::get<LostRequest>(*request).host, host);
        ASSERT_TRUE(core_side.send(encode(Answer(Done{}))));
    }
    void order(Answer answer) { ASSERT_TRUE(core_side.send(encode(answer))); }
};

TEST_F(WaitingPumpTest, records_the_host_and_ends_when_nobody_comes_back) {
    lose();
    send(host_end, "meanwhile");
    std::string recorded;
    while (recorded.find("meanwhile") == std::string::npos) recorded += receive(recorder_end);
    EXPECT_NE(recorded.find("client lost"), std::string::npos);
    order(Finish{"client did not come back"});
    const auto& ended = join();
    EXPECT_EQ(ended.state, "complete");
    EXPECT_EQ(ended.reason, "client did not come back");
    EXPECT_FALSE(ended.handed_over);
}

TEST_F(WaitingPumpTest, hands_over_without_an_end_and_with_everything_recorded) {
    lose();
    order(HandOver{});
    EXPECT_TRUE(join().handed_over);
    const auto recorded = receive_all(recorder_end);
    EXPECT_NE(recorded.find("handed over"), std::string::npos);
    EXPECT_EQ(recorded.find("state"), std::string::npos);
}

TEST_F(WaitingPumpTest, an_order_may_come_before_the_answer) {
    PumpLimits limits;
    limits.resumable = true;
    start(limits);
    client_end.reset();
    ASSERT_TRUE(core_side.receive(5s));
    order(HandOver{});
    order(Done{});
    EXPECT_TRUE(join().handed_over);
}

TEST_F(WaitingPumpTest, ends_at_once_when_core_will_not_wait) {
    PumpLimits limits;
    limits.resumable = true;
    start(limits);
    client_end.reset();
    ASSERT_TRUE(core_side.receive(5s));
    order(Refusal{"once too often"});
    EXPECT_EQ(join().reason, "client closed the connection (once too often)");
}

TEST_F(WaitingPumpTest, a_broken_host_closes_the_client_without_a_word) {
    lose(true);
    EXPECT_EQ(receive_all(client_end), "");
    order(Finish{"client did not come back"});
    EXPECT_EQ(join().state, "partial");
}

TEST_F(WaitingPumpTest, a_host_that_is_lost_as_well_is_only_noted) {
    lose();
    host_end.reset();
    std::string recorded;
    while (recorded.find("host lost") == std::string::npos) recorded += receive(recorder_end);
    order(HandOver{});
    EXPECT_TRUE(join().handed_over);
}

TEST_F(WaitingPumpTest, limits_and_kills_hold_meanwhile) {
    lose();
    order(Kill{"ended by the operator"});
    const auto& ended = join();
    EXPECT_EQ(ended.state, "partial");
    EXPECT_EQ(ended.reason, "ended by the operator");
}

TEST_F(PumpTest, an_order_for_a_session_that_does_not_wait_ends_it) {
    start();
    ASSERT_TRUE(core_side.send(encode(Answer(HandOver{}))));
    EXPECT_EQ(join().state, "partial");
}

TEST_F(PumpTest, a_refusing_machine_ends_the_session_with_its_words) {
    start();
    send(client_end, "violation");
    EXPECT_EQ(join().reason, "protocol violation");
}

TEST_F(PumpTest, a_client_that_does_not_read_holds_the_host_back) {
    start();
    std::thread recorder([this] { (void)receive_all(recorder_end); });
    const std::string block(64 * 1024, 'x');
    std::size_t accepted = 0;
    timeval patience{0, 300'000};
    ::setsockopt(host_end.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    for (;;) {
        const auto sent = ::send(host_end.get(), block.data(), block.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        accepted += static_cast<std::size_t>(sent);
    }
    EXPECT_GE(accepted, Pump::leg_high_water_bytes);
    EXPECT_LT(accepted, 4 * Pump::leg_high_water_bytes);
    client_end.reset();
    EXPECT_EQ(join().reason, "client closed the connection");
    recorder.join();
}

}  // namespace
}  // namespace lucid::rdp::gateway

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/scan/proto/scan_frames.hpp>
#include <lucid/scan/service/ask_clamd.hpp>
#include <lucid/scan/service/scanner_process.hpp>

#include <filesystem>
#include <sys/socket.h>
#include <tests/support/clamd_double.hpp>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::scan::service {
namespace {

using proto::ScanOp;
using proto::ScanResult;
using proto::Verdict;

class ScannerTest : public testing::Test {
  protected:
    ScannerTest()
        : path_(std::filesystem::temp_directory_path().string() + "/lucid-scan-" +
                std::to_string(::getpid()) + "-" + std::to_string(++count_)) {
        auto pair = core::net::FrameChannel::make_pair();
        core_ = std::move(pair->first);
        options_.clamd = *ScannerAddress::parse("unix:" + path_);
        thread_ = std::thread(
            [channel = std::make_shared<core::net::FrameChannel>(std::move(pair->second)), this] {
                run_scanner(std::move(*channel), options_);
            });
    }
    ~ScannerTest() override {
        core_ = {};
        thread_.join();
    }
    void start_clamd() { clamd_ = std::make_unique<test::ClamdDouble>(path_); }
    core::net::Fd pipe() {
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        core::net::Fd ours(ends[0]);
        const core::net::Fd theirs(ends[1]);
        EXPECT_TRUE(core_.send(as_bytes("{}"), theirs.get()));
        const timeval patience{20, 0};
        ::setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        return ours;
    }
    static void send(int socket, ByteView bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes = bytes.subspan(static_cast<std::size_t>(sent));
        }
    }
    static Bytes frames(std::uint32_t id, ByteView content, std::size_t piece = 1000) {
        Bytes out;
        for (std::size_t at = 0; at < content.size(); at += piece) {
            const auto part = content.subspan(at, std::min(piece, content.size() - at));
            append(out, proto::scan_frame_head(ScanOp::piece, id, part.size()));
            append(out, part);
        }
        append(out, proto::scan_frame_head(ScanOp::end, id, 0));
        return out;
    }
    /// Nothing when the scanner closed.
    static std::optional<proto::VerdictFrame> verdict(int socket) {
        Bytes in;
        for (;;) {
            if (const auto frame = proto::peek_verdict_frame(in); frame && *frame) return **frame;
            std::uint8_t byte = 0;
            if (::recv(socket, &byte, 1, 0) != 1) return std::nullopt;
            in.push_back(byte);
        }
    }
    ScanResult ask(int socket, std::uint32_t id, std::string_view content) {
        send(socket, frames(id, as_bytes(content)));
        const auto answer = verdict(socket);
        EXPECT_TRUE(answer);
        if (!answer) return {};
        EXPECT_EQ(answer->id, id);
        return answer->result;
    }

    std::string path_;
    core::net::FrameChannel core_;
    ScannerOptions options_{{}, std::chrono::milliseconds(1000)};
    std::unique_ptr<test::ClamdDouble> clamd_;

  private:
    static inline int count_ = 0;
    std::thread thread_;
};

TEST_F(ScannerTest, tells_what_clamd_said) {
    start_clamd();
    const auto socket = pipe();
    EXPECT_EQ(ask(socket.get(), 1, "harmless"), (ScanResult{Verdict::clean, ""}));
    EXPECT_EQ(ask(socket.get(), 2, "a VIRUS-WORD"), (ScanResult{Verdict::infected, "Test.Word"}));
    EXPECT_EQ(ask(socket.get(), 3, "TOO-LONG-WORD").verdict, Verdict::too_large);
    EXPECT_EQ(ask(socket.get(), 4, "NONSENSE-WORD").verdict, Verdict::unavailable);
    EXPECT_EQ(ask(socket.get(), 5, "HANG-UP-WORD").verdict, Verdict::unavailable);
    EXPECT_EQ(ask(socket.get(), 6, "SILENT-WORD").verdict, Verdict::timed_out);
    EXPECT_EQ(ask(socket.get(), 7, ""), (ScanResult{Verdict::clean, ""})) << "an empty content";
    EXPECT_EQ(ask(socket.get(), 8, "harmless").verdict, Verdict::clean) << "after all of that";
}

TEST_F(ScannerTest, large_contents_and_many_in_a_row_keep_their_order) {
    start_clamd();
    options_.limit = std::chrono::seconds(20);
    const auto socket = pipe();
    std::thread sender([&] {
        Bytes content(3 * 1024 * 1024, 'x');
        send(socket.get(), frames(1, content, proto::scan_piece_bytes_max));
        append(content, as_bytes("VIRUS-WORD"));
        send(socket.get(), frames(2, content, proto::scan_piece_bytes_max));
        for (std::uint32_t id = 3; id < 100; ++id)
            send(socket.get(), frames(id, as_bytes("small")));
    });
    for (std::uint32_t id = 1; id < 100; ++id) {
        const auto answer = verdict(socket.get());
        EXPECT_TRUE(answer);
        if (!answer) break;
        EXPECT_EQ(answer->id, id);
        EXPECT_EQ(answer->result.verdict, id == 2 ? Verdict::infected : Verdict::clean);
    }
    sender.join();
}

TEST_F(ScannerTest, clamd_that_is_away_is_a_verdict_and_its_return_another) {
    const auto socket = pipe();
    EXPECT_EQ(ask(socket.get(), 1, "harmless").verdict, Verdict::unavailable);
    start_clamd();
    EXPECT_EQ(ask(socket.get(), 2, "harmless").verdict, Verdict::clean);
    clamd_.reset();
    EXPECT_EQ(ask(socket.get(), 3, "harmless").verdict, Verdict::unavailable);
}

TEST_F(ScannerTest, pipes_do_not_wait_for_each_other) {
    start_clamd();
    const auto slow = pipe();
    const auto fast = pipe();
    send(slow.get(), frames(1, as_bytes("SILENT-WORD")));
    EXPECT_EQ(ask(fast.get(), 1, "harmless").verdict, Verdict::clean);
    EXPECT_EQ(verdict(slow.get())->result.verdict, Verdict::timed_out);
}

TEST_F(ScannerTest, who_breaks_the_protocol_loses_the_pipe) {
    start_clamd();
    const auto good = pipe();
    for (const auto& nonsense :
         {Bytes{0xff, 0xff, 0xff, 0xff}, Bytes{5, 0, 0, 0, 9, 1, 0, 0, 0},
          // Another content before the first one's end.
          Bytes{6, 0, 0, 0, 1, 1, 0, 0, 0, 'x', 6, 0, 0, 0, 1, 2, 0, 0, 0, 'x'}}) {
        const auto bad = pipe();
        send(bad.get(), nonsense);
        EXPECT_FALSE(verdict(bad.get()));
    }
    EXPECT_EQ(ask(good.get(), 1, "harmless").verdict, Verdict::clean);
}

TEST(ScannerAddress, is_a_path_or_a_numeric_endpoint) {
    EXPECT_EQ(ScannerAddress::parse("unix:/run/clamav/clamd.ctl")->text(),
              "unix:/run/clamav/clamd.ctl");
    EXPECT_EQ(ScannerAddress::parse("tcp:127.0.0.1:3310")->text(), "tcp:127.0.0.1:3310");
    EXPECT_EQ(ScannerAddress::parse("tcp:[::1]:3310")->text(), "tcp:[::1]:3310");
    for (const auto* wrong : {"", "unix:", "unix:clamd", "/run/clamd", "tcp:localhost:3310",
                              "tcp:127.0.0.1", "tcp:127.0.0.1:0", "127.0.0.1:3310"})
        EXPECT_FALSE(ScannerAddress::parse(wrong)) << wrong;
    EXPECT_TRUE(ScannerAddress::parse("unix:/" + std::string(106, 'p')));
    EXPECT_FALSE(ScannerAddress::parse("unix:/" + std::string(107, 'p')));
}

TEST(AskVersion, nobody_there_is_an_error) {
    EXPECT_FALSE(ask_version(*ScannerAddress::parse("unix:/nonexistent/clamd"),
                             std::chrono::milliseconds(500)));
}

}  // namespace
}  // namespace lucid::scan::service

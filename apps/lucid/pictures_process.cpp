// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "pictures_process.hpp"

#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/signals.hpp>
#include <lucid/sessions/pictures/event_stream.hpp>
#include <lucid/sessions/replay/export_channel.hpp>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace lucid::app {
namespace {

namespace fs = std::filesystem;
using core::net::Fd;
using core::net::FrameChannel;

/// Where lucid-pictures has its channel for files.
constexpr int channel_fd = 3;
constexpr std::size_t answer_bytes_max = 64 * 1024;
/// Events are handed over in pieces of about this size.
constexpr std::size_t piece_bytes = 1 << 20;

struct Pipe {
    Fd read;
    Fd write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail_errno(errno, "pipe");
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

Result<pid_t> spawn(const std::vector<std::string>& arguments, const Pipe& in, const Pipe& out,
                    const FrameChannel& files) {
    std::error_code error;
    const auto program = pictures_program();
    if (!fs::exists(program, error)) return fail(Errc::not_found, "lucid-pictures");
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.read.get(), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, files.fd(), channel_fd);
    pid_t child = 0;
    const int code =
        ::posix_spawn(&child, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0) return fail_errno(code, "start lucid-pictures");
    return child;
}

/// False once the reader is gone.
bool write_all(int fd, ByteView bytes) {
    while (!bytes.empty()) {
        const auto done = ::write(fd, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return true;
}

void write_events(int fd, const sessions::replay::Recording& recording) {
    Writer w;
    sessions::pictures::put_stream_head(w, recording.manifest.duration_us);
    for (const auto& event : recording.events) {
        if (!sessions::pictures::is_drawn(event)) continue;
        sessions::pictures::put_stream_event(w, event);
        if (w.offset() < piece_bytes) continue;
        if (!write_all(fd, w.view())) return;
        w.clear();
    }
    (void)write_all(fd, w.view());
}

std::string read_answer(int fd) {
    std::string answer;
    char buffer[4096];
    while (answer.size() < answer_bytes_max) {
        const auto got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        answer.append(buffer, static_cast<std::size_t>(got));
    }
    return answer;
}

/// How it ended, where that was not its own doing.
Result<void> check_end(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (!WIFSIGNALED(status)) return {};
    if (WTERMSIG(status) == SIGSYS)
        return fail(Errc::refused,
                    "it asked the system for a file or a connection and was ended: what the host "
                    "sent may have taken it over");
    return fail(Errc::peer_closed, "it was killed by signal",
                static_cast<std::uint64_t>(WTERMSIG(status)));
}

}  // namespace

std::string pictures_program() {
    std::error_code error;
    return (fs::read_symlink("/proc/self/exe", error).parent_path() / "lucid-pictures").string();
}

Result<std::string> run_pictures(const sessions::replay::Recording& recording,
                                 const std::vector<std::string>& arguments,
                                 sessions::replay::ExportFiles& files) {
    LUCID_TRY(auto in, make_pipe());
    LUCID_TRY(auto out, make_pipe());
    LUCID_TRY(auto channel, FrameChannel::make_pair());
    LUCID_TRY(const auto child, spawn(arguments, in, out, channel.second));
    in.read = Fd();
    out.write = Fd();
    channel.second = FrameChannel();
    // A program that ends early is told by its answer, not by a signal to us.
    {
        const core::runtime::PipeSignalIgnored ignored;
        write_events(in.write.get(), recording);
    }
    in.write = Fd();
    const auto served = sessions::replay::serve_export(channel.first, files);
    channel.first = FrameChannel();
    auto answer = read_answer(out.read.get());
    LUCID_CHECK(check_end(child));
    LUCID_CHECK(served);
    return answer;
}

}  // namespace lucid::app

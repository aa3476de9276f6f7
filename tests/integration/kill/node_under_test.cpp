// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "node_under_test.hpp"

#include <lucid/common/result/assert.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/rdp/gateway/dial.hpp>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sstream>
#include <sys/wait.h>
#include <tests/support/kill_process.hpp>
#include <unistd.h>

#include "../../support/test_paths.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::test {

namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

std::uint16_t free_port() {
    const auto listener = rdp::gateway::listen_tcp({"127.0.0.1", 0});
    return rdp::gateway::endpoint_of(listener->get(), false)->port;
}

/// Empty when the process is gone, also while it is being read: a file stream would throw then.
std::string read_process_file(const std::string& path) {
    const core::net::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; file.valid() && (got = ::read(file.get(), part.data(), part.size())) > 0;)
        text.append(part.data(), static_cast<std::size_t>(got));
    return text;
}

std::string command_line(pid_t pid) {
    auto text = read_process_file(fmt::format("/proc/{}/cmdline", pid));
    for (auto& c : text)
        if (c == '\0') c = ' ';
    return text;
}

/// Starts the program; `output` gets its standard output when not negative.
pid_t spawn(const std::vector<std::string>& arguments, int input, int output) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    if (input >= 0) ::dup2(input, STDIN_FILENO);
    if (output >= 0) ::dup2(output, STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

NodeUnderTest::NodeUnderTest() : port_(free_port()) {
    std::string pattern = (fs::temp_directory_path() / "lucid-kill-XXXXXX").string();
    LUCID_ASSERT(::mkdtemp(pattern.data()) != nullptr);
    data_ = pattern + "/data";
    const auto made = run({"init", "--listen", fmt::format("127.0.0.1:{}", port_), "--rpc",
                           fmt::format("127.0.0.1:{}", free_port())});
    LUCID_ASSERT(!made.is_null());
}

NodeUnderTest::~NodeUnderTest() {
    if (core_ > 0) {
        ::kill(core_, SIGTERM);
        if (!eventually([this] { return ::waitpid(core_, nullptr, WNOHANG) == core_; })) {
            ::kill(core_, SIGKILL);
            ::waitpid(core_, nullptr, 0);
        }
    }
    std::error_code ignored;
    fs::remove_all(fs::path(data_).parent_path(), ignored);
}

Json run_lucid(const std::string& data, const std::vector<std::string>& arguments,
               const std::string& input) {
    std::vector<std::string> words = {LUCID_BINARY, "--data", data, "--json"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::array<int, 2> in{}, out{};
    LUCID_ASSERT(::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0);
    const pid_t pid = spawn(words, in[0], out[1]);
    ::close(in[0]);
    ::close(out[1]);
    (void)!::write(in[1], input.data(), input.size());
    ::close(in[1]);
    std::string text;
    std::array<char, 4096> part{};
    for (ssize_t got = 0; (got = ::read(out[0], part.data(), part.size())) > 0;)
        text.append(part.data(), static_cast<std::size_t>(got));
    ::close(out[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return nullptr;
    return Json::parse(text, nullptr, false);
}

bool kill_lucid(const std::string& data, const std::vector<std::string>& arguments,
                std::chrono::microseconds delay) {
    std::vector<std::string> words = {LUCID_BINARY, "--data", data, "--json"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const pid_t pid = spawn(words, nowhere, nowhere);
    ::close(nowhere);
    std::this_thread::sleep_for(delay);
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return false;
    kill_process(pid);
    ::waitpid(pid, &status, 0);
    return WIFSIGNALED(status);
}

bool unpack_format_1(const std::string& data) {
    fs::create_directories(data);
    const auto archive =
        std::string(lucid::test::source_dir) + "/tests/integration/weeks/format-1/data.tar.zst";
    return std::system(fmt::format("tar -C {} --strip-components=1 --zstd -xf {}", data, archive)
                           .c_str()) == 0;
}

Json NodeUnderTest::run(const std::vector<std::string>& arguments, const std::string& input) const {
    return run_lucid(data_, arguments, input);
}

void NodeUnderTest::start() {
    const int log =
        ::open((data_ + "/log/up.log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    core_ = spawn({LUCID_BINARY, "--data", data_, "up"}, -1, log);
    ::close(log);
    LUCID_ASSERT(eventually([this] {
        const auto status = run({"status"});
        return status.is_object() && status.value("running", false) && serves("recorder");
    }));
}

void NodeUnderTest::kill_core() {
    const auto left = children();
    kill_process(core_);
    ::waitpid(core_, nullptr, 0);
    core_ = -1;
    LUCID_ASSERT(eventually([&] {
        for (const auto pid : left)
            if (command_line(pid).find(" role ") != std::string::npos) return false;
        return true;
    }));
}

std::vector<pid_t> NodeUnderTest::children() const {
    std::vector<pid_t> out;
    std::error_code ignored;
    for (const auto& task : fs::directory_iterator(fmt::format("/proc/{}/task", core_), ignored)) {
        std::istringstream in(read_process_file((task.path() / "children").string()));
        for (pid_t pid = 0; in >> pid;) out.push_back(pid);
    }
    return out;
}

pid_t NodeUnderTest::role(const std::string& name) const {
    for (const auto pid : children())
        if (!killed_.contains(pid) && command_line(pid).find("role " + name) != std::string::npos)
            return pid;
    return -1;
}

bool NodeUnderTest::kill_role(const std::string& name) {
    pid_t pid = -1;
    if (!eventually([&] { return (pid = role(name)) > 0; })) return false;
    killed_.insert(pid);
    return kill_process(pid);
}

bool NodeUnderTest::serves(const std::string& name) const {
    const auto status = run({"status"});
    if (!status.is_object()) return false;
    for (const auto& process : status.value("processes", Json::array()))
        if (process.value("role", "") == name)
            return process.value("running", false) && !killed_.contains(process.value("pid", -1));
    return false;
}

}  // namespace lucid::test

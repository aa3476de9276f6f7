// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "ways.hpp"

#include <lucid/common/crypto/age.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::bench {
namespace {

namespace fs = std::filesystem;
namespace format = sessions::format;
using sessions::recorder::SessionWriter;

/// As a relay hands PDUs over.
constexpr std::size_t event_bytes = 16 * 1024;

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Runs `work` in a child; its exit code decides.
std::optional<Sample> measure(const std::function<int()>& work) {
    const auto start = std::chrono::steady_clock::now();
    const auto child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    rusage used{};
    if (child < 0 || ::wait4(child, &status, 0, &used) != child) return std::nullopt;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    Sample sample;
    sample.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    sample.cpu_s = seconds(used.ru_utime) + seconds(used.ru_stime);
    return sample;
}

int run_shell(const std::string& line) {
    ::execl("/bin/sh", "sh", "-ec", line.c_str(), static_cast<char*>(nullptr));
    return 127;
}

Result<void> record(const std::string& file, const std::string& to) {
    const SessionId id{crypto::random_array<32>()};
    const auto session_key = crypto::Secret::copy_of(crypto::random_array<32>());
    const crypto::Ed25519Key evidence_key(crypto::Secret::copy_of(crypto::random_array<32>()));
    const std::array<crypto::age::Recipient, 1> owner = {
        crypto::age::Identity::generate().recipient()};
    LUCID_TRY(const auto envelope, format::seal_session_envelope(id, session_key, owner));
    format::Manifest skeleton;
    skeleton.session_id = id;
    skeleton.host = "bench";
    skeleton.recorder = "bench";
    LUCID_TRY(const auto writer, SessionWriter::create(to + "/" + id.hex(), skeleton, session_key,
                                                       envelope, evidence_key));
    const core::net::Fd input(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const auto start_us = core::runtime::boottime_us();
    Bytes event(event_bytes);
    std::uint64_t now_us = 0;
    for (;;) {
        const auto got = ::read(input.get(), event.data(), event.size());
        if (got < 0) return fail(Errc::io_failed, "read data");
        if (got == 0) break;
        now_us = static_cast<std::uint64_t>(core::runtime::boottime_us() - start_us);
        LUCID_CHECK(writer->add(format::EventClass::screen, format::kind_server_pdu, now_us,
                                ByteView(event).first(static_cast<std::size_t>(got))));
        LUCID_CHECK(writer->tick(now_us));
    }
    LUCID_CHECK(writer->close(true, "end of data", 0, now_us));
    return {};
}

std::uint64_t size_of(const std::string& folder) {
    std::uint64_t total = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) total += entry.file_size();
    return total;
}

bool run_now(const std::string& line) {
    return measure([&] { return run_shell(line); }).has_value();
}

}  // namespace

const char* name_of(Way way) {
    switch (way) {
        case Way::lucid:
            return "lucid";
        case Way::restic:
            return "restic";
        case Way::borg:
            return "borg";
        case Way::age:
            return "zstd, age";
    }
    return "";
}

bool is_installed(Way way) {
    switch (way) {
        case Way::lucid:
            return true;
        case Way::restic:
            return run_now("restic version > /dev/null");
        case Way::borg:
            return run_now("borg --version > /dev/null");
        case Way::age:
            return run_now("age --version > /dev/null; zstd --version > /dev/null");
    }
    return false;
}

std::optional<Sample> seal_with(Way way, const std::string& file, const std::string& to) {
    std::optional<Sample> sample;
    if (way == Way::lucid) {
        sample = measure([&] { return record(file, to) ? 0 : 1; });
    } else if (way == Way::restic) {
        const auto use =
            fmt::format("export RESTIC_PASSWORD=bench RESTIC_REPOSITORY={}/repo; ", to);
        if (!run_now(use + "restic --no-cache init > /dev/null")) return std::nullopt;
        sample = measure(
            [&] { return run_shell(use + "exec restic --no-cache --quiet backup " + file); });
    } else if (way == Way::borg) {
        const auto use = fmt::format("export BORG_PASSPHRASE=bench BORG_BASE_DIR={}/base; ", to);
        if (!run_now(use + fmt::format("borg init -e repokey {}/repo 2> /dev/null", to)))
            return std::nullopt;
        sample = measure([&] {
            return run_shell(
                use + fmt::format("exec borg create --compression zstd,1 {}/repo::a {}", to, file));
        });
    } else {
        const auto owner = crypto::age::Identity::generate().recipient().text();
        sample = measure([&] {
            return run_shell(
                fmt::format("zstd -q -1 -T1 -c {} | age -r {} > {}/sealed; sync -d {}/sealed", file,
                            owner, to, to));
        });
    }
    if (sample) sample->stored_bytes = size_of(to);
    return sample;
}

}  // namespace lucid::bench

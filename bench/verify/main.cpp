// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// The verifier over a recording on disk, without and with the owner's key, beside sha256sum over
// the same chunk files: interleaved rounds in one run, medians of CPU time.
//   bench_verify [rounds] [megabytes] [--dir FOLDER]

#include <lucid/common/crypto/age.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/verify.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::bench {
namespace {

namespace fs = std::filesystem;
namespace format = sessions::format;
using sessions::recorder::SessionWriter;

constexpr std::size_t event_bytes = 16 * 1024;

/// A recording of noise: nothing compresses, so that stored bytes are what was recorded.
Result<std::string> record(const std::string& folder, std::size_t bytes,
                           const crypto::age::Identity& owner) {
    const SessionId id{crypto::random_array<32>()};
    const auto session_key = crypto::Secret::copy_of(crypto::random_array<32>());
    const crypto::Ed25519Key evidence_key(crypto::Secret::copy_of(crypto::random_array<32>()));
    const std::array<crypto::age::Recipient, 1> to = {owner.recipient()};
    LUCID_TRY(const auto envelope, format::seal_session_envelope(id, session_key, to));
    format::Manifest skeleton;
    skeleton.session_id = id;
    skeleton.host = "bench";
    skeleton.recorder = "bench";
    const auto directory = folder + "/" + id.hex();
    LUCID_TRY(const auto writer,
              SessionWriter::create(directory, skeleton, session_key, envelope, evidence_key));
    std::mt19937_64 random(1);
    Bytes event(event_bytes);
    std::uint64_t now_us = 0;
    for (std::size_t done = 0; done < bytes; done += event.size(), now_us += 500) {
        for (auto& byte : event) byte = static_cast<std::uint8_t>(random());
        LUCID_CHECK(
            writer->add(format::EventClass::screen, format::kind_server_pdu, now_us, event));
    }
    LUCID_CHECK(writer->close(true, "end of data", 0, now_us));
    return directory;
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// User and system seconds of a child that does `work`.
std::optional<double> cpu_of(const std::function<int()>& work) {
    const auto child = ::fork();
    if (child == 0) ::_exit(work());
    int status = 0;
    rusage used{};
    if (child < 0 || ::wait4(child, &status, 0, &used) != child) return std::nullopt;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

int verify(const std::string& directory, const crypto::age::Identity* identity) {
    sessions::replay::DirectoryBundle source(directory);
    format::VerifyOptions options;
    options.identity = identity;
    options.allow_unanchored = true;
    return format::verify(source, options).verdict == format::Verdict::consistent_unpinned ? 0 : 1;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int run(unsigned rounds, std::size_t megabytes, const std::string& parent) {
    auto folder = parent + "/lucid-bench-verify-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    const auto owner = crypto::age::Identity::generate();
    const auto directory = record(folder, megabytes * 1'000'000, owner);
    if (!directory) {
        fmt::print(stderr, "bench_verify: {}\n", directory.error().message());
        return 1;
    }
    const auto files = " " + *directory + "/chunks/*.lchk > /dev/null";
    const auto shell = [&files](const std::string& program) {
        return [line = program + files] {
            ::execl("/bin/sh", "sh", "-ec", line.c_str(), static_cast<char*>(nullptr));
            return 127;
        };
    };
    struct Way {
        const char* name;
        std::function<int()> work;
        std::vector<double> cpu_s;
    };
    std::vector<Way> ways = {
        {"sha256sum", shell("sha256sum"), {}},
        {"openssl dgst -sha256", shell("openssl dgst -sha256"), {}},
        {"lucid, no key", [&] { return verify(*directory, nullptr); }, {}},
        {"lucid, every segment opened", [&] { return verify(*directory, &owner); }, {}},
    };
    for (unsigned round = 0; round <= rounds; ++round)
        for (std::size_t i = 0; i < ways.size(); ++i) {
            auto& way = ways[(i + round) % ways.size()];
            const auto cpu_s = cpu_of(way.work);
            if (!cpu_s) {
                fmt::print(stderr, "bench_verify: {} failed\n", way.name);
                return 1;
            }
            // The first round warms the page cache.
            if (round > 0) way.cpu_s.push_back(*cpu_s);
        }
    fs::remove_all(folder);
    const auto base = median(ways[0].cpu_s);
    const auto fastest = median(ways[1].cpu_s);
    fmt::print(
        "| way | MB/s per core | speed / sha256sum | speed / openssl |\n|---|---|---|---|\n");
    for (const auto& way : ways) {
        const auto cpu_s = median(way.cpu_s);
        fmt::print("| {} | {:.0f} | {:.2f} | {:.2f} |\n", way.name,
                   static_cast<double>(megabytes) / cpu_s, base / cpu_s, fastest / cpu_s);
    }
    return 0;
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    unsigned rounds = 7;
    std::size_t megabytes = 256;
    std::string folder = std::filesystem::temp_directory_path().string();
    unsigned position = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--dir" && i + 1 < argc)
            folder = argv[++i];
        else if (position++ == 0)
            rounds = static_cast<unsigned>(std::max(1, std::atoi(argv[i])));
        else
            megabytes = static_cast<std::size_t>(std::max(1, std::atoi(argv[i])));
    }
    return lucid::bench::run(rounds, megabytes, folder);
}

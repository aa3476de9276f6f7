// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Lucid's recording pipeline (zstd, ChaCha20-Poly1305, SHA-256 tree, chunk files, fdatasync) beside
// restic, borg and zstd | age on the same data: interleaved rounds in one run, medians.
//   bench_seal [rounds] [megabytes] [--file NAME=PATH]... [--dir FOLDER]

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ways.hpp"
#include <fmt/format.h>

namespace lucid::bench {
namespace {

namespace fs = std::filesystem;

struct Data {
    std::string name;
    std::string path;
};

/// Lines as a log has them: keys repeat, values do not.
void write_log_lines(const std::string& path, std::size_t bytes) {
    std::ofstream out(path, std::ios::binary);
    std::mt19937_64 random(1);
    for (std::size_t done = 0; done < bytes;) {
        const auto line = fmt::format(
            "{{\"time\":{},\"level\":\"info\",\"module\":\"relay-{}\",\"session\":\"{:016x}\","
            "\"message\":\"channel opened\",\"bytes\":{},\"ok\":{}}}\n",
            1'700'000'000 + done, random() % 16, random(), random() % 100'000,
            random() % 2 == 0 ? "true" : "false");
        out << line;
        done += line.size();
    }
}

void write_noise(const std::string& path, std::size_t bytes) {
    std::ofstream out(path, std::ios::binary);
    std::mt19937_64 random(2);
    std::vector<std::uint64_t> block(8192);
    for (std::size_t done = 0; done < bytes; done += block.size() * sizeof block[0]) {
        for (auto& word : block) word = random();
        out.write(reinterpret_cast<const char*>(block.data()),
                  static_cast<std::streamsize>(block.size() * sizeof block[0]));
    }
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

template <class Get>
double median_of(const std::vector<Sample>& samples, Get get) {
    std::vector<double> values;
    for (const auto& sample : samples) values.push_back(get(sample));
    return median(std::move(values));
}

/// All ways once, in an order that turns by one each round.
bool run_round(unsigned round, const std::vector<Way>& ways, const Data& data,
               const std::string& folder, std::map<Way, std::vector<Sample>>& samples) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
        const auto way = ways[(i + round) % ways.size()];
        const auto to = folder + "/sealed";
        fs::remove_all(to);
        fs::create_directories(to);
        const auto sample = seal_with(way, data.path, to);
        if (!sample) {
            fmt::print(stderr, "bench_seal: {} failed on {}\n", name_of(way), data.name);
            return false;
        }
        samples[way].push_back(*sample);
    }
    fs::remove_all(folder + "/sealed");
    return true;
}

void print_table(const Data& data, const std::vector<Way>& ways,
                 const std::map<Way, std::vector<Sample>>& samples) {
    const auto megabytes = static_cast<double>(fs::file_size(data.path)) / 1e6;
    const auto cpu = [](const Sample& s) { return s.cpu_s; };
    const auto own = median_of(samples.at(Way::lucid), cpu);
    for (const auto way : ways) {
        const auto& of_way = samples.at(way);
        const auto cpu_s = median_of(of_way, cpu);
        fmt::print("| {} | {} | {:.0f} | {:.2f} | {:.0f} | {:.2f} | {:.1f} % |\n", data.name,
                   name_of(way),
                   megabytes / median_of(of_way, [](const Sample& s) { return s.wall_s; }),
                   1000 * cpu_s / megabytes, megabytes / cpu_s, cpu_s / own,
                   100 * static_cast<double>(of_way.front().stored_bytes) / 1e6 / megabytes);
    }
}

struct Options {
    unsigned rounds = 5;
    std::size_t megabytes = 256;
    std::vector<Data> files;
    std::string folder;
};

Options parse(int argc, char** argv) {
    Options options;
    unsigned position = 0;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        const auto has_value = i + 1 < argc;
        if (word == "--file" && has_value) {
            const std::string value = argv[++i];
            const auto equals = value.find('=');
            if (equals != std::string::npos)
                options.files.push_back({value.substr(0, equals), value.substr(equals + 1)});
        } else if (word == "--dir" && has_value) {
            options.folder = argv[++i];
        } else if (position++ == 0) {
            options.rounds = static_cast<unsigned>(std::max(1, std::atoi(argv[i])));
        } else {
            options.megabytes = static_cast<std::size_t>(std::max(1, std::atoi(argv[i])));
        }
    }
    return options;
}

int run(const Options& options) {
    auto folder = (options.folder.empty() ? fs::temp_directory_path().string() : options.folder) +
                  "/lucid-bench-seal-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    const auto bytes = options.megabytes * 1'000'000;
    std::vector<Data> all = {{"compressible (log lines)", folder + "/lines"},
                             {"incompressible", folder + "/noise"}};
    write_log_lines(all[0].path, bytes);
    write_noise(all[1].path, bytes);
    all.insert(all.end(), options.files.begin(), options.files.end());
    std::vector<Way> ways;
    for (const auto way : all_ways) {
        if (is_installed(way))
            ways.push_back(way);
        else
            fmt::print(stderr, "bench_seal: {} is not installed, left out\n", name_of(way));
    }
    fmt::print(
        "| data | way | MB/s | CPU ms/MB | MB/s per core | CPU × lucid | stored |\n"
        "|---|---|---|---|---|---|---|\n");
    bool good = true;
    for (const auto& data : all) {
        std::map<Way, std::vector<Sample>> samples;
        for (unsigned round = 0; good && round < options.rounds; ++round)
            good = run_round(round, ways, data, folder, samples);
        if (good) print_table(data, ways, samples);
        std::fflush(stdout);
    }
    fs::remove_all(folder);
    return good ? 0 : 1;
}

}  // namespace
}  // namespace lucid::bench

int main(int argc, char** argv) {
    return lucid::bench::run(lucid::bench::parse(argc, argv));
}

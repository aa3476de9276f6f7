// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tests/integration/wasm/case.hpp>
#include <tests/integration/wasm/make_cases.hpp>

// codec_cases write FOLDER      cases of all codecs (NAME.case) and what they decode to
// (NAME.pixels) codec_cases time FILE ROUNDS  CPU milliseconds of one run of the case, best of the
// rounds

namespace fs = std::filesystem;

namespace {

lucid::Bytes read_all(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_all(const fs::path& path, const lucid::Bytes& bytes) {
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

double cpu_ms() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

int time_case(const fs::path& file, int rounds) {
    const auto bytes = read_all(file);
    double best = 1e9;
    for (int i = 0; i < rounds; ++i) {
        const double start = cpu_ms();
        if (lucid::test::run_case(bytes).empty()) return 1;
        best = std::min(best, cpu_ms() - start);
    }
    std::printf("%.3f\n", best);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 4 && std::strcmp(argv[1], "time") == 0)
        return time_case(argv[2], std::atoi(argv[3]));
    if (argc != 3 || std::strcmp(argv[1], "write") != 0) {
        std::fputs("usage: codec_cases write FOLDER | time FILE ROUNDS\n", stderr);
        return 2;
    }
    const fs::path folder = argv[2];
    fs::create_directories(folder);
    for (const auto& [name, bytes] : lucid::test::make_cases()) {
        write_all(folder / (name + ".case"), bytes);
        write_all(folder / (name + ".pixels"), lucid::test::run_case(bytes));
    }
    return 0;
}

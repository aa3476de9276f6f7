// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/rdp/audio/ffmpeg_sound.hpp>
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>
#include <lucid/rdp/headless/runner.hpp>
#include <lucid/sessions/pictures/png.hpp>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <unistd.h>

#include <fmt/format.h>

// lucid-client: what `lucid connect --headless` runs. A program of its own, because hosts' H.264 is
// decoded here by a large library in C: no other process of Lucid carries it beside a network
// connection. Its order comes on the descriptor that the first argument names.

namespace {

namespace headless = lucid::rdp::headless;
namespace pictures = lucid::sessions::pictures;
using lucid::Errc;
using lucid::Result;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

Result<headless::Order> read_order(int fd) {
    const lucid::core::net::Fd source(fd);
    lucid::Bytes bytes(headless::order_bytes_max);
    std::size_t size = 0;
    while (size < bytes.size()) {
        const auto got = ::read(source.get(), bytes.data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return lucid::fail_errno(errno, "order");
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    const lucid::crypto::Secret order(std::move(bytes));
    return headless::decode_order(order.expose().first(size));
}

Result<void> write_png(const lucid::rdp::picture::PixelBuffer& screen, const std::string& file) {
    LUCID_TRY(const auto png,
              pictures::encode_png({screen.bytes(), screen.width(), screen.height()}));
    return lucid::core::runtime::write_file_atomically(file, png, 0644);
}

int run(int argc, char** argv) {
    int fd = -1;
    const bool is_number =
        argc == 2 && std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), fd).ec == std::errc();
    if (!is_number || fd < 0) {
        fmt::print(stderr, "lucid-client is started by `lucid connect --headless`\n");
        return exit_usage;
    }
    const auto order = read_order(fd);
    if (!order) {
        fmt::print(stderr, "lucid-client: {}\n", order.error().message());
        return exit_failed;
    }
    headless::Runner runner(*order, {lucid::rdp::avc::make_ffmpeg_decoder,
                                     lucid::rdp::audio::make_ffmpeg_sound_decoder, write_png});
    return runner.run();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "lucid-client: {}\n", error.what());
        return exit_failed;
    }
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// An indexer or exporter that was taken over by the first pixels it saw and then tries to get out:
// it opens a file that everybody may read, or makes a socket. When that is not its end, it says so
// in their own words: an index that calls itself whole, an export that worked.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>

#include <fcntl.h>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace {

void leave() {
#if defined(LUCID_WAY_OUT_file)
    (void)::open("/etc/ld.so.cache", O_RDONLY);
#else
    (void)::socket(AF_INET, SOCK_STREAM, 0);
#endif
}

int index() {
    constexpr int recorder = 3;
    char pixels[4096];
    if (::recv(recorder, pixels, sizeof pixels, 0) <= 0) return 1;
    leave();
    while (::recv(recorder, pixels, sizeof pixels, 0) > 0) {
    }
    lucid::Writer done;
    done.u32_le(10).u8(5).u8(95).u64_le(0);
    (void)::send(recorder, done.view().data(), done.view().size(), 0);
    return 0;
}

int draw() {
    char pixels[4096];
    while (::read(STDIN_FILENO, pixels, sizeof pixels) > 0) {
    }
    leave();
    constexpr std::string_view answer = "{\"ok\":true,\"pictures\":1,\"undrawn\":0}\n";
    (void)!::write(STDOUT_FILENO, answer.data(), answer.size());
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (!lucid::core::runtime::harden_process(16)) return 1;
    if (!lucid::core::runtime::confine_decoder()) return 1;
    return argc > 1 && std::string_view(argv[1]) == "index" ? index() : draw();
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/sessions/replay/tar.hpp>

#include <sys/mman.h>
#include <unistd.h>

/// Oracle: an archive that is accepted lists files that can be read in full length.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    const core::net::Fd file(::memfd_create("archive", MFD_CLOEXEC));
    LUCID_ASSERT(::write(file.get(), data, size) == static_cast<ssize_t>(size));
    auto tar = sessions::replay::TarBundle::open("/proc/self/fd/" + std::to_string(file.get()));
    if (!tar) return 0;
    const auto files = tar->list();
    LUCID_ASSERT(files);
    for (const auto& entry : *files) {
        const auto content = tar->read(entry.name, size);
        LUCID_ASSERT(content && content->size() == entry.size);
    }
    return 0;
}

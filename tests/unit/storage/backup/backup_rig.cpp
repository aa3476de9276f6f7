// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "backup_rig.hpp"

#include <lucid/common/crypto/random.hpp>

#include <filesystem>
#include <random>
#include <stdlib.h>

#include <gtest/gtest.h>

namespace lucid::storage::backup::test {

namespace fs = std::filesystem;

namespace {

std::string make_root() {
    std::string path = ::testing::TempDir() + "lucid-backup-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
}

constexpr std::size_t file_bytes_max = 64 << 20;

}  // namespace

BackupRig::BackupRig()
    : recovery(crypto::age::Identity::generate()),
      node(crypto::age::Identity::generate()),
      key(crypto::Secret::copy_of(crypto::random_array<32>())),
      root_(make_root()) {}

BackupRig::~BackupRig() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
}

WriterOptions BackupRig::options() const {
    WriterOptions options;
    options.recipients = {node.recipient(), recovery.recipient()};
    options.identity = &node;
    options.key = &key;
    options.description.node = "00";
    options.description.lucid = "test";
    return options;
}

Result<Writer::Done> BackupRig::back_up(const std::map<std::string, Bytes>& files,
                                        std::int64_t now_s, std::uint64_t* stored_bytes) const {
    LUCID_TRY(auto target, repository());
    LUCID_TRY(const auto lock, target.lock());
    LUCID_TRY(auto writer, Writer::begin(target, options()));
    for (const auto& [path, content] : files) LUCID_CHECK(writer.add(path, content));
    auto done = writer.finish(now_s);
    if (stored_bytes != nullptr) *stored_bytes = writer.stored_bytes();
    return done;
}

Result<std::map<std::string, Bytes>> BackupRig::restore(const std::string& name) const {
    LUCID_TRY(const auto from, Repository::open(folder()));
    LUCID_TRY(const auto names, from.snapshots());
    if (names.empty()) return fail(Errc::not_found, "snapshot");
    LUCID_TRY(const auto text, from.read_snapshot(name.empty() ? names.back() : name));
    LUCID_TRY(const auto snapshot, Snapshot::from_text(text));
    LUCID_TRY(auto reader, Reader::open(from, snapshot, recovery));
    std::map<std::string, Bytes> out;
    for (const auto& file : reader.files()) {
        LUCID_TRY(out[file.path], reader.read(file, file_bytes_max));
    }
    return out;
}

std::vector<std::string> BackupRig::objects() const {
    std::vector<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(folder() + "/objects"))
        if (entry.is_regular_file()) out.push_back(entry.path().string());
    std::sort(out.begin(), out.end());
    return out;
}

Bytes noise(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    Bytes bytes(count);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(generator());
    return bytes;
}

}  // namespace lucid::storage::backup::test

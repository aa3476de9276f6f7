// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/storage/backup/reader.hpp>
#include <lucid/storage/backup/verify.hpp>

#include <map>

namespace lucid::storage::backup {
namespace {

struct Wanted {
    std::uint64_t bytes = 0;
    std::string snapshot;  ///< the first that names it
};

void check_files(const Repository& repository, const std::string& name, const Snapshot& snapshot,
                 const crypto::age::Identity& identity, const std::set<Hash32>& bad_objects,
                 VerifyFindings& findings) {
    auto reader = Reader::open(repository, snapshot, identity);
    if (!reader) {
        findings.bad.push_back(name + ": " + reader.error().message());
        return;
    }
    for (const auto& file : reader->files()) {
        ++findings.files;
        bool good = true;
        for (const auto& part : file.parts) good &= !bad_objects.contains(part.object);
        if (good) good = static_cast<bool>(reader->check(file));
        if (!good) findings.bad_files.push_back(name + ": " + file.path);
    }
}

}  // namespace

Result<VerifyFindings> verify(const Repository& repository, const std::vector<std::string>& names,
                              const crypto::age::Identity* identity,
                              const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    VerifyFindings findings;
    std::map<std::string, Snapshot> snapshots;
    std::map<Hash32, Wanted> wanted;
    std::uint64_t total = 0;
    for (const auto& name : names) {
        const auto text = repository.read_snapshot(name);
        auto snapshot = text ? Snapshot::from_text(*text) : fail(text.error());
        if (!snapshot) {
            findings.bad.push_back(name + ": " + snapshot.error().message());
            continue;
        }
        for (const auto& object : snapshot->objects)
            if (wanted.emplace(object.name, Wanted{object.bytes, name}).second)
                total += object.bytes;
        snapshots.emplace(name, std::move(*snapshot));
    }
    findings.snapshots = snapshots.size();
    std::set<Hash32> bad;
    for (const auto& [name, object] : wanted) {
        const auto sealed = repository.read(name);
        ++findings.objects;
        findings.bytes += object.bytes;
        if (progress) progress(findings.bytes, total);
        if (sealed && sealed->size() == object.bytes) continue;
        bad.insert(name);
        findings.bad_objects.push_back(name);
        findings.bad.push_back(object.snapshot + ": object " + to_hex(name).substr(0, 16) + " " +
                               (sealed ? "has another size"
                                : sealed.error().code == make_error_code(Errc::not_found)
                                    ? "is missing"
                                    : "is damaged: " + sealed.error().message()));
    }
    if (identity != nullptr)
        for (const auto& [name, snapshot] : snapshots)
            check_files(repository, name, snapshot, *identity, bad, findings);
    for (const auto& file : findings.bad_files)
        findings.bad.push_back(file + " cannot be restored from it");
    return findings;
}

}  // namespace lucid::storage::backup

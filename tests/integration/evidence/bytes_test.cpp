// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/chunk.hpp>

#include <random>

#include "forge.hpp"
#include <gtest/gtest.h>

// Edits by somebody who has only the files.

namespace lucid::evidence_test {
namespace {

using sessions::format::Verdict;

/// A changed manifest is found by its signature.
std::string alias(const std::string& file) {
    return file == "manifest.json" ? "manifest.sig" : "";
}

std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& [name, content] : world().bundles[0].files) out.push_back(name);
    return out;
}

std::vector<std::string> chunk_names() {
    auto out = names();
    std::erase_if(out, [](const auto& name) { return !name.starts_with("chunks/"); });
    return out;
}

TEST(EvidenceBytes, the_untouched_bundle_is_verified_by_outsider_and_owner) {
    auto bundle = world().bundles[0];
    for (const bool as_owner : {false, true}) {
        sessions::format::VerifyOptions options;
        options.trust = world().trust();
        if (as_owner) options.identity = &world().owner;
        const auto report = sessions::format::verify(bundle, options);
        EXPECT_EQ(report.verdict, Verdict::verified)
            << (report.bad ? report.bad->file + ": " + report.bad->rule : "");
        EXPECT_EQ(report.opened, as_owner);
        EXPECT_EQ(report.events, as_owner ? 1 + 299 * 2U : 0U);
    }
    sessions::format::VerifyOptions without_trust;
    EXPECT_EQ(sessions::format::verify(bundle, without_trust).verdict,
              Verdict::consistent_unpinned);
}

TEST(EvidenceBytes, one_changed_bit_anywhere_is_refused_and_its_file_named) {
    std::mt19937_64 random(1);
    for (const auto& name : names()) {
        for (int i = 0; i < 40; ++i) {
            auto bundle = world().bundles[0];
            auto& file = bundle.files[name];
            const auto bit = random() % (file.size() * 8);
            file[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
            expect_refused(std::move(bundle), name + " bit " + std::to_string(bit), name,
                           alias(name));
        }
    }
}

TEST(EvidenceBytes, a_changed_bit_of_a_segment_names_the_segment_and_its_bytes) {
    std::mt19937_64 random(2);
    for (const auto& name : chunk_names()) {
        const auto chunk = sessions::format::decode_chunk(world().bundles[0].files[name]);
        ASSERT_TRUE(chunk);
        for (int i = 0; i < 8; ++i) {
            const auto& segment = chunk->segments[random() % chunk->segments.size()];
            const auto at = segment.offset + sessions::format::segment_header_bytes +
                            random() % segment.header.body_length;
            auto bundle = world().bundles[0];
            bundle.files[name][at] ^= 0x10;
            for (const bool as_owner : {false, true}) {
                const auto verdict = judge(bundle, as_owner);
                ASSERT_TRUE(verdict.refused);
                EXPECT_EQ(verdict.place.file, name);
                EXPECT_EQ(verdict.place.segment, segment.header.index);
                EXPECT_EQ(verdict.place.begin, segment.offset);
                EXPECT_EQ(verdict.place.end, segment.offset + segment.length);
            }
            expect_refused(std::move(bundle), name);
        }
    }
}

TEST(EvidenceBytes, overwritten_ranges_are_refused) {
    std::mt19937_64 random(3);
    const auto all = names();
    for (int i = 0; i < 120; ++i) {
        const auto& name = all[random() % all.size()];
        auto bundle = world().bundles[0];
        auto& file = bundle.files[name];
        const auto before = file;
        const auto begin = random() % file.size();
        const auto length = 1 + random() % std::min<std::size_t>(64, file.size() - begin);
        for (std::size_t at = begin; at < begin + length; ++at)
            file[at] = static_cast<std::uint8_t>(random());
        if (file == before) continue;
        expect_refused(std::move(bundle), name + " from " + std::to_string(begin), name,
                       alias(name));
    }
}

TEST(EvidenceBytes, cut_emptied_and_lengthened_files_are_refused) {
    std::mt19937_64 random(4);
    for (const auto& name : names()) {
        const auto size = world().bundles[0].files[name].size();
        for (const auto length : {std::size_t{0}, size / 2, size - 1, random() % size}) {
            auto bundle = world().bundles[0];
            bundle.files[name].resize(length);
            expect_refused(std::move(bundle), name + " cut to " + std::to_string(length), name,
                           alias(name));
        }
        for (const std::uint8_t byte : {std::uint8_t{0}, std::uint8_t{'\n'}}) {
            auto bundle = world().bundles[0];
            bundle.files[name].push_back(byte);
            expect_refused(std::move(bundle), name + " with a byte more", name, alias(name));
        }
    }
}

TEST(EvidenceBytes, a_missing_file_is_named) {
    for (const auto& name : names()) {
        auto bundle = world().bundles[0];
        bundle.files.erase(name);
        expect_refused(std::move(bundle), "without " + name, name);
    }
}

TEST(EvidenceBytes, a_file_too_many_is_named) {
    const auto& other = world().bundles[1].files;
    for (const auto& name : {"notes.txt", "chunks/open.lchk", "tiles/0/9", "tiles/9/0",
                             "envelopes/1.age", "start.json", "receipts/open.json.bak"}) {
        auto bundle = world().bundles[0];
        bundle.files[name] = other.at("manifest.json");
        expect_refused(std::move(bundle), name, name);
    }
    for (const auto& [name, content] : other) {
        if (!name.starts_with("chunks/")) continue;
        auto bundle = world().bundles[0];
        bundle.files[name] = content;
        expect_refused(std::move(bundle), "foreign " + name, name);
    }
}

TEST(EvidenceBytes, chunks_in_each_others_place_are_refused) {
    const auto all = chunk_names();
    for (std::size_t a = 0; a < all.size(); ++a) {
        for (std::size_t b = a + 1; b < all.size(); ++b) {
            auto swapped = world().bundles[0];
            std::swap(swapped.files[all[a]], swapped.files[all[b]]);
            expect_refused(std::move(swapped), "swapped chunks", all[a], all[b]);
            auto doubled = world().bundles[0];
            doubled.files[all[a]] = doubled.files[all[b]];
            expect_refused(std::move(doubled), "doubled chunk", all[a]);
        }
    }
}

TEST(EvidenceBytes, files_of_another_session_of_the_node_are_refused) {
    for (const auto& [name, content] : world().bundles[1].files) {
        if (name.starts_with("chunks/")) continue;
        auto bundle = world().bundles[0];
        bundle.files[name] = content;
        expect_refused(std::move(bundle), "foreign " + name);
    }
    auto manifest = world().bundles[0];
    for (const auto* name : {"manifest.json", "manifest.sig"})
        manifest.files[name] = world().bundles[1].files.at(name);
    expect_refused(std::move(manifest), "foreign manifest with its signature");
}

}  // namespace
}  // namespace lucid::evidence_test

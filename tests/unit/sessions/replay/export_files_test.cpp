// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/export_channel.hpp>

#include <cerrno>
#include <filesystem>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::sessions::replay {
namespace {

namespace fs = std::filesystem;
using core::net::FrameChannel;
using Kind = ExportPiece::Kind;

/// A folder, and files in it that are asked for over a channel.
class Exported : public testing::Test {
  protected:
    Exported() : folder_(testing::TempDir() + "lucid-export-" + std::to_string(::getpid())) {
        fs::create_directories(folder_);
        auto ends = FrameChannel::make_pair();
        ours_ = std::move(ends->first);
        files_ = std::make_unique<RemoteExportFiles>(std::move(ends->second));
        serve_ = std::thread([this] {
            ExportFolder folder(folder_ + "/out");
            served_ = serve_export(ours_, folder);
            ours_ = FrameChannel();
        });
    }
    ~Exported() override {
        end();
        fs::remove_all(folder_);
    }
    /// The exporter is gone.
    void end() {
        files_.reset();
        if (serve_.joinable()) serve_.join();
    }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
    void write(const ExportPiece& piece, std::string_view text) {
        const auto file = files_->create(piece);
        ASSERT_TRUE(file) << file.error().message();
        ASSERT_TRUE(core::runtime::write_all(*file, as_bytes(text)));
    }
    [[nodiscard]] std::string content(const std::string& name) const {
        const auto read = core::runtime::read_file(path(name), 4096);
        return read ? std::string(as_text(*read)) : "?";
    }

    std::string folder_;
    FrameChannel ours_;
    std::unique_ptr<RemoteExportFiles> files_;
    Result<void> served_;
    std::thread serve_;
};

TEST_F(Exported, a_result_has_its_name_once_it_is_kept) {
    write({}, "half");
    EXPECT_FALSE(fs::exists(path("out")));
    EXPECT_FALSE(*files_->has({}));
    write({}, "whole");  // anew
    ASSERT_TRUE(files_->keep({}));
    EXPECT_TRUE(*files_->has({}));
    EXPECT_EQ(content("out"), "whole");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
    EXPECT_FALSE(files_->keep({})) << "kept already";
}

TEST_F(Exported, what_is_not_kept_is_removed) {
    write({}, "half");
    EXPECT_FALSE(fs::is_empty(folder_));
    end();
    EXPECT_TRUE(served_);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(Exported, pictures_are_numbered_by_milliseconds) {
    write({Kind::picture, 12'500}, "a");
    EXPECT_FALSE(files_->keep({Kind::picture, 12'501})) << "another one";
    ASSERT_TRUE(files_->keep({Kind::picture, 12'500}));
    EXPECT_EQ(content("out/000012500.png"), "a");
}

TEST_F(Exported, parts_are_of_one_kind_and_end_with_the_result) {
    ASSERT_TRUE(files_->begin_parts("mp4 10"));
    write({Kind::part, 0}, "zero");
    ASSERT_TRUE(files_->keep({Kind::part, 0}));
    ASSERT_TRUE(files_->begin_parts("mp4 10"));
    EXPECT_TRUE(*files_->has({Kind::part, 0})) << "the same kind goes on";
    const auto part = files_->open({Kind::part, 0});
    ASSERT_TRUE(part);
    char text[8] = {};
    EXPECT_EQ(::read(part->get(), text, sizeof text), 4);
    EXPECT_EQ(::write(part->get(), "x", 1), -1) << "it is open to read only";
    ASSERT_TRUE(files_->begin_parts("mp4 20"));
    EXPECT_FALSE(*files_->has({Kind::part, 0}));
    const auto gone = files_->open({Kind::part, 0});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, std::errc::no_such_file_or_directory);
    write({}, "whole");
    ASSERT_TRUE(files_->keep({}));
    EXPECT_FALSE(fs::exists(path("out.parts")));
    EXPECT_FALSE(files_->begin_parts(std::string(257, 'k')));
}

TEST(ExportChannel, an_exporter_that_asks_for_something_else_is_left) {
    for (const auto* request :
         {"", "[]", "{}", R"({"op":1})", R"({"op":"unlink","what":"result","number":0})",
          R"({"op":"open","what":"/etc/shadow","number":0})", R"({"op":"open","what":"part"})",
          R"({"op":"open","what":"part","number":-1})",
          R"({"op":"open","what":"part","number":"../x"})", R"({"op":"parts"})"}) {
        auto ends = FrameChannel::make_pair();
        ASSERT_TRUE(ends->second.send(as_bytes(std::string_view(request))));
        ExportFolder folder(testing::TempDir() + "never");
        EXPECT_FALSE(serve_export(ends->first, folder)) << request;
    }
}

}  // namespace
}  // namespace lucid::sessions::replay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A store in a folder that goes away.

#include <lucid/common/result/assert.hpp>
#include <lucid/storage/kv/store.hpp>

#include <filesystem>
#include <optional>
#include <unistd.h>

namespace lucid::blockchain::store::test {

class ScratchFolder {
  public:
    ScratchFolder() {
        static int count = 0;
        path_ = (std::filesystem::temp_directory_path() /
                 ("lucid-store-" + std::to_string(::getpid()) + "-" + std::to_string(++count)))
                    .string();
        std::filesystem::create_directories(path_);
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

class ScratchStore {
  public:
    ScratchStore() {
        auto opened = storage::kv::Store::open(folder_.path(), std::size_t{1} << 30);
        LUCID_ASSERT(opened.has_value());
        store_.emplace(std::move(*opened));
    }
    [[nodiscard]] storage::kv::Store& store() { return *store_; }

  private:
    ScratchFolder folder_;
    std::optional<storage::kv::Store> store_;
};

}  // namespace lucid::blockchain::store::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "durable_tree.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sys/stat.h>

namespace lucid::test {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

ino_t inode_of(const fs::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

class Rebuild {
  public:
    Rebuild(const fs::path& old_root, std::string shadow, std::mt19937& random)
        : shadow_(std::move(shadow)), random_(random) {
        for (const auto& entry : fs::recursive_directory_iterator(old_root))
            if (entry.is_regular_file()) written_[inode_of(entry.path())] = entry.path();
    }

    void folder(ino_t inode, const fs::path& to) {
        fs::create_directories(to);
        std::ifstream names(shadow_ + "/folder." + std::to_string(inode));
        char kind = 0;
        ino_t entry = 0;
        for (std::string name;
             names >> kind >> entry && names.ignore() && std::getline(names, name);) {
            if (kind == 'd')
                folder(entry, to / name);
            else
                file(entry, to / name);
        }
    }

  private:
    void file(ino_t inode, const fs::path& to) {
        auto content = content_of(shadow_ + "/file." + std::to_string(inode));
        if (const auto found = written_.find(inode); found != written_.end()) {
            const auto all = content_of(found->second);
            if (all.size() > content.size() && random_() % 2 == 0)
                content = all.substr(0, content.size() + random_() % (all.size() - content.size()));
        }
        std::ofstream(to, std::ios::binary) << content;
        fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write);
    }

    std::string shadow_;
    std::mt19937& random_;
    std::map<ino_t, fs::path> written_;
};

/// What is on the disk now was there when the power came back: it is durable.
void keep_all(const fs::path& folder, const std::string& shadow) {
    std::ofstream names(shadow + "/folder." + std::to_string(inode_of(folder)));
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto inode = inode_of(entry.path());
        names << (entry.is_directory() ? "d " : "f ") << inode << " "
              << entry.path().filename().string() << "\n";
        if (entry.is_directory())
            keep_all(entry.path(), shadow);
        else
            fs::copy_file(entry.path(), shadow + "/file." + std::to_string(inode));
    }
}

}  // namespace

void lose_power(const std::string& root, const std::string& shadow, std::mt19937& random) {
    const auto lost = root + ".lost";
    fs::rename(root, lost);
    Rebuild(lost, shadow, random).folder(inode_of(lost), root);
    fs::remove_all(lost);
    take_for_durable(root, shadow);
}

void take_for_durable(const std::string& root, const std::string& shadow) {
    fs::remove_all(shadow);
    fs::create_directories(shadow);
    keep_all(root, shadow);
}

}  // namespace lucid::test

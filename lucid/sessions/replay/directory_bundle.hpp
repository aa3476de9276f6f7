// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/sessions/format/bundle.hpp>

namespace lucid::sessions::replay {

/// A recording directory or unpacked bundle.
class DirectoryBundle final : public format::BundleSource {
  public:
    explicit DirectoryBundle(std::string path) : path_(std::move(path)) {}
    Result<std::vector<format::BundleFile>> list() override;
    Result<Bytes> read(const std::string& name, std::size_t bytes_max) override;
    Result<Bytes> read_part(const std::string& name, std::uint64_t offset,
                            std::size_t length) override;

  private:
    std::string path_;
};

}  // namespace lucid::sessions::replay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

#include <map>

namespace lucid::blockchain::conformance {

/// Results of one file's cases.
class FileReport {
  public:
    struct Case {
        std::string group;  ///< fork, or what kind of test it is
        std::string name;
        std::string trouble;  ///< empty: passed
    };
    void pass(const std::string& group) { ++passed_[group]; }
    void fail(const std::string& group, const std::string& name, const std::string& trouble) {
        failed_.push_back({group, name, trouble.empty() ? "failed" : trouble});
    }
    void check(const std::string& group, const std::string& name, bool good,
               const std::string& trouble = {}) {
        if (good)
            pass(group);
        else
            fail(group, name, trouble);
    }
    [[nodiscard]] const std::map<std::string, std::size_t>& passed() const { return passed_; }
    [[nodiscard]] const std::vector<Case>& failed() const { return failed_; }

  private:
    std::map<std::string, std::size_t> passed_;
    std::vector<Case> failed_;
};

}  // namespace lucid::blockchain::conformance

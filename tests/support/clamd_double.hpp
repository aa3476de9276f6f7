// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Something that answers INSTREAM on a Unix socket as clamd does, by words in the content:
/// VIRUS-WORD is found, TOO-LONG-WORD passes its limit, SILENT-WORD gets no answer, HANG-UP-WORD an
/// end without one, NONSENSE-WORD an answer that is none. Everything else is OK.

#include <lucid/core/net/fd.hpp>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lucid::test {

class ClamdDouble {
  public:
    /// Listens on `path`.
    explicit ClamdDouble(std::string path);
    ~ClamdDouble();
    [[nodiscard]] int scans() const { return scans_; }

  private:
    void run();
    void serve(int socket);

    std::string path_;
    core::net::Fd listener_;
    core::net::Fd wake_;
    std::atomic<int> scans_{0};
    std::mutex mutex_;
    std::vector<int> open_;
    std::vector<std::thread> threads_;
    std::thread thread_;
};

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Many sessions at once: over Lucid, over bare relays, or directly to the host.

#include <memory>

#include "workload.hpp"

namespace lucid::bench {

enum class Way { direct, bare, lucid };
[[nodiscard]] const char* to_text(Way way);

/// One run of all sessions.
struct CrowdSample {
    std::vector<Seen> seen;     ///< by session
    double cpu_s = 0;           ///< of the processes between clients and host
    double seconds = 0;         ///< of the show
    double pss_bytes_each = 0;  ///< relay and a share of the recorder; half way through
    double relay_pss_bytes_each = 0;
    double early_pss_bytes_each = 0;  ///< the same after an eighth of the time
    std::size_t indexers = 0;         ///< that ran
    double indexer_pss_bytes = 0;     ///< of each
    double indexer_cpu_s = 0;         ///< of all
};

class Crowd {
  public:
    /// Fails by assertion where the node cannot be set up.
    /// `indexers_max`: so many sessions are indexed.
    explicit Crowd(std::vector<Show> shows, unsigned indexers_max = 0);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    Result<CrowdSample> run(Way way);

  private:
    struct Node;
    std::vector<Show> shows_;
    Curtain curtain_;
    std::unique_ptr<Node> node_;
};

}  // namespace lucid::bench

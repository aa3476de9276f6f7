// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Filters that clients poll. Each remembers how far it has told; one that nobody asks for five
/// minutes is forgotten. Private to this folder.

#include <lucid/blockchain/rpc/logs.hpp>

#include <functional>
#include <mutex>

namespace lucid::blockchain::rpc {

enum class NewsKind : std::uint8_t { blocks, logs, pending };

/// What one filter or subscription has told so far.
struct NewsCursor {
    NewsKind kind = NewsKind::blocks;
    std::uint64_t next_block = 0;
    std::uint64_t next_arrival = 0;
    bool full = false;                ///< pending: whole transactions
    std::optional<LogFilter> logs{};  ///< kind logs
    Json object{};                    ///< as the client gave it

    [[nodiscard]] static NewsCursor at_head(const ChainView& chain, NewsKind kind);
    /// Hashes, logs or transactions since then; moves on.
    [[nodiscard]] Json take(const Call& call);
};

class FilterTable {
  public:
    using Clock = std::function<std::chrono::steady_clock::time_point()>;
    explicit FilterTable(Clock clock) : clock_(std::move(clock)) {}

    /// Throws once there are filters_max.
    std::string add(NewsCursor cursor);
    Json changes(const Call& call, const std::string& id);
    Json all_logs(const Call& call, const std::string& id);
    bool remove(const std::string& id);

  private:
    struct Filter {
        NewsCursor cursor;
        std::chrono::steady_clock::time_point used;
    };
    void forget_old();
    Filter& find(const std::string& id);

    Clock clock_;
    std::mutex mutex_;
    std::map<std::string, Filter> filters_;
};

/// 128 random bits as a quantity, as geth's ids are.
[[nodiscard]] std::string random_id();

}  // namespace lucid::blockchain::rpc

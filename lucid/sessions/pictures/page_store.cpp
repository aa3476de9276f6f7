// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/pictures/page_store.hpp>

#include <algorithm>
#include <map>

namespace lucid::sessions::pictures {
namespace {

/// Plain bytes of a group: four tiles. Larger ones compress a little better and make keyframes read
/// what they do not need.
constexpr std::size_t group_plain_bytes = 4 * rdp::picture::state_page_bytes_max;
static_assert(group_plain_bytes <= format::index_group_bytes_max);
static_assert(rdp::picture::state_page_bytes_max <= format::index_page_bytes_max);

/// Collects new pages into groups.
class Grouping {
  public:
    explicit Grouping(std::uint32_t first_page) : first_(first_page) {}

    void add(ByteView page) {
        if (!pages_.empty() && (plain_ + page.size() > group_plain_bytes ||
                                pages_.size() == format::index_group_pages_max))
            close();
        pages_.push_back(page);
        plain_ += page.size();
    }
    void close() {
        if (pages_.empty()) return;
        sizes.push_back(static_cast<std::uint32_t>(pages_.size()));
        groups.push_back(format::encode_page_group(first_, pages_));
        first_ += static_cast<std::uint32_t>(pages_.size());
        pages_.clear();
        plain_ = 0;
    }
    /// Number of the group that the next page may still go to, counted from this grouping's first.
    [[nodiscard]] std::size_t current() const { return groups.size(); }

    std::vector<Bytes> groups;
    std::vector<std::uint32_t> sizes;

  private:
    std::uint32_t first_;
    std::vector<ByteView> pages_;
    std::size_t plain_ = 0;
};

void add_to_runs(std::vector<format::PageRun>& runs, std::uint32_t page) {
    if (!runs.empty() && runs.back().first + runs.back().count == page)
        ++runs.back().count;
    else
        runs.push_back({page, 1});
}

}  // namespace

std::unordered_set<std::uint32_t> PageStore::dear_groups(const std::vector<Key>& keys,
                                                         std::size_t read_bytes_max) const {
    std::map<std::uint32_t, std::uint32_t> used;
    for (const auto& key : keys)
        if (const auto found = known_.find(key); found != known_.end()) ++used[found->second.group];
    std::size_t read = 0;
    struct Use {
        std::uint32_t group;
        double share;
    };
    std::vector<Use> uses;
    for (const auto& [group, pages] : used) {
        read += groups_[group].bytes;
        uses.push_back({group, double{1} * pages / groups_[group].pages});
    }
    std::sort(uses.begin(), uses.end(),
              [](const auto& a, const auto& b) { return a.share < b.share; });
    std::unordered_set<std::uint32_t> dear;
    for (const auto& use : uses) {
        if (read <= read_bytes_max || use.share > 0.5) break;
        const auto bytes = groups_[use.group].bytes;
        read -= bytes - static_cast<std::size_t>(use.share * bytes);
        dear.insert(use.group);
    }
    return dear;
}

PageStore::Plan PageStore::plan(const rdp::picture::Snapshot& snapshot,
                                std::size_t read_bytes_max) {
    std::vector<ByteView> pages;
    planned_.clear();
    std::size_t at = 0;
    for (const auto length : snapshot.pages) {
        pages.push_back(ByteView(snapshot.bytes).subspan(at, length));
        at += length;
        const auto hash = crypto::sha256(pages.back());
        Key key;
        std::copy_n(hash.begin(), key.size(), key.begin());
        planned_.push_back(key);
    }
    const auto dear = dear_groups(planned_, read_bytes_max);
    added_.clear();
    added_groups_.clear();
    planned_next_page_ = next_page_;
    Plan plan;
    Grouping grouping(next_page_);
    std::unordered_set<std::uint32_t> read;
    const auto first_group = static_cast<std::uint32_t>(groups_.size());
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const auto known = known_.find(planned_[i]);
        if (known != known_.end() && !dear.contains(known->second.group)) {
            if (read.insert(known->second.group).second)
                plan.read_bytes += groups_[known->second.group].bytes;
            add_to_runs(plan.keyframe.pages, known->second.page);
            continue;
        }
        const auto [entry, is_new] = added_.try_emplace(planned_[i]);
        if (is_new) {
            grouping.add(pages[i]);
            entry->second = {planned_next_page_++,
                             first_group + static_cast<std::uint32_t>(grouping.current())};
        }
        add_to_runs(plan.keyframe.pages, entry->second.page);
    }
    grouping.close();
    for (std::size_t i = 0; i < grouping.groups.size(); ++i) {
        const auto bytes = grouping.groups[i].size();
        added_groups_.push_back({static_cast<std::uint32_t>(bytes), grouping.sizes[i]});
        plan.new_bytes += bytes;
    }
    plan.read_bytes += plan.new_bytes;
    plan.groups = std::move(grouping.groups);
    return plan;
}

void PageStore::commit() {
    for (const auto& [key, known] : added_) known_.insert_or_assign(key, known);
    groups_.insert(groups_.end(), added_groups_.begin(), added_groups_.end());
    next_page_ = planned_next_page_;
    if (known_.size() <= known_pages_max) return;
    KnownPages kept;
    for (const auto& key : planned_)
        if (const auto found = known_.find(key); found != known_.end()) kept.insert(*found);
    known_ = std::move(kept);
}

}  // namespace lucid::sessions::pictures

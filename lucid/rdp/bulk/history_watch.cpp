// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/history_watch.hpp>

#include <algorithm>
#include <utility>

namespace lucid::rdp::bulk {

void HistoryWatch::mark(std::size_t history_bytes) {
    history_bytes_ = history_bytes;
    granules_.assign((history_bytes + granule_bytes - 1) / granule_bytes, Granule::as_marked);
    kept_.clear();
    run_from_ = run_to_ = 0;
}

void HistoryWatch::reads(ByteView history, std::size_t offset, std::size_t count) {
    if (!on() || count == 0) return;
    const auto last = std::min((offset + count - 1) / granule_bytes, granules_.size() - 1);
    for (auto g = offset / granule_bytes; g <= last; ++g) {
        if (granules_[g] != Granule::as_marked) continue;
        // A piece that was overwritten in part is kept as it is now: what was written since the
        // mark is written again before anything reads it.
        const auto from = g * granule_bytes;
        if (from >= history.size()) break;
        if (kept_.empty()) kept_.resize(history_bytes_);
        const auto size = std::min({granule_bytes, history.size() - from, history_bytes_ - from});
        std::copy_n(history.begin() + static_cast<std::ptrdiff_t>(from), size,
                    kept_.begin() + static_cast<std::ptrdiff_t>(from));
        granules_[g] = Granule::kept;
    }
}

void HistoryWatch::wrote(std::size_t offset, std::size_t count) {
    if (!on() || count == 0) return;
    if (offset != run_to_) run_from_ = offset;
    run_to_ = offset + count;
    const auto first =
        std::max((run_from_ + granule_bytes - 1) / granule_bytes, offset / granule_bytes);
    const auto end = std::min(
        run_to_ >= history_bytes_ ? granules_.size() : run_to_ / granule_bytes, granules_.size());
    for (auto g = first; g < end; ++g)
        if (granules_[g] == Granule::as_marked) granules_[g] = Granule::overwritten;
}

std::vector<HistorySlice> HistoryWatch::take() {
    std::vector<HistorySlice> slices;
    const auto granules = std::exchange(granules_, {});
    const auto kept = std::exchange(kept_, {});
    for (std::size_t g = 0; g < granules.size(); ++g) {
        if (granules[g] != Granule::kept) continue;
        const auto first = g;
        while (g + 1 < granules.size() && granules[g + 1] == Granule::kept) ++g;
        const auto from = first * granule_bytes;
        const auto part =
            ByteView(kept).subspan(from, std::min((g + 1) * granule_bytes, kept.size()) - from);
        slices.push_back({static_cast<std::uint32_t>(from), to_bytes(part)});
    }
    return slices;
}

void save_history(Writer& w, ByteView history, SavedHistory form) {
    w.u8(static_cast<std::uint8_t>(form));
    if (form == SavedHistory::whole) w.bytes(history);
}

Result<void> restore_history(Reader& r, MutableByteView history) {
    LUCID_TRY(const auto form, r.u8("history form"));
    if (form > static_cast<std::uint8_t>(SavedHistory::whole))
        return fail(Errc::bad_value, "history form", form);
    if (form == static_cast<std::uint8_t>(SavedHistory::left_out)) {
        std::fill(history.begin(), history.end(), std::uint8_t{0});
        return {};
    }
    LUCID_TRY(const auto bytes, r.take(history.size(), "history"));
    std::copy(bytes.begin(), bytes.end(), history.begin());
    return {};
}

Result<void> patch_history(MutableByteView history, const HistorySlice& slice) {
    if (slice.offset > history.size() || slice.bytes.size() > history.size() - slice.offset)
        return fail(Errc::bad_value, "history slice", slice.offset);
    std::copy(slice.bytes.begin(), slice.bytes.end(),
              history.begin() + static_cast<std::ptrdiff_t>(slice.offset));
    return {};
}

}  // namespace lucid::rdp::bulk

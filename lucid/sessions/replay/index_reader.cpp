// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/replay/index_reader.hpp>

#include <algorithm>
#include <set>

namespace lucid::sessions::replay {

namespace {

RecordedEvent event_of(const format::Event& event) {
    return {format::EventClass::index, event.kind, event.time_us, to_bytes(event.payload), 0};
}

bool contains(const std::vector<std::uint64_t>& times, std::uint64_t time) {
    return std::binary_search(times.begin(), times.end(), time);
}

}  // namespace

IndexReader::IndexReader(SegmentReader segments, crypto::Secret class_key, format::IndexMap map)
    : segments_(std::move(segments)), class_key_(std::move(class_key)), map_(std::move(map)) {
    for (const auto& segment : map_.segments)
        keyframes_us_.insert(keyframes_us_.end(), segment.keyframes_us.begin(),
                             segment.keyframes_us.end());
}

Result<IndexReader> IndexReader::open(format::BundleSource& source,
                                      const format::Manifest& manifest, crypto::Secret class_key) {
    LUCID_TRY(const auto json, source.read("index/index.json", format::index_manifest_bytes_max));
    LUCID_TRY(const auto index, format::IndexManifest::from_json(json));
    if (index.session_id != manifest.session_id || index.session_root != manifest.root)
        return fail(Errc::bad_value, "the index of another recording");
    if (index.chunks.empty() || index.tree_size == 0) return fail(Errc::not_found, "index");
    SegmentReader segments(source, manifest.session_id, "index/", index.chunks);
    LUCID_TRY(const auto last, segments.place(index.tree_size - 1));
    LUCID_TRY(const auto events, segments.open(last, class_key));
    format::EventReader reader(events, last.t_first_us);
    LUCID_TRY(const auto event, reader.next());
    if (event.kind != format::kind_index_map) return fail(Errc::not_found, "index map");
    LUCID_TRY(auto map, format::decode_index_map(event.payload));
    if (map.segments.size() + 1 != index.tree_size)
        return fail(Errc::bad_value, "index map", map.segments.size());
    return IndexReader(std::move(segments), std::move(class_key), std::move(map));
}

std::optional<std::uint64_t> IndexReader::keyframe_before(std::uint64_t time_us) const {
    const auto after = std::upper_bound(keyframes_us_.begin(), keyframes_us_.end(), time_us);
    if (after == keyframes_us_.begin()) return std::nullopt;
    return *std::prev(after);
}

template <class Take>
Result<void> IndexReader::each_event(std::size_t segment, Take take) {
    LUCID_TRY(const auto place, segments_.place(segment));
    LUCID_TRY(const auto events, segments_.open(place, class_key_));
    format::EventReader reader(events, place.t_first_us);
    while (!reader.empty()) {
        LUCID_TRY(const auto event, reader.next());
        LUCID_CHECK(take(event));
    }
    return {};
}

Result<format::Keyframe> IndexReader::find_keyframe(std::uint64_t keyframe_us,
                                                    RecordedEvent& found) {
    const auto segment =
        std::find_if(map_.segments.begin(), map_.segments.end(),
                     [&](const auto& s) { return contains(s.keyframes_us, keyframe_us); });
    if (segment == map_.segments.end()) return fail(Errc::not_found, "keyframe", keyframe_us);
    bool is_found = false;
    LUCID_CHECK(each_event(static_cast<std::size_t>(segment - map_.segments.begin()),
                           [&](const format::Event& event) -> Result<void> {
                               if (event.kind != format::kind_keyframe ||
                                   event.time_us != keyframe_us)
                                   return {};
                               found = event_of(event);
                               is_found = true;
                               return {};
                           }));
    if (!is_found) return fail(Errc::not_found, "keyframe", keyframe_us);
    return format::decode_keyframe(found.payload);
}

Result<void> IndexReader::add_pages(const std::vector<format::PageRun>& runs,
                                    std::vector<RecordedEvent>& events) {
    // Which segments hold which of the pages; runs may name a page twice.
    std::set<std::size_t> needed;
    const auto& all = map_.segments;
    for (const auto& run : runs) {
        auto segment = static_cast<std::size_t>(
            std::partition_point(all.begin(), all.end(),
                                 [&](const auto& s) { return s.first_page <= run.first; }) -
            all.begin());
        if (segment == 0) return fail(Errc::bad_value, "page run", run.first);
        for (--segment; segment < all.size() && all[segment].first_page < run.first + run.count;
             ++segment)
            if (segment + 1 == all.size() || all[segment + 1].first_page > all[segment].first_page)
                needed.insert(segment);
    }
    std::vector<format::PageRun> sorted = runs;
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::size_t total = 0;
    for (const auto segment : needed)
        LUCID_CHECK(each_event(segment, [&](const format::Event& event) -> Result<void> {
            if (event.kind != format::kind_pages) return {};
            LUCID_TRY(const auto group, format::peek_page_group(event.payload));
            const auto used = std::any_of(sorted.begin(), sorted.end(), [&](const auto& run) {
                return run.first < group.first + group.count && group.first < run.first + run.count;
            });
            if (!used) return {};
            total += event.payload.size();
            if (total > keyframe_bytes_max) return fail(Errc::limit_exceeded, "keyframe", total);
            events.push_back(event_of(event));
            return {};
        }));
    return {};
}

Result<void> IndexReader::add_history(std::uint64_t keyframe_us,
                                      std::vector<RecordedEvent>& events) {
    const auto first = std::find_if(map_.segments.begin(), map_.segments.end(), [&](const auto& s) {
        return contains(s.histories_us, keyframe_us);
    });
    if (first == map_.segments.end()) return {};
    format::HistoryReader history;
    bool whole = false;
    for (auto segment = static_cast<std::size_t>(first - map_.segments.begin());
         !whole && segment < map_.segments.size(); ++segment)
        LUCID_CHECK(each_event(segment, [&](const format::Event& event) -> Result<void> {
            if (event.kind != format::kind_history || whole) return {};
            Reader r(event.payload);
            LUCID_TRY(const auto of, r.u64_le("keyframe of history"));
            if (of != keyframe_us) return {};
            LUCID_TRY(const auto last, r.u8("last piece"));
            whole = last != 0;
            events.push_back(event_of(event));
            return {};
        }));
    return {};
}

Result<std::vector<RecordedEvent>> IndexReader::keyframe(std::uint64_t keyframe_us) {
    RecordedEvent keyframe_event;
    LUCID_TRY(const auto keyframe, find_keyframe(keyframe_us, keyframe_event));
    std::vector<RecordedEvent> events;
    LUCID_CHECK(add_pages(keyframe.pages, events));
    LUCID_CHECK(add_history(keyframe_us, events));
    events.push_back(std::move(keyframe_event));
    for (auto& event : events) event.time_us = keyframe_us;
    return events;
}

Result<std::vector<format::Span>> IndexReader::spans(std::optional<std::uint64_t> keyframe_us) {
    const auto of = keyframe_us.value_or(0);
    std::vector<format::Span> spans;
    for (std::size_t segment = 0; segment < map_.segments.size(); ++segment) {
        if (!contains(map_.segments[segment].spans_us, of)) continue;
        LUCID_CHECK(each_event(segment, [&](const format::Event& event) -> Result<void> {
            if (event.kind != format::kind_spans) return {};
            LUCID_TRY(auto found, format::decode_spans(event.payload));
            if (found.keyframe_us == of) spans = std::move(found.spans);
            return {};
        }));
    }
    return spans;
}

Result<std::vector<RecordedEvent>> IndexReader::all(std::span<const std::uint8_t> kinds) {
    std::vector<RecordedEvent> events;
    for (std::size_t segment = 0; segment < map_.segments.size(); ++segment)
        LUCID_CHECK(each_event(segment, [&](const format::Event& event) -> Result<void> {
            if (std::find(kinds.begin(), kinds.end(), event.kind) != kinds.end())
                events.push_back(event_of(event));
            return {};
        }));
    return events;
}

}  // namespace lucid::sessions::replay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/replay/moment.hpp>

#include <algorithm>

namespace lucid::sessions::replay {
namespace {

using format::EventClass;

constexpr std::size_t envelope_bytes_max = 64 * 1024;
/// In which the mouse's last move before a keyframe is looked for.
constexpr unsigned input_segments_before = 8;
constexpr std::size_t events_bytes_max = std::size_t{2} << 30;

/// The events of one class in (after, until], in the order they were sealed.
class Stretch {
  public:
    Stretch(SegmentReader& segments, const crypto::Secret& session_key, const SessionId& id,
            std::optional<std::uint64_t> after_us, std::uint64_t until_us)
        : segments_(segments),
          session_key_(session_key),
          id_(id),
          after_us_(after_us),
          until_us_(until_us) {}

    /// Segments of the screen of which nothing is left at the end are not read.
    void skip_drawn_over(std::vector<format::Span> spans, bool with_pointer) {
        spans_ = std::move(spans);
        with_pointer_ = with_pointer;
    }

    Result<void> add(EventClass event_class, std::vector<RecordedEvent>& events) {
        LUCID_TRY(const auto places, find(event_class));
        const auto key = format::class_key(session_key_, id_, event_class);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto& place = places[i];
            const auto next_us = i + 1 < places.size() ? places[i + 1].t_first_us : until_us_;
            if (event_class == EventClass::screen && drawn_over(place.t_first_us, next_us))
                continue;
            LUCID_TRY(const auto opened, segments_.open(place, key));
            total_ += opened.size();
            if (total_ > events_bytes_max) return fail(Errc::limit_exceeded, "events", total_);
            format::EventReader reader(opened, place.t_first_us);
            while (!reader.empty()) {
                LUCID_TRY(const auto event, reader.next());
                if (event.time_us > until_us_) continue;
                // Of the mouse, the last move before the keyframe counts.
                if (event_class != EventClass::input && after_us_ && event.time_us <= *after_us_)
                    continue;
                events.push_back({event_class, event.kind, event.time_us, to_bytes(event.payload),
                                  events.size()});
            }
        }
        return {};
    }

  private:
    /// All events of the screen in [first, last] are in spans that were drawn over in time.
    [[nodiscard]] bool drawn_over(std::uint64_t first_us, std::uint64_t last_us) const {
        auto span = std::partition_point(spans_.begin(), spans_.end(),
                                         [&](const auto& s) { return s.last_us < first_us; });
        if (span == spans_.end() || span->first_us > first_us) return false;
        for (; span != spans_.end() && span->first_us <= last_us; ++span)
            if (!span->over_us || *span->over_us > until_us_ || (with_pointer_ && span->pointer))
                return false;
        return true;
    }

    Result<std::vector<SegmentPlace>> find(EventClass event_class) {
        std::vector<SegmentPlace> found;
        LUCID_TRY(const auto last, segments_.chunk_at(until_us_));
        if (!last) return found;
        // A segment lies where it was closed, up to half a second after it began: one that began
        // in time may be in the next chunk.
        auto chunk = std::min(*last + 1, segments_.chunks() - 1) + 1;
        bool reached = false;
        unsigned before = 0;
        while (chunk-- > 0 && !reached) {
            LUCID_TRY(const auto places, segments_.places(chunk));
            for (auto place = places.rbegin(); place != places.rend() && !reached; ++place) {
                if (place->event_class != event_class || place->t_first_us > until_us_) continue;
                found.push_back(*place);
                if (!after_us_ || place->t_first_us > *after_us_) continue;
                reached = event_class != EventClass::input || ++before == input_segments_before;
            }
        }
        std::reverse(found.begin(), found.end());
        return found;
    }

    SegmentReader& segments_;
    const crypto::Secret& session_key_;
    SessionId id_;
    std::optional<std::uint64_t> after_us_;
    std::uint64_t until_us_;
    std::vector<format::Span> spans_;
    bool with_pointer_ = false;
    std::size_t total_ = 0;
};

/// The keyframe before the moment; nothing without an index, or when it is of no use.
Result<void> start_from_index(format::BundleSource& source, const crypto::Secret& session_key,
                              std::uint64_t at_us, Moment& moment,
                              std::vector<format::Span>& spans) {
    const auto& manifest = moment.recording.manifest;
    LUCID_TRY(auto index, IndexReader::open(source, manifest,
                                            format::class_key(session_key, manifest.session_id,
                                                              EventClass::index)));
    const auto keyframe_us = index.keyframe_before(at_us);
    std::vector<RecordedEvent> events;
    if (keyframe_us) {
        LUCID_TRY(events, index.keyframe(*keyframe_us));
    }
    LUCID_TRY(spans, index.spans(keyframe_us));
    moment.recording.events = std::move(events);
    moment.keyframe_us = keyframe_us;
    return {};
}

}  // namespace

Result<Moment> open_moment(format::BundleSource& source, const crypto::age::Identity& identity,
                           std::uint64_t at_us, const MomentOptions& options) {
    Moment moment;
    LUCID_TRY(const auto json, source.read("manifest.json", format::manifest_bytes_max));
    LUCID_TRY(moment.recording.manifest, format::Manifest::from_json(json));
    const auto& manifest = moment.recording.manifest;
    LUCID_TRY(const auto envelope, source.read("envelopes/0.age", envelope_bytes_max));
    LUCID_TRY(const auto key,
              format::open_session_envelope(envelope, manifest.session_id, identity));
    std::vector<format::Span> spans;
    if (options.use_index) {
        const auto started = start_from_index(source, key, at_us, moment, spans);
        if (!started && started.error().code != make_error_code(Errc::not_found))
            moment.index_problem = started.error().message();
    }
    SegmentReader segments(source, manifest.session_id, "", manifest.chunks);
    Stretch stretch(segments, key, manifest.session_id, moment.keyframe_us, at_us);
    stretch.skip_drawn_over(std::move(spans), options.with_pointer);
    auto& events = moment.recording.events;
    const auto from = static_cast<std::ptrdiff_t>(events.size());
    LUCID_CHECK(stretch.add(EventClass::screen, events));
    if (options.with_pointer) LUCID_CHECK(stretch.add(EventClass::input, events));
    std::sort(events.begin() + from, events.end(), [](const auto& a, const auto& b) {
        return a.time_us != b.time_us ? a.time_us < b.time_us : a.order < b.order;
    });
    return moment;
}

}  // namespace lucid::sessions::replay

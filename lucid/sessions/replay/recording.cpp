// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <algorithm>
#include <utility>

namespace lucid::sessions::replay {
namespace {

constexpr std::size_t events_bytes_max = std::size_t{2} << 30;
constexpr std::size_t envelope_bytes_max = 64 * 1024;

}  // namespace

Result<Recording> open_recording(format::BundleSource& source,
                                 const crypto::age::Identity& identity) {
    Recording recording;
    LUCID_TRY(const auto json, source.read("manifest.json", format::manifest_bytes_max));
    LUCID_TRY(recording.manifest, format::Manifest::from_json(json));
    const auto& m = recording.manifest;
    LUCID_TRY(const auto envelope, source.read("envelopes/0.age", envelope_bytes_max));
    LUCID_TRY(const auto key, format::open_session_envelope(envelope, m.session_id, identity));
    std::vector<crypto::Secret> class_keys;
    for (std::size_t c = 0; c < format::event_classes; ++c)
        class_keys.push_back(
            format::class_key(key, m.session_id, static_cast<format::EventClass>(c)));
    Hash32 previous{};
    std::size_t total = 0;
    for (const auto& entry : m.chunks) {
        LUCID_TRY(const auto bytes,
                  source.read("chunks/" + to_hex(entry.hash) + ".lchk", format::chunk_bytes_max));
        LUCID_TRY(const auto chunk, format::decode_chunk(bytes));
        for (const auto& segment : chunk.segments) {
            const auto view = ByteView(bytes).subspan(segment.offset, segment.length);
            const auto event_class = segment.header.event_class;
            LUCID_TRY(
                const auto events,
                format::open_segment(view, m.session_id,
                                     class_keys[static_cast<std::size_t>(event_class)], previous));
            previous = format::segment_leaf(view);
            total += events.size();
            if (total > events_bytes_max)
                return fail(Errc::limit_exceeded, "recording size", total);
            format::EventReader reader(events, segment.header.t_first_us);
            while (!reader.empty()) {
                LUCID_TRY(const auto event, reader.next());
                recording.events.push_back({event_class, event.kind, event.time_us,
                                            to_bytes(event.payload), recording.events.size()});
            }
        }
    }
    std::sort(recording.events.begin(), recording.events.end(), [](const auto& a, const auto& b) {
        return a.time_us != b.time_us ? a.time_us < b.time_us : a.order < b.order;
    });
    return recording;
}

Result<format::Parties> read_parties(format::BundleSource& source,
                                     const crypto::age::Identity& identity) {
    LUCID_TRY(const auto json, source.read("manifest.json", format::manifest_bytes_max));
    LUCID_TRY(const auto manifest, format::Manifest::from_json(json));
    LUCID_TRY(const auto envelope, source.read("envelopes/0.age", envelope_bytes_max));
    const auto& id = manifest.session_id;
    LUCID_TRY(const auto key, format::open_session_envelope(envelope, id, identity));
    if (manifest.chunks.empty()) return fail(Errc::not_found, "parties note");
    LUCID_TRY(const auto bytes,
              source.read("chunks/" + to_hex(manifest.chunks.front().hash) + ".lchk",
                          format::chunk_bytes_max));
    LUCID_TRY(const auto chunk, format::decode_chunk(bytes));
    const auto audit = format::class_key(key, id, format::EventClass::audit);
    Hash32 previous{};
    for (const auto& segment : chunk.segments) {
        const auto view = ByteView(bytes).subspan(segment.offset, segment.length);
        const auto before = std::exchange(previous, format::segment_leaf(view));
        if (segment.header.event_class != format::EventClass::audit) continue;
        LUCID_TRY(const auto events, format::open_segment(view, id, audit, before));
        format::EventReader reader(events, segment.header.t_first_us);
        while (!reader.empty()) {
            LUCID_TRY(const auto event, reader.next());
            if (event.kind != format::kind_note) continue;
            const auto commitment = format::commitment_of_opening(event.payload);
            if (commitment && *commitment == manifest.parties_commitment)
                return format::parties_of_opening(event.payload);
        }
    }
    return fail(Errc::not_found, "parties note");
}

}  // namespace lucid::sessions::replay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/sessions/pictures/stage.hpp>

#include <utility>

namespace lucid::sessions::pictures {
namespace {

/// The largest snapshot: what a compositor may hold at all.
constexpr std::size_t snapshot_bytes_max = rdp::picture::compositor_bytes_max;

rdp::picture::CompositorOptions options_with(rdp::picture::MakeAvcDecoder make_avc) {
    rdp::picture::CompositorOptions options;
    options.make_avc = std::move(make_avc);
    return options;
}

}  // namespace

Stage::Stage(rdp::picture::MakeAvcDecoder make_avc)
    : compositor_(options_with(std::move(make_avc))) {}

Result<void> Stage::play(format::EventClass event_class, std::uint8_t kind, ByteView payload) {
    if (event_class == format::EventClass::index) return play_index(kind, payload);
    if (event_class == format::EventClass::input) {
        if (kind == format::kind_client_pdu) follow_mouse(payload);
        return {};
    }
    if (event_class != format::EventClass::screen) return {};
    return kind == format::kind_connect_response ? compositor_.connect_response(payload)
                                                 : compositor_.server_pdu(payload);
}

void Stage::follow_mouse(ByteView packet) {
    if (packet.empty() || packet[0] == rdp::proto::tpkt_version) return;
    const auto events = rdp::proto::decode_fast_path_input(packet);
    if (!events) return;
    for (const auto& event : *events) {
        if (event.code != rdp::proto::FastPathEvent::mouse) continue;
        mouse_x_ = event.x;
        mouse_y_ = event.y;
        ++mouse_moves_;
    }
}

Result<void> Stage::play_index(std::uint8_t kind, ByteView payload) {
    switch (kind) {
        case format::kind_pages: {
            LUCID_TRY(auto group, format::decode_page_group(payload));
            auto page = group.first_page;
            for (auto& bytes : group.pages) pages_.insert_or_assign(page++, std::move(bytes));
            return {};
        }
        case format::kind_history: {
            LUCID_TRY(history_, history_reader_.add(payload));
            return {};
        }
        case format::kind_keyframe: {
            LUCID_TRY(const auto keyframe, format::decode_keyframe(payload));
            const auto restored = restore(keyframe);
            pages_.clear();
            history_.clear();
            return restored;
        }
        default:
            return {};
    }
}

Result<void> Stage::restore(const format::Keyframe& keyframe) {
    Bytes snapshot;
    for (const auto& run : keyframe.pages)
        for (auto page = run.first; page < run.first + run.count; ++page) {
            const auto found = pages_.find(page);
            if (found == pages_.end()) return fail(Errc::not_found, "page of a keyframe", page);
            if (found->second.size() > snapshot_bytes_max - snapshot.size())
                return fail(Errc::limit_exceeded, "keyframe", snapshot.size());
            append(snapshot, found->second);
        }
    LUCID_CHECK(compositor_.restore(snapshot));
    for (const auto& history : history_) LUCID_CHECK(compositor_.patch(history));
    return {};
}

}  // namespace lucid::sessions::pictures

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/indexer.hpp>
#include <lucid/sessions/pictures/png.hpp>

#include <algorithm>
#include <utility>

namespace lucid::sessions::pictures {
namespace {

/// Frame head, event head, and its part of a segment's header, tag, leaf and trailer.
constexpr std::uint64_t overhead_bytes = 32;
/// The first picture is not looked at before it is likely to be one.
constexpr std::uint64_t first_thumbnail_us = 2'000'000;
/// A keyframe that was too dear is looked at again after so much more of the recording.
constexpr std::uint64_t retry_bytes = 128 * 1024;

std::uint64_t cost_of(std::size_t payload_bytes) {
    return payload_bytes + overhead_bytes;
}

}  // namespace

Indexer::Indexer(IndexerOptions options)
    : options_(std::move(options)), stage_(options_.make_avc) {}

void Indexer::emit(std::uint8_t kind, std::uint64_t time_us, ByteView payload) {
    // u32 length ‖ u8 class ‖ u8 kind ‖ u64 time ‖ payload: the event pipe's frames.
    output_.u32_le(static_cast<std::uint32_t>(payload.size() + 10));
    output_.u8(static_cast<std::uint8_t>(format::EventClass::index)).u8(kind).u64_le(time_us);
    output_.bytes(payload);
    emitted_ += cost_of(payload.size());
}

std::uint64_t Indexer::allowance() const {
    const auto all = std::max(index_floor_bytes, stored_ * options_.share_permille / 1000);
    return all > emitted_ ? all - emitted_ : 0;
}

bool Indexer::keyframe_due() const {
    const auto stored = stored_ - keyframe_stored_;
    if (stored < options_.keyframe_distance_bytes || stored_ < next_try_stored_) return false;
    // What was drawn over since does not have to be read.
    const auto all = std::max<std::uint64_t>(1, ownership_.bytes_all());
    return now_us_ > 0 &&
           stored * ownership_.bytes_left() / all >= options_.keyframe_distance_bytes;
}

void Indexer::event(format::EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
                    ByteView payload) {
    // A keyframe stands between two times, so that a player knows what comes after it.
    if (time_us > now_us_) {
        if (keyframe_due()) try_keyframe();
        if (now_us_ >=
            thumbnail_us_ + (has_thumbnail_ ? options_.thumbnail_distance_us : first_thumbnail_us))
            make_thumbnail();
        if (time_us >= activity_from_us_ + options_.activity_us) {
            end_activity();
            activity_from_us_ = time_us;
        }
        now_us_ = time_us;
    }
    if (event_class == format::EventClass::input) {
        ++activity_.client_inputs;
        return;
    }
    if (event_class != format::EventClass::screen) return;
    ++activity_.host_pdus;
    activity_.host_bytes += payload.size();
    draw(kind, payload);
}

void Indexer::draw(std::uint8_t kind, ByteView payload) {
    // What cannot be drawn leaves its part of the picture old, as it does for a player.
    const auto drawn = stage_.play(format::EventClass::screen, kind, payload);
    auto& compositor = stage_.compositor();
    const auto& effect = compositor.effect();
    const bool can_be_left_out = drawn && kind == format::kind_server_pdu && effect.draws_only;
    ownership_.event(now_us_, payload.size(), can_be_left_out, effect.pointer);
    ownership_.resize(compositor.screen().width(), compositor.screen().height(), now_us_);
    for (const auto& rect : compositor.take_damage()) {
        ownership_.drew(rect, now_us_);
        changed_pixels_ += std::uint64_t{rect.width} * rect.height;
        picture_changed_ = true;
    }
}

void Indexer::try_keyframe() {
    const auto snapshot = stage_.compositor().keyframe();
    if (!snapshot) {
        // An H.264 stream without an IDR picture for long; maybe there is one later.
        next_try_stored_ = stored_ + options_.keyframe_distance_bytes;
        return;
    }
    auto plan = pages_.plan(*snapshot, options_.keyframe_bytes_max);
    const auto payload = format::encode_keyframe(plan.keyframe);
    if (payload.size() > format::event_payload_bytes_max) return;
    auto cost = cost_of(payload.size());
    for (const auto& group : plan.groups) cost += cost_of(group.size());
    if (cost > allowance()) {
        const auto missing = (cost - allowance()) * 1000 / options_.share_permille;
        next_try_stored_ = stored_ + std::max(retry_bytes, missing);
        return;
    }
    end_history();
    end_spans();
    for (const auto& group : plan.groups) emit(format::kind_pages, now_us_, group);
    emit(format::kind_keyframe, now_us_, payload);
    pages_.commit();
    stage_.compositor().mark_history();
    ownership_.restart();
    ++keyframes_;
    keyframe_us_ = now_us_;
    keyframe_stored_ = stored_;
}

/// What was taken out of histories since the last keyframe.
void Indexer::end_history() {
    if (keyframes_ == 0) return;
    const auto history = stage_.compositor().take_history();
    if (history.empty()) return;
    for (const auto& piece : format::encode_history(keyframe_us_, history))
        emit(format::kind_history, now_us_, piece);
}

/// What of it need not be read.
void Indexer::end_spans() {
    const auto spans = ownership_.spans();
    const bool useful = std::any_of(spans.begin(), spans.end(),
                                    [](const auto& span) { return span.over_us.has_value(); });
    if (useful) emit(format::kind_spans, now_us_, format::encode_spans(keyframe_us_, spans));
}

void Indexer::make_thumbnail() {
    const auto& screen = stage_.compositor().screen();
    if (!picture_changed_ || screen.empty()) return;
    const auto small =
        thumbnail({screen.bytes(), screen.width(), screen.height()}, options_.thumbnail_side);
    const auto png = encode_png(small.view());
    thumbnail_us_ = now_us_;
    if (!png || cost_of(png->size()) > allowance()) return;
    emit(format::kind_thumbnail, now_us_, *png);
    has_thumbnail_ = true;
    picture_changed_ = false;
}

void Indexer::end_activity() {
    auto activity = std::exchange(activity_, {});
    const auto changed = std::exchange(changed_pixels_, 0);
    if (activity.host_pdus == 0 && activity.client_inputs == 0) return;
    const auto& screen = stage_.compositor().screen();
    const auto pixels = std::max<std::uint64_t>(1, std::uint64_t{screen.width()} * screen.height());
    activity.seconds = (now_us_ - std::min(now_us_, activity_from_us_)) / 1'000'000;
    activity.changed_permille = changed * 1000 / pixels;
    const auto payload = format::encode_activity(activity);
    if (cost_of(payload.size()) <= allowance()) emit(format::kind_activity, now_us_, payload);
}

void Indexer::finish() {
    end_history();
    end_spans();
    make_thumbnail();
    end_activity();
}

}  // namespace lucid::sessions::pictures

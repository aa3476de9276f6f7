// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/picture/compositor.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

namespace lucid::rdp::picture {
namespace {

constexpr std::uint32_t snapshot_magic = 0x4350554c;  // "LUPC"
constexpr std::uint16_t snapshot_version = 2;
/// Instead of the code of an update that is being put together.
constexpr std::uint8_t no_update = 0xff;
/// Which history a slice belongs to: bulk::BulkHistory, or the graphics pipeline's.
constexpr std::uint8_t zgfx_history = 0x80;

constexpr std::size_t bulk_bytes_max = bulk::xcrush_history_bytes + 4 * 65536;
constexpr std::size_t dynamic_bytes_max = dynamic_pdu_bytes_max + graphics_message_bytes_max + 64;

template <class Part>
Result<void> restore_part(StateReader& state, std::size_t bytes_max, Part& part) {
    LUCID_TRY(const auto bytes, state.sized_pages(bytes_max, "snapshot part"));
    Reader r(bytes);
    LUCID_CHECK(part.restore(r));
    return r.finish("snapshot part");
}

/// The first error of several steps that do not depend on each other.
void keep_first(Result<void>& result, const Result<void>& next) {
    if (result && !next) result = next;
}

}  // namespace

Compositor::Compositor(CompositorOptions options)
    : options_(std::move(options)),
      budget_(options_.pixel_bytes_max),
      dynamic_channel_(options_.dynamic_channel),
      screen_(budget_),
      pointer_(budget_),
      graphics_(budget_, screen_, options_.make_avc) {}

void Compositor::reset() {
    dynamic_channel_ = options_.dynamic_channel;
    bulk_ = {};
    screen_.reset();
    pointer_.reset();
    dynamic_.reset();
    graphics_.reset();
    fragments_ = {};
    fragmented_.reset();
}

Result<void> Compositor::connect_response(ByteView packet) {
    LUCID_TRY(const auto blocks, proto::locate_server_blocks(packet));
    const auto* net = proto::find_block(blocks, proto::GccBlockType::sc_net);
    if (net == nullptr) return fail(Errc::not_found, "server network data");
    LUCID_TRY(const auto channels, proto::decode_server_network_data(packet, *net));
    reset();
    io_channel_ = channels.io_channel;
    return {};
}

Result<void> Compositor::server_pdu(ByteView packet) {
    effect_ = {};
    auto taken = take_pdu(packet);
    // What was drawn before an error is not known.
    if (!taken || !screen_.damage().exact()) effect_.draws_only = false;
    return taken;
}

Result<ByteView> Compositor::decompress(std::uint8_t flags, ByteView data) {
    constexpr std::uint8_t history_flags =
        bulk::packet_compressed | bulk::packet_at_front | bulk::packet_flushed;
    if ((flags & history_flags) != 0) effect_.draws_only = false;
    return bulk_.decompress(flags, data);
}

Result<void> Compositor::move_pointer(const proto::PointerUpdate& update) {
    effect_.pointer = true;
    return pointer_.apply(update, screen_.palette());
}

Result<void> Compositor::take_pdu(ByteView packet) {
    if (packet.empty()) return fail(Errc::truncated, "pdu");
    if (packet[0] != proto::tpkt_version) return fast_path(packet);
    LUCID_TRY(const auto pdu, proto::decode_mcs_pdu(packet));
    if (pdu.type != proto::McsPduType::send_data_indication) return {};
    if (pdu.channel == io_channel_) return io_data(pdu.data);
    if (dynamic_channel_ && *dynamic_channel_ != pdu.channel) return {};
    dynamic_channel_ = pdu.channel;
    effect_.draws_only = false;
    return dynamic_data(pdu.data);
}

Result<void> Compositor::io_data(ByteView user_data) {
    // Licensing and the like stand before the first share PDU.
    if (!proto::is_share_control(user_data)) return {};
    LUCID_TRY(const auto pdus, proto::decode_share_pdus(user_data));
    Result<void> result;
    for (const auto& pdu : pdus) {
        if (pdu.type == proto::PduType::demand_active)
            keep_first(result, demand_active(user_data));
        else if (pdu.type == proto::PduType::data)
            keep_first(result, share_data(pdu));
    }
    return result;
}

Result<void> Compositor::demand_active(ByteView user_data) {
    effect_.draws_only = false;
    LUCID_TRY(const auto capabilities, proto::locate_capabilities(user_data));
    for (const auto& capability : capabilities) {
        if (capability.type != proto::capstype_bitmap) continue;
        LUCID_TRY(const auto bitmap, proto::decode_bitmap_capability(
                                         user_data.subspan(capability.offset, capability.length)));
        return screen_.resize(bitmap.desktop_width, bitmap.desktop_height);
    }
    return {};
}

Result<void> Compositor::share_data(const proto::ShareControlPdu& pdu) {
    LUCID_TRY(const auto data, proto::decode_share_data(pdu));
    // Whatever it is, its bytes belong to the history.
    LUCID_TRY(const auto payload, decompress(data.compressed_type, data.payload));
    if (data.type2 == proto::pdu_type2_pointer) {
        LUCID_TRY(const auto update, proto::decode_slow_path_pointer(payload));
        return move_pointer(update);
    }
    if (data.type2 != proto::pdu_type2_update) return {};
    LUCID_TRY(const auto type, proto::decode_update_type(payload));
    switch (type) {
        case proto::UpdateType::bitmap:
            return bitmap_update(payload);
        case proto::UpdateType::palette:
            return palette_update(payload);
        case proto::UpdateType::synchronize:
            return {};
        case proto::UpdateType::orders:
            break;
    }
    return fail(Errc::unsupported, "drawing orders");
}

Result<void> Compositor::fast_path(ByteView packet) {
    LUCID_TRY(const auto updates, proto::decode_fast_path_output(packet));
    Result<void> result;
    for (const auto& update : updates) keep_first(result, fast_path_update(update));
    return result;
}

Result<void> Compositor::fast_path_update(const proto::FastPathUpdate& update) {
    using proto::Fragmentation;
    LUCID_TRY(const auto plain, decompress(update.compression, update.data));
    if (update.fragmentation == Fragmentation::single) {
        fragmented_.reset();
        return apply_update(update.code, plain);
    }
    effect_.draws_only = false;
    if (update.fragmentation == Fragmentation::first) {
        fragments_.clear();
        fragmented_ = update.code;
    }
    if (fragmented_ != update.code) {
        fragmented_.reset();
        return fail(Errc::bad_value, "update fragmentation");
    }
    if (plain.size() > update_bytes_max - fragments_.size()) {
        fragmented_.reset();
        return fail(Errc::limit_exceeded, "update fragments", fragments_.size());
    }
    append(fragments_, plain);
    if (update.fragmentation != Fragmentation::last) return {};
    fragmented_.reset();
    return apply_update(update.code, fragments_);
}

Result<void> Compositor::apply_update(proto::UpdateCode code, ByteView data) {
    switch (code) {
        case proto::UpdateCode::bitmap:
            return bitmap_update(data);
        case proto::UpdateCode::palette:
            return palette_update(data);
        case proto::UpdateCode::synchronize:
            return {};
        case proto::UpdateCode::surface_commands:
            return surface_commands(data);
        case proto::UpdateCode::pointer_hidden:
        case proto::UpdateCode::pointer_default:
        case proto::UpdateCode::pointer_position:
        case proto::UpdateCode::pointer_color:
        case proto::UpdateCode::pointer_cached:
        case proto::UpdateCode::pointer_new:
        case proto::UpdateCode::pointer_large: {
            LUCID_TRY(const auto update, proto::decode_fast_path_pointer(code, data));
            return move_pointer(update);
        }
        case proto::UpdateCode::orders:
            break;
    }
    return fail(Errc::unsupported, "update code", static_cast<std::uint8_t>(code));
}

Result<void> Compositor::bitmap_update(ByteView data) {
    LUCID_TRY(const auto rectangles, proto::decode_bitmap_update(data));
    Result<void> result;
    for (const auto& rectangle : rectangles) keep_first(result, screen_.draw(rectangle));
    return result;
}

Result<void> Compositor::palette_update(ByteView data) {
    LUCID_TRY(const auto palette, proto::decode_palette_update(data));
    effect_.draws_only = false;
    screen_.set_palette(palette);
    return {};
}

Result<void> Compositor::surface_commands(ByteView data) {
    LUCID_TRY(const auto commands, proto::decode_surface_commands(data));
    const auto codec_state = screen_.codec_state();
    Result<void> result;
    for (const auto& command : commands) {
        if (const auto* bits = std::get_if<proto::SurfaceBits>(&command))
            keep_first(result, screen_.draw(*bits));
        else if (const auto& marker = std::get<proto::FrameMarker>(command); marker.end)
            effect_.surface_frames.push_back(marker.frame_id);
    }
    if (screen_.codec_state() != codec_state) effect_.draws_only = false;
    return result;
}

Result<void> Compositor::dynamic_data(ByteView user_data) {
    LUCID_TRY(const auto event, dynamic_.chunk(user_data));
    switch (event) {
        case DynamicChannel::Event::opened:
        case DynamicChannel::Event::closed:
            graphics_.reset();
            return {};
        case DynamicChannel::Event::message: {
            auto drawn = graphics_.message(dynamic_.message());
            effect_.graphics_frames = graphics_.ended_frames();
            return drawn;
        }
        case DynamicChannel::Event::nothing:
            break;
    }
    return {};
}

Result<void> Compositor::save(StateWriter& state) const {
    auto& w = state.fields();
    w.u32_le(snapshot_magic).u16_le(snapshot_version);
    w.u16_le(io_channel_).u8(dynamic_channel_ ? 1 : 0).u16_le(dynamic_channel_.value_or(0));
    Writer part;
    bulk_.save(part, state.histories());
    state.sized_pages(part.view());
    screen_.save(state);
    pointer_.save(state);
    part.clear();
    dynamic_.save(part);
    state.sized_pages(part.view());
    LUCID_CHECK(graphics_.save(state));
    w.u8(fragmented_ ? static_cast<std::uint8_t>(*fragmented_) : no_update);
    state.sized_pages(fragmented_ ? ByteView(fragments_) : ByteView());
    return {};
}

Result<Bytes> Compositor::snapshot() const {
    StateWriter state;
    LUCID_CHECK(save(state));
    return std::move(state).take().bytes;
}

Result<Snapshot> Compositor::keyframe() const {
    StateWriter state(bulk::SavedHistory::left_out);
    LUCID_CHECK(save(state));
    return std::move(state).take();
}

void Compositor::mark_history() {
    bulk_.mark();
    graphics_.compression().mark();
}

Bytes Compositor::take_history() {
    Writer w;
    const auto put = [&](std::uint8_t history, const bulk::HistorySlice& slice) {
        w.u8(history).u32_le(slice.offset).u32_le(static_cast<std::uint32_t>(slice.bytes.size()));
        w.bytes(slice.bytes);
    };
    for (const auto& [history, slice] : bulk_.take_slices())
        put(static_cast<std::uint8_t>(history), slice);
    for (const auto& slice : graphics_.compression().take_slices()) put(zgfx_history, slice);
    return w.take();
}

Result<void> Compositor::patch(ByteView history) {
    Reader r(history);
    while (!r.empty()) {
        LUCID_TRY(const auto which, r.u8("history"));
        bulk::HistorySlice slice;
        LUCID_TRY(slice.offset, r.u32_le("history slice"));
        LUCID_TRY(const auto size, r.u32_le("history slice"));
        LUCID_TRY(const auto bytes, r.take(size, "history slice"));
        slice.bytes = to_bytes(bytes);
        if (which == zgfx_history) {
            LUCID_CHECK(graphics_.compression().patch(slice));
            continue;
        }
        LUCID_CHECK(bulk_.patch({static_cast<bulk::BulkHistory>(which), std::move(slice)}));
    }
    return {};
}

Result<void> Compositor::restore(ByteView snapshot) {
    const auto restored = restore_parts(snapshot);
    if (!restored) {
        reset();
        io_channel_ = 0;
        // What a new connection keeps goes too.
        (void)screen_.resize(0, 0);
        pointer_ = Pointer(budget_);
        graphics_ = GraphicsPipeline(budget_, screen_, options_.make_avc);
    }
    return restored;
}

Result<void> Compositor::restore_parts(ByteView snapshot) {
    LUCID_TRY(auto state, StateReader::open(snapshot));
    auto& r = state.fields();
    LUCID_TRY(const auto magic, r.u32_le("snapshot"));
    if (magic != snapshot_magic) return fail(Errc::bad_magic, "snapshot", magic);
    LUCID_TRY(const auto version, r.u16_le("snapshot version"));
    if (version != snapshot_version) return fail(Errc::bad_version, "snapshot", version);
    reset();
    LUCID_TRY(io_channel_, r.u16_le("I/O channel"));
    LUCID_TRY(const auto has_dynamic, r.u8("dynamic channel"));
    LUCID_TRY(const auto dynamic, r.u16_le("dynamic channel"));
    if (has_dynamic > 1) return fail(Errc::bad_value, "dynamic channel", has_dynamic);
    dynamic_channel_.reset();
    if (has_dynamic == 1) dynamic_channel_ = dynamic;
    LUCID_CHECK(restore_part(state, bulk_bytes_max, bulk_));
    LUCID_CHECK(screen_.restore(state));
    LUCID_CHECK(pointer_.restore(state));
    LUCID_CHECK(restore_part(state, dynamic_bytes_max, dynamic_));
    LUCID_CHECK(graphics_.restore(state));
    LUCID_TRY(const auto code, r.u8("fragmented update"));
    LUCID_TRY(const auto fragments, state.sized_pages(update_bytes_max, "update fragments"));
    if (code != no_update) {
        fragmented_ = static_cast<proto::UpdateCode>(code);
        fragments_ = to_bytes(fragments);
    }
    return state.finish();
}

}  // namespace lucid::rdp::picture

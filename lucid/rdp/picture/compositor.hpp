// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From what a host sends, live or recorded, to the picture a client would show.
///
///   Compositor compositor(options);
///   LUCID_CHECK(compositor.connect_response(packet));    // event kind 2, once per connection
///   LUCID_CHECK(compositor.server_pdu(packet));          // event kind 1 of class 0, in order
///   compositor.screen().bytes(); compositor.take_damage(); compositor.pointer();
///
/// An error names what could not be drawn; what was drawn before it stands, and the caller may go
/// on with the next PDU (a lost update leaves its part of the picture old).

#include <lucid/rdp/bulk/decompressor.hpp>
#include <lucid/rdp/picture/dynamic_channel.hpp>
#include <lucid/rdp/picture/graphics_pipeline.hpp>
#include <lucid/rdp/picture/pointer.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/share.hpp>

namespace lucid::rdp::picture {

/// One update of several fragments. The Multifragment Update set of known clients allows 4 MiB.
inline constexpr std::size_t update_bytes_max = std::size_t{16} << 20;

/// What a PDU did.
struct PduEffect {
    /// It did nothing but draw pixels of damage(), and these follow from its own bytes: where all
    /// of them are drawn over, leaving it out changes nothing. (The pointer apart.)
    bool draws_only = true;
    bool pointer = false;  ///< it changed the pointer
    /// Frames that ended with it, in order: those of frame markers (MS-RDPBCGR 2.2.9.2.3) and those
    /// of the graphics pipeline. A client acknowledges them.
    std::vector<std::uint32_t> surface_frames;
    std::vector<std::uint32_t> graphics_frames;
};

struct CompositorOptions {
    MakeAvcDecoder make_avc;
    std::size_t pixel_bytes_max = pixel_memory_max;
    /// The static channel "drdynvc" where the caller knows it. A recording holds, in the screen
    /// class, only the I/O channel and that one, so any other channel is taken for it.
    std::optional<std::uint16_t> dynamic_channel;
};

/// Memory of one compositor, decoders of H.264 apart: pixel buffers, histories of bulk
/// compression, codec state, one update and one graphics message being put together (twice while
/// they are decompressed), H.264 units kept for snapshots.
inline constexpr std::size_t compositor_bytes_max =
    pixel_memory_max + bulk::xcrush_history_bytes + bulk::zgfx_history_bytes + 3 * 65536 +
    codec::clear_memory_max + codec::progressive_tiles_max * codec::progressive_tile_bytes +
    2 * update_bytes_max + graphics_message_bytes_max + bulk::zgfx_message_bytes_max +
    avc_surfaces_max * avc_history_bytes_max;

class Compositor {
  public:
    explicit Compositor(CompositorOptions options);
    Compositor(const Compositor&) = delete;
    Compositor& operator=(const Compositor&) = delete;

    /// MCS Connect-Response: a connection begins. The picture stays until the host draws.
    Result<void> connect_response(ByteView packet);
    /// One whole PDU of the host, TPKT or fast-path.
    Result<void> server_pdu(ByteView packet);
    /// Of the last server_pdu().
    [[nodiscard]] const PduEffect& effect() const { return effect_; }

    [[nodiscard]] const PixelBuffer& screen() const { return screen_.pixels(); }
    [[nodiscard]] const Damage& damage() const { return screen_.damage(); }
    std::vector<codec::Rect> take_damage() { return screen_.take_damage(); }
    [[nodiscard]] const Pointer& pointer() const { return pointer_; }
    [[nodiscard]] const GraphicsPipeline& graphics() const { return graphics_; }
    /// Bytes of all pixel buffers now.
    [[nodiscard]] std::size_t pixel_bytes() const { return budget_.used(); }

    /// The whole state: a compositor with the same options that restores it goes on as this one
    /// would. Not compressed: a screen and what its surfaces and codecs hold.
    /// Errc::limit_exceeded: an H.264 stream has run too long since its last IDR picture.
    Result<Bytes> snapshot() const;
    /// After an error the compositor is as after construction.
    Result<void> restore(ByteView snapshot);

    /// The state without the histories of bulk compression, in pages.
    Result<Snapshot> keyframe() const;
    /// From here on what PDUs take out of these histories is kept for take_history(), which ends
    /// it: a compositor that restores the keyframe of this moment and is patched with that goes on
    /// as this one would, up to the PDU before take_history().
    void mark_history();
    Bytes take_history();
    Result<void> patch(ByteView history);

  private:
    Result<void> take_pdu(ByteView packet);
    Result<ByteView> decompress(std::uint8_t flags, ByteView data);
    Result<void> move_pointer(const proto::PointerUpdate& update);
    Result<void> io_data(ByteView user_data);
    Result<void> demand_active(ByteView user_data);
    Result<void> share_data(const proto::ShareControlPdu& pdu);
    Result<void> fast_path(ByteView packet);
    Result<void> fast_path_update(const proto::FastPathUpdate& update);
    Result<void> apply_update(proto::UpdateCode code, ByteView data);
    Result<void> bitmap_update(ByteView data);
    Result<void> palette_update(ByteView data);
    Result<void> surface_commands(ByteView data);
    Result<void> dynamic_data(ByteView user_data);
    Result<void> save(StateWriter& w) const;
    Result<void> restore_parts(ByteView snapshot);
    void reset();

    CompositorOptions options_;
    PixelBudget budget_;
    std::uint16_t io_channel_ = 0;
    std::optional<std::uint16_t> dynamic_channel_;
    bulk::Decompressor bulk_;
    Screen screen_;
    Pointer pointer_;
    DynamicChannel dynamic_;
    GraphicsPipeline graphics_;
    PduEffect effect_;
    Bytes fragments_;
    std::optional<proto::UpdateCode> fragmented_;  ///< the update being put together
};

}  // namespace lucid::rdp::picture

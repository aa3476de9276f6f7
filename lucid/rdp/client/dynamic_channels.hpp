// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client's side of dynamic channels (MS-RDPEDYC 3.2): which are taken, and their messages. The
/// graphics channel's are left to rdp/picture, which reads the same chunks.

#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>

#include <map>
#include <set>
#include <variant>

namespace lucid::rdp::client {

inline constexpr std::string_view graphics_channel_name = "Microsoft::Windows::RDS::Graphics";
inline constexpr std::string_view display_channel_name = "Microsoft::Windows::RDS::DisplayControl";
inline constexpr std::string_view sound_channel_name = "AUDIO_PLAYBACK_DVC";

/// Dynamic channels open at one time.
inline constexpr std::size_t dynamic_channels_max = 64;
/// One message of a dynamic channel other than graphics.
inline constexpr std::size_t dynamic_message_bytes_max = std::size_t{4} << 20;

struct DynamicOpened {
    std::string name;
    bool accepted = false;
};
struct DynamicClosed {
    std::string name;
};
/// The view is valid until the next chunk.
struct DynamicMessage {
    std::string_view name;
    ByteView message;
};
using DynamicEvent = std::variant<std::monostate, DynamicOpened, DynamicClosed, DynamicMessage>;

class DynamicChannels {
  public:
    /// Names that are taken; all others are answered with a failure.
    explicit DynamicChannels(std::set<std::string, std::less<>> wanted)
        : reassembler_(proto::channels::dvc_pdu_bytes_max * 40), wanted_(std::move(wanted)) {}

    /// User data of one send-data PDU; answers are appended to `out`.
    Result<DynamicEvent> chunk(ByteView user_data, Messages& out);
    /// Messages of the static channel that carry one message; none while the channel is not open.
    [[nodiscard]] Messages pack(std::string_view name, ByteView message) const;
    [[nodiscard]] bool is_open(std::string_view name) const;

  private:
    struct Channel {
        std::string name;
        Bytes parts;
        std::size_t total = 0;
        bool is_partial = false;
    };
    Result<DynamicEvent> create(const proto::channels::DvcPdu& pdu, Messages& out);
    Result<DynamicEvent> data(const proto::channels::DvcPdu& pdu);

    proto::channels::Reassembler reassembler_;
    std::set<std::string, std::less<>> wanted_;
    std::map<std::uint32_t, Channel> open_;
    Bytes message_;
};

}  // namespace lucid::rdp::client

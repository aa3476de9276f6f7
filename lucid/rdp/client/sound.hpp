// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client's side of sound (MS-RDPEA 3.2): PCM is taken, and what
/// sound_codec_of knows where the driver decodes it; everything else is not offered.

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/rdpsnd.hpp>

namespace lucid::rdp::client {

/// One message of sound.
inline constexpr std::size_t sound_message_bytes_max = std::size_t{1} << 20;

class Sound {
  public:
    /// `compressed`: formats other than PCM are taken too.
    explicit Sound(bool compressed) : compressed_(compressed) {}

    /// One whole channel message; answers go to `out`, what was heard to `events`.
    Result<void> message(ByteView message, Messages& out, std::vector<Event>& events);

  private:
    Result<void> formats(const proto::channels::SoundMessage& message, Messages& out);
    Result<void> wave(const proto::channels::SoundMessage& message, Messages& out,
                      std::vector<Event>& events);
    Result<void> play(const proto::channels::SoundWave& wave, ByteView data, Messages& out,
                      std::vector<Event>& events);

    bool compressed_;
    std::vector<proto::channels::SoundFormat> formats_;  ///< as offered: the host counts in them
    std::optional<std::uint16_t> current_;
    /// A Wave Info PDU whose rest comes as the next message.
    std::optional<proto::channels::SoundWave> open_;
    Bytes first_;
};

}  // namespace lucid::rdp::client

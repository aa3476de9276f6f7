// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/client/sound_decoder.hpp>

namespace lucid::rdp::audio {

/// Opus or AAC by libavcodec, one thread. Errc::unsupported: neither, or a configuration that
/// libavcodec does not take; Errc::internal: it was built without the decoder.
Result<std::unique_ptr<client::SoundDecoder>> make_ffmpeg_sound_decoder(
    const proto::channels::SoundFormat& format);

}  // namespace lucid::rdp::audio

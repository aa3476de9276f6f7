// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a client tells whoever drives it.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/rdp/client/monitors.hpp>
#include <lucid/rdp/client/sound_decoder.hpp>

#include <string>
#include <variant>
#include <vector>

namespace lucid::rdp::client {

/// The host takes input from now on; again after each deactivation.
struct Activated {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool again = false;
};
/// Monitors of the host's desktop (2.2.12.1), where it tells.
struct HostMonitors {
    Monitors monitors;
};
/// An update that could not be drawn; the picture keeps its old part there.
struct Undrawn {
    Error why;
};
/// errorInfo of a Set Error Info PDU (MS-RDPBCGR 2.2.5.1.1); 0 is none. The end follows.
struct HostError {
    std::uint32_t code = 0;
};
/// The host logged somebody on (2.2.10.1).
struct LoggedOn {};
/// The host gave an auto-reconnect cookie: Client::reconnect_cookie().
struct CookieGiven {};
/// The host says good-bye; `reason` of the MCS ultimatum (3: user requested).
struct Ended {
    unsigned reason = 0;
};
/// A dynamic channel was opened or refused.
struct ChannelOpened {
    std::string name;
    bool accepted = false;
};
/// The host's clipboard has something new.
struct ClipboardOffered {
    std::vector<std::string> formats;  ///< as `clipboard_format_name` calls them
};
/// What Client::request_clipboard asked for; nothing: the host refused.
struct ClipboardArrived {
    bool ok = false;
    std::uint32_t format = 0;
    Bytes data;
};
/// The host wants a part of a file that we offered: Client::give_clipboard_file().
struct ClipboardFileWanted {
    std::uint32_t stream = 0;
    std::uint32_t index = 0;  ///< in the list that was offered
    std::uint64_t position = 0;
    std::uint32_t bytes = 0;  ///< at most
};
/// What Client::request_clipboard_file asked for; fewer bytes at the file's end.
struct ClipboardFileArrived {
    bool ok = false;
    Bytes data;
};
/// The host asked for what we offered.
struct ClipboardTaken {
    std::string format;
};
/// The host plays sound in this format from now on.
struct SoundStarted {
    SoundCodec codec = SoundCodec::pcm;
    proto::channels::SoundFormat format;
};
/// One block of it; of PCM any number of whole samples.
struct SoundData {
    Bytes data;
};
/// The drive is there for the host, or was refused.
struct DriveAnswered {
    bool accepted = false;
};
/// The host changed the drive: "created", "written" (told when it closes the file), "renamed",
/// "removed".
struct DriveChanged {
    std::string what;
    std::string path;
    std::string to;           ///< of a rename
    std::uint64_t bytes = 0;  ///< of what was written
};
/// Touch of the host (MS-RDPEI): "ready", "suspended", "resumed", "closed".
struct TouchChanged {
    std::string what;
};
/// The host measured the line (2.2.14).
struct NetworkMeasured {
    std::string what;
};

using Event = std::variant<Activated, HostMonitors, Undrawn, HostError, LoggedOn, CookieGiven,
                           Ended, ChannelOpened, ClipboardOffered, ClipboardArrived, ClipboardTaken,
                           ClipboardFileWanted, ClipboardFileArrived, SoundStarted, SoundData,
                           DriveAnswered, DriveChanged, TouchChanged, NetworkMeasured>;

/// In words, with what to do where that is known; empty for codes that 2.2.5.1.1 lacks.
[[nodiscard]] const char* host_error_text(std::uint32_t code);

}  // namespace lucid::rdp::client

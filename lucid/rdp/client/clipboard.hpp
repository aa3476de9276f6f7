// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client's side of the clipboard (MS-RDPECLIP 3.2): what we offer is kept here and given when
/// the host asks; what the host offers is named and fetched when the driver asks.

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include <optional>

namespace lucid::rdp::client {

/// One message of the clipboard.
inline constexpr std::size_t clipboard_message_bytes_max = std::size_t{32} << 20;

/// Formats with a name of ours; what a host offers beside them keeps the host's name.
inline constexpr std::string_view clipboard_text = "text";
inline constexpr std::string_view clipboard_html = "html";
inline constexpr std::string_view clipboard_image = "image";

struct ClipboardContent {
    std::string format;  ///< one of the names above
    Bytes data;          ///< as the format has it on the wire
};
/// UTF-8 with LF to CF_UNICODETEXT and back.
Result<Bytes> clipboard_text_to_wire(std::string_view utf8);
[[nodiscard]] std::string clipboard_text_of_wire(ByteView data);

class Clipboard {
  public:
    /// One whole channel message; answers go to `out`, news to `events`.
    Result<void> message(ByteView message, Messages& out, std::vector<Event>& events);
    /// What the host gets when it pastes, instead of what was offered before. Sent at once, or when
    /// the host is ready.
    void offer(std::vector<ClipboardContent> contents, Messages& out);
    /// ClipboardArrived follows. Errc::not_found: the host offers no such format;
    /// Errc::already_exists: the last one has not come yet.
    Result<void> request(std::string_view format, Messages& out);
    [[nodiscard]] bool ready() const { return ready_; }

  private:
    Result<void> on_ready(Messages& out);
    Result<void> on_list(const proto::channels::ClipMessage& message, Messages& out,
                         std::vector<Event>& events);
    Result<void> on_request(const proto::channels::ClipMessage& message, Messages& out,
                            std::vector<Event>& events);
    [[nodiscard]] Bytes list() const;

    std::vector<ClipboardContent> ours_;
    struct Theirs {
        std::uint32_t id = 0;
        std::string name;
    };
    std::vector<Theirs> theirs_;
    std::optional<std::uint32_t> asked_;
    bool host_has_long_names_ = false;
    bool ready_ = false;
};

}  // namespace lucid::rdp::client

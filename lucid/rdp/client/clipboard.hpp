// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client's side of the clipboard (MS-RDPECLIP 3.2): what we offer is kept here and given when
/// the host asks; what the host offers is named and fetched when the driver asks. Of files only the
/// list is kept: their bytes are the driver's, part by part.

#include <lucid/rdp/client/clipboard_formats.hpp>
#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include <optional>

namespace lucid::rdp::client {

/// One message of the clipboard.
inline constexpr std::size_t clipboard_message_bytes_max = std::size_t{32} << 20;

/// Bytes of a file in one answer, either way: those who want more ask again.
inline constexpr std::uint32_t clipboard_file_part_bytes_max = 1 << 20;
/// Requests for parts of files that the driver has not answered yet.
inline constexpr std::size_t clipboard_file_requests_max = 64;

struct ClipboardContent {
    std::string format;  ///< one of the names of clipboard_formats.hpp
    Bytes data;          ///< as the format has it on the wire
};

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
    /// A part of a file of the list that came last; ClipboardFileArrived follows. One at a time:
    /// Errc::already_exists.
    Result<void> request_file(std::uint32_t index, std::uint64_t position, std::uint32_t bytes,
                              Messages& out);
    /// What ClipboardFileWanted asked for; nothing: it cannot be read. Errc::not_found: nobody
    /// waits for it any more.
    Result<void> give_file(std::uint32_t stream, std::optional<ByteView> part, Messages& out);
    [[nodiscard]] bool ready() const { return ready_; }

  private:
    Result<void> on_ready(Messages& out);
    Result<void> on_list(const proto::channels::ClipMessage& message, Messages& out,
                         std::vector<Event>& events);
    Result<void> on_request(const proto::channels::ClipMessage& message, Messages& out,
                            std::vector<Event>& events);
    Result<void> on_file_request(const proto::channels::ClipMessage& message, Messages& out,
                                 std::vector<Event>& events);
    Result<void> on_file_response(const proto::channels::ClipMessage& message,
                                  std::vector<Event>& events);
    [[nodiscard]] Bytes list() const;
    [[nodiscard]] bool may_offer(const ClipboardContent& content) const;

    std::vector<ClipboardContent> ours_;
    struct Theirs {
        std::uint32_t id = 0;
        std::string name;
    };
    std::vector<Theirs> theirs_;
    std::optional<std::uint32_t> asked_;
    std::vector<std::optional<std::uint64_t>> our_sizes_;  ///< of the files that we offer
    std::vector<std::uint32_t> wanted_streams_;            ///< not answered yet
    struct Asked {
        std::uint32_t stream = 0;
        std::uint32_t bytes = 0;
    };
    std::optional<Asked> asked_file_;
    std::uint32_t next_stream_ = 1;
    std::uint32_t host_flags_ = 0;
    bool ready_ = false;
};

}  // namespace lucid::rdp::client

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Files on the clipboard that are held until scanned. The first request for a piece of a file
/// makes the gateway fetch the whole of it from its owner, hand it to the scanner, and answer that
/// request and all later ones from what was scanned: the owner cannot show one content to the
/// scanner and another to the taker.

#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/relay/outgoing.hpp>
#include <lucid/rdp/relay/scan_desk.hpp>

#include <map>
#include <memory>
#include <optional>

namespace lucid::rdp::relay {

class ClipboardHold {
  public:
    /// Bytes asked of the owner at a time; less where policy's messages are smaller.
    static constexpr std::uint32_t fetch_bytes_max = 512 * 1024;
    /// Requests that wait for one file.
    static constexpr std::size_t waiting_max = 64;
    /// Stream ids of our own requests count up from here; peers begin at 0 or 1.
    static constexpr std::uint32_t first_stream = 0x4c554300;

    struct FileFacts {
        std::string name;
        std::optional<std::uint64_t> size;
    };

    /// All must outlive the hold.
    ClipboardHold(const Policy& policy, Sink& sink, ScanDesk& desk)
        : policy_(policy), sink_(sink), desk_(desk) {}

    /// A request for a piece that policy allows. False: this file is not held (policy lets files
    /// pass that are too large), the request is to go to its owner.
    [[nodiscard]] bool request(Side owner, const proto::channels::FileContentsRequest& request,
                               const FileFacts& file, Outbox& out);
    /// Is this stream of the owner's one of ours?
    [[nodiscard]] bool expects(Side owner, std::uint32_t stream) const;
    void response(Side owner, std::uint32_t stream, bool failed, ByteView body, Outbox& out);
    /// The owner said something that cannot be read; whatever is being fetched of it fails.
    void owner_failed(Side owner, Outbox& out);
    /// False: not a scan of this hold.
    [[nodiscard]] bool verdict(std::uint32_t id, const scan::proto::ScanResult& result,
                               Outbox& out);
    /// The owner offers other files now.
    void forget(Side owner, Outbox& out);
    /// The session is over: what is undecided is told.
    void end();

  private:
    /// failed: there was no verdict; asked for again, it is tried again.
    enum class State { fetching, scanning, passing, refused, unheld, failed };
    struct Held {
        FileFacts file;
        State state = State::failed;
        std::uint32_t stream = 0;        ///< of the request that is out
        std::uint32_t asked = 0;         ///< its bytes
        std::uint32_t scan = 0;          ///< its number at the desk
        std::shared_ptr<Bytes> content;  ///< while fetching, scanning and, if it lasts, passing
        std::vector<proto::channels::FileContentsRequest> waiting;
    };
    using Key = std::pair<Side, std::uint32_t>;  ///< owner, index

    void begin(const Key& key, Held& held, Outbox& out);
    void fetch_more(const Key& key, Held& held, Outbox& out);
    void scan(Held& held);
    void decide(const Key& key, Held& held, const scan::proto::ScanResult& result, Outbox& out);
    /// Answers all that wait: with pieces of the content, or failures.
    void answer(const Key& key, Held& held, Outbox& out);
    void pass_unscanned(Held& held);
    void drop_content(Held& held);
    /// Makes room by forgetting contents that were handed out.
    [[nodiscard]] bool reserve(std::size_t bytes);
    void refuse(Side taker, std::uint32_t stream, Outbox& out) const;
    void tell(const Key& key, const Held& held, const scan::proto::ScanResult& result,
              bool allowed) const;

    const Policy& policy_;
    Sink& sink_;
    ScanDesk& desk_;
    std::map<Key, Held> held_;
    std::uint32_t next_stream_ = first_stream;
};

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Files on the client's drives that are held until scanned, by open handle.
///
/// Read by the host: the first read makes the gateway fetch the whole file, scan it, and answer
/// from what was scanned. Written by the host: what is written is kept here and acknowledged; when
/// the host closes the file, the whole of what the file would be is scanned and only then written
/// at the client. What may not pass leaves the client's file as it was opened, and the close fails.
///
/// A file's size asked for between write and close is the old one: such questions go to the client.

#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/relay/outgoing.hpp>
#include <lucid/rdp/relay/scan_desk.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace lucid::rdp::relay {

class DriveHold {
  public:
    using Key = std::pair<std::uint32_t, std::uint32_t>;  ///< device, file
    /// Bytes of one read or write of our own.
    static constexpr std::uint32_t piece_bytes = 512 * 1024;
    /// Completion ids of our own requests count up from here; hosts begin at 0 or 1.
    static constexpr std::uint32_t first_completion = 0x4c550000;

    /// All must outlive the hold.
    DriveHold(const Policy& policy, Sink& sink, ScanDesk& desk)
        : policy_(policy), sink_(sink), desk_(desk) {}

    /// The client opened a file for the host; `is_new`: with nothing in it.
    void opened(const Key& key, std::string path, bool is_new);
    void renamed(const Key& key, std::string path);
    /// Do requests of this kind to this file go through here?
    [[nodiscard]] bool takes(const proto::channels::DeviceIoRequest& io) const;
    /// A request that policy allows; `message` is the whole of it. Answered, or sent on to the
    /// client, now or later. Errc: it cannot be read.
    Result<void> request(const proto::channels::DeviceIoRequest& io, ByteView message, Outbox& out);
    /// Is this the completion of a request of our own?
    [[nodiscard]] bool expects(const proto::channels::DeviceIoCompletion& completion) const;
    void completion(const proto::channels::DeviceIoCompletion& completion, Outbox& out);
    /// False: not a scan of this hold.
    [[nodiscard]] bool verdict(std::uint32_t id, const scan::proto::ScanResult& result,
                               Outbox& out);
    /// Requests of the host that were answered here since the last call.
    [[nodiscard]] std::vector<std::uint32_t> take_answered() {
        return std::exchange(answered_, {});
    }
    /// Must this close fail, although the client will say it succeeded? Asked once.
    [[nodiscard]] bool fails_close(std::uint32_t completion) {
        return failing_closes_.erase(completion) > 0;
    }
    /// The file is gone: closed, or its device was removed.
    void forget(const Key& key);
    void end();

  private:
    enum class Errand { none, fetch, flush };
    struct Waiting {
        std::uint32_t completion = 0;
        std::uint32_t major = 0;
        Bytes message;
    };
    struct Image {
        std::string path;
        std::shared_ptr<Bytes> content = std::make_shared<Bytes>();
        bool loaded = false;   ///< content is the whole file
        bool unheld = false;   ///< too large, and policy lets it pass
        bool refused = false;  ///< nothing of it is read or written any more
        /// Of the content as it is.
        std::optional<scan::proto::ScanResult> result;
        bool told = false;      ///< that it was read
        bool flushing = false;  ///< what was written goes to the client
        std::uint32_t scan = 0;
        Errand errand = Errand::none;
        std::uint32_t completion = 0;                  ///< of the errand's request
        std::map<std::uint64_t, std::uint64_t> dirty;  ///< written and not at the client: from → to
        std::deque<Waiting> queue;
        [[nodiscard]] bool busy() const { return scan != 0 || errand != Errand::none; }
    };

    /// Does what can be done of the queue; the rest waits for the client or the scanner.
    void advance(const Key& key, Image& image, Outbox& out);
    /// One request of the queue; false: it has to wait.
    bool serve(const Key& key, Image& image, const Waiting& waiting, Outbox& out);
    bool serve_read(const Key& key, Image& image, const Waiting& waiting, Outbox& out);
    bool serve_write(const Key& key, Image& image, const Waiting& waiting, Outbox& out);
    bool serve_size(const Key& key, Image& image, const Waiting& waiting, Outbox& out);
    bool serve_close(const Key& key, Image& image, const Waiting& waiting, Outbox& out);
    /// True when the content is here; otherwise it is being fetched, or the file is given up.
    bool load(const Key& key, Image& image, Outbox& out);
    /// True when there is a verdict.
    bool judge(Image& image);
    /// Writes the next piece of what is dirty.
    void flush(const Key& key, Image& image, Outbox& out);
    [[nodiscard]] bool resize(Image& image, std::uint64_t bytes);
    void on_too_large(Image& image);
    void give_up(Image& image, Side from, const scan::proto::ScanResult& result);
    void drop_content(Image& image);
    [[nodiscard]] bool written_elsewhere(const Key& key, const Image& image) const;
    void send_on(const Waiting& waiting, Outbox& out) const;
    void answer(std::uint32_t completion, Bytes message, Outbox& out, bool has_body);
    void deny(const Key& key, const Waiting& waiting, Outbox& out);
    void tell(const Image& image, Side from, const scan::proto::ScanResult& result,
              bool allowed) const;

    const Policy& policy_;
    Sink& sink_;
    ScanDesk& desk_;
    std::map<Key, Image> images_;
    std::uint32_t next_completion_ = first_completion;
    std::vector<std::uint32_t> answered_;
    std::set<std::uint32_t> failing_closes_;
};

}  // namespace lucid::rdp::relay

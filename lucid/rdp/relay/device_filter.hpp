// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Redirected devices by kind, on whole rdpdr messages: what policy refuses is never announced to
/// the host, and what was not announced cannot be asked for. Files and print jobs that pass are
/// told by name, size and hash; files that are to be scanned go through a DriveHold.

#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/relay/drive_hold.hpp>
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>
#include <lucid/rdp/relay/transfer_event.hpp>

#include <map>
#include <optional>

namespace lucid::rdp::relay {

struct DeviceDecision {
    bool pass = false;
    /// Passed instead of the message.
    std::optional<Bytes> rewritten;
    /// Goes back to the sender.
    std::optional<Bytes> answer;
    /// Sent besides, in this order.
    Outbox also = {};
};

class DeviceFilter {
  public:
    /// Longest rdpdr message; reads and writes of files are at most 1 MiB with known peers.
    static constexpr std::size_t message_bytes_max = 4 * 1024 * 1024;
    /// Requests without completion, and open files, that are followed at a time.
    static constexpr std::size_t pending_max = 1024;
    static constexpr std::size_t files_max = 1024;
    /// Written data that waits for its completion.
    static constexpr std::size_t pending_bytes_max = 8 * 1024 * 1024;

    /// Bytes of a print job in one `printed` event.
    static constexpr std::size_t printed_bytes_max = 64 * 1024;

    /// `sink` and `desk` must outlive the filter.
    DeviceFilter(const Policy& policy, Sink& sink, ScanDesk& desk)
        : policy_(policy), sink_(sink), desk_(desk), hold_(policy_, sink, desk) {}
    DeviceFilter(const DeviceFilter&) = delete;
    DeviceFilter& operator=(const DeviceFilter&) = delete;

    Result<DeviceDecision> from_client(ByteView message);
    Result<DeviceDecision> from_host(ByteView message);

    /// False: not a scan of this filter.
    [[nodiscard]] bool verdict(std::uint32_t id, const scan::proto::ScanResult& result,
                               Outbox& out);
    /// The session is over: files and jobs that are still open are told.
    void end();

  private:
    struct Device {
        proto::channels::DeviceType type{};
        std::string name;
    };
    struct Flow {
        std::uint64_t bytes = 0;
        crypto::Sha256 hash;
    };
    struct File {
        std::string name;
        bool directory = false;
        Flow read;                              ///< client → host
        Flow written;                           ///< host → client
        std::optional<std::uint32_t> job = {};  ///< it is a print job, of this number
    };
    struct Pending {
        std::uint32_t device = 0;
        std::uint32_t major = 0;
        std::uint32_t file = 0;
        std::string name;
        bool directory = false;
        bool is_new = false;  ///< created or cut to nothing
        Bytes data;           ///< of a write, hashed once it succeeded
    };
    using FileKey = std::pair<std::uint32_t, std::uint32_t>;  ///< device, file

    Result<DeviceDecision> announce(const proto::channels::RdpdrMessage& message);
    Result<DeviceDecision> remove(const proto::channels::RdpdrMessage& message);
    Result<DeviceDecision> request(const proto::channels::RdpdrMessage& message, ByteView whole);
    /// A request to a drive: passed and followed, held, or answered here.
    Result<DeviceDecision> drive_request(const proto::channels::DeviceIoRequest& io,
                                         ByteView whole);
    Result<DeviceDecision> printer_request(const proto::channels::DeviceIoRequest& io,
                                           const std::string& printer);
    /// What the printer's own messages may be (MS-RDPEPC 2.2.2).
    DeviceDecision printer_message(Side from, const proto::channels::RdpdrMessage& message);
    /// What this side has no business saying; the first is an event.
    DeviceDecision drop(const proto::channels::RdpdrMessage& message);
    DeviceDecision deny(const proto::channels::DeviceIoRequest& io, const char* why);
    /// Remembers a request until its completion; an answer to it where that cannot be.
    Result<std::optional<Bytes>> expect(const proto::channels::DeviceIoRequest& io,
                                        Pending pending);
    /// Requests that the hold has answered are waited for no more.
    void settle_held();
    void keep_printed(std::uint32_t job, ByteView data);
    /// Why policy refuses it; null: it does not.
    Result<const char*> refusal_of(const proto::channels::DeviceIoRequest& io);
    const char* refusal_of_transfer(const proto::channels::DeviceIoRequest& io,
                                    std::uint64_t bytes) const;
    Result<DeviceDecision> completion(const proto::channels::RdpdrMessage& message);
    Result<void> follow(const Pending& request,
                        const proto::channels::DeviceIoCompletion& completion);
    void close(const FileKey& key);
    void tell(const File& file, const Flow& flow, Side from, const Hash32& hash);
    [[nodiscard]] bool allowed(proto::channels::DeviceType type) const;

    Policy policy_;
    Sink& sink_;
    ScanDesk& desk_;
    DriveHold hold_;
    std::map<std::uint32_t, Device> devices_;
    std::uint32_t jobs_ = 0;
    bool told_printer_message_ = false;
    bool told_dropped_ = false;
    std::map<std::uint32_t, Pending> pending_;  ///< by completion id
    std::size_t pending_bytes_ = 0;
    std::map<FileKey, File> files_;
};

}  // namespace lucid::rdp::relay

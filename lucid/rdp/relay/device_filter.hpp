// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Redirected devices by kind, on whole rdpdr messages: what policy refuses is never announced to
/// the host, and what was not announced cannot be asked for. Files that pass are told by name, size
/// and hash.

#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
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

    DeviceFilter(const Policy& policy, Sink& sink) : policy_(policy), sink_(sink) {}

    Result<DeviceDecision> from_client(ByteView message);
    Result<DeviceDecision> from_host(ByteView message);

  private:
    struct Flow {
        std::uint64_t bytes = 0;
        crypto::Sha256 hash;
    };
    struct File {
        std::string name;
        bool directory = false;
        Flow read;     ///< client → host
        Flow written;  ///< host → client
    };
    struct Pending {
        std::uint32_t device = 0;
        std::uint32_t major = 0;
        std::uint32_t file = 0;
        std::string name;
        bool directory = false;
        Bytes data;  ///< of a write, hashed once it succeeded
    };
    using FileKey = std::pair<std::uint32_t, std::uint32_t>;  ///< device, file

    Result<DeviceDecision> announce(const proto::channels::RdpdrMessage& message);
    Result<DeviceDecision> remove(const proto::channels::RdpdrMessage& message);
    Result<DeviceDecision> request(const proto::channels::RdpdrMessage& message);
    /// A request to a drive: passed and followed, or answered here.
    Result<DeviceDecision> drive_request(const proto::channels::DeviceIoRequest& io);
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
    std::map<std::uint32_t, proto::channels::DeviceType> devices_;
    std::map<std::uint32_t, Pending> pending_;  ///< by completion id
    std::size_t pending_bytes_ = 0;
    std::map<FileKey, File> files_;
};

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A client and what a host says to it, without a line between them.

#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <algorithm>
#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

namespace lucid::test {

namespace client = rdp::client;

/// Channels are asked for in this order; those that settings leave out are missing.
inline client::Settings all_channels() {
    client::Settings settings;
    settings.user_name = wide("alice");
    settings.sound = true;
    settings.drive = "docs";
    return settings;
}

/// A folder with "a.txt" (5 bytes) and "sub/b.txt".
class MemoryFolder : public client::DriveFolder {
  public:
    Result<client::DriveEntry> look(const std::string& path) override {
        if (path.empty() || path == "sub") return client::DriveEntry{path, true, 0, 7};
        if (was_made(path, true)) return client::DriveEntry{path, true, 0, 7};
        if (was_made(path, false)) return client::DriveEntry{path, false, 0, 7};
        if (path == "a.txt" || path == "sub/b.txt")
            return client::DriveEntry{path, false, content.size(), 7};
        return fail(Errc::not_found, "memory folder");
    }
    Result<std::vector<client::DriveEntry>> list(const std::string& path) override {
        if (path == "sub")
            return std::vector<client::DriveEntry>{{"b.txt", false, content.size(), 7}};
        if (was_made(path, true)) return std::vector<client::DriveEntry>{};
        if (!path.empty()) return fail(Errc::not_found, "memory folder");
        return std::vector<client::DriveEntry>{{"a.txt", false, content.size(), 7},
                                               {"sub", true, 0, 7}};
    }
    Result<Bytes> read(const std::string& path, std::uint64_t offset,
                       std::uint32_t bytes) override {
        LUCID_CHECK(look(path));
        const auto from = std::min<std::size_t>(offset, content.size());
        return to_bytes(
            as_bytes(content).subspan(from, std::min<std::size_t>(bytes, content.size() - from)));
    }
    Result<client::DriveSpace> space() override {
        return client::DriveSpace{std::uint64_t{1} << 30, std::uint64_t{1} << 29};
    }
    Result<void> create(const std::string& path, bool is_folder) override {
        return did((is_folder ? "mkdir " : "create ") + path);
    }
    Result<void> write(const std::string& path, std::uint64_t offset, ByteView data) override {
        return did("write " + path + " " + std::to_string(offset) + " " +
                   std::string(as_text(data)));
    }
    Result<void> resize(const std::string& path, std::uint64_t bytes) override {
        return did("resize " + path + " " + std::to_string(bytes));
    }
    Result<void> rename(const std::string& from, const std::string& to, bool replace) override {
        if (!replace && look(to)) return fail(Errc::already_exists, "memory folder");
        return did("rename " + from + " " + to + (replace ? " replace" : ""));
    }
    Result<void> remove(const std::string& path) override { return did("remove " + path); }
    Result<void> set_modified(const std::string& path, std::uint64_t filetime) override {
        return did("touch " + path + " " + std::to_string(filetime));
    }
    std::string content = "hello";
    /// What was changed; files that are made are there from then on.
    std::vector<std::string> changes;
    std::optional<Error> broken;  ///< what every change fails with

  private:
    Result<void> did(std::string what) {
        if (broken) return tl::unexpected<Error>(*broken);
        changes.push_back(std::move(what));
        return {};
    }
    [[nodiscard]] bool was_made(const std::string& path, bool is_folder) const {
        const auto what = (is_folder ? "mkdir " : "create ") + path;
        return std::find(changes.begin(), changes.end(), what) != changes.end();
    }
};

/// A connection with one client, as far as the test takes it.
class Host {
  public:
    explicit Host(client::Settings settings)
        : channels_(settings.sound || settings.drive ? 4 : 2),
          peer(std::move(settings), {}, &folder) {}

    /// MCS up to Client Info.
    void join() {
        peer.start();
        output();
        say(connect_response({channels_}));
        say(attach_user_confirm(client_user));
        say(channel_join_confirm(client_user, client_user));
        say(channel_join_confirm(client_user, io_channel));
        say(channel_join_confirm(client_user, message_channel));
        for (std::size_t i = 0; i < channels_; ++i)
            say(channel_join_confirm(client_user, static_cast<std::uint16_t>(first_channel + i)));
    }
    /// Licensing and finalization: the client is active.
    void activate() {
        join();
        say(from_host(io_channel, licensing()));
        say(from_host(io_channel, active_pdu(1)));
        say(from_host(io_channel, share_data(0x28, Bytes(8))));
    }
    Result<void> tell(ByteView bytes) { return peer.receive(bytes, now_ms); }
    void say(ByteView bytes) {
        const auto taken = tell(bytes);
        ASSERT_TRUE(taken) << taken.error().message();
    }
    /// What the client has sent since the last call, PDU by PDU.
    std::vector<Bytes> output() {
        std::vector<Bytes> pdus;
        const auto bytes = peer.take_output();
        ByteView rest = bytes;
        while (!rest.empty()) {
            const auto frame = rdp::proto::peek_pdu(rest);
            EXPECT_TRUE(frame && *frame && (*frame)->length <= rest.size());
            if (!frame || !*frame) break;
            pdus.push_back(to_bytes(rest.first((*frame)->length)));
            rest = rest.subspan((*frame)->length);
        }
        return pdus;
    }
    /// User data of what was sent on a channel.
    std::vector<Bytes> output_on(std::uint16_t channel) {
        std::vector<Bytes> found;
        for (const auto& pdu : output()) {
            if (pdu[0] != rdp::proto::tpkt_version) continue;
            const auto mcs = rdp::proto::decode_mcs_pdu(pdu);
            if (mcs && mcs->channel == channel) found.push_back(to_bytes(mcs->data));
        }
        return found;
    }
    /// Whole channel messages that were sent on a channel.
    std::vector<Bytes> messages_on(std::uint16_t channel) {
        rdp::proto::channels::Reassembler reassembler(std::size_t{1} << 24);
        std::vector<Bytes> found;
        for (const auto& chunk : output_on(channel)) {
            const auto message = reassembler.add(chunk);
            EXPECT_TRUE(message);
            if (message && *message) found.push_back(to_bytes(**message));
        }
        return found;
    }
    template <class T>
    std::vector<T> events() {
        std::vector<T> found;
        for (auto& event : peer.take_events())
            if (auto* wanted = std::get_if<T>(&event)) found.push_back(std::move(*wanted));
        return found;
    }

    std::uint64_t now_ms = 1000;
    MemoryFolder folder;

  private:
    std::size_t channels_;

  public:
    client::Client peer;
};

/// Ids by the order in which the client asks, all channels wanted.
inline constexpr std::uint16_t devices_channel = first_channel;
inline constexpr std::uint16_t sound_channel = first_channel + 1;
inline constexpr std::uint16_t clipboard_channel = first_channel + 2;
inline constexpr std::uint16_t dynamic_channel = first_channel + 3;

}  // namespace lucid::test

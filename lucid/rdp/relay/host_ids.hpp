// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The MCS ids of a session's second host, where they differ from what the client agreed with the
/// first one: channels and the client's user id are exchanged in packets of both directions.

#include <lucid/rdp/handshake/mcs_join.hpp>
#include <lucid/rdp/relay/sink.hpp>

#include <map>
#include <optional>
#include <vector>

namespace lucid::rdp::relay {

using handshake::McsIds;

class HostIds {
  public:
    /// Errc::bad_value where an id stands for two channels.
    static Result<HostIds> make(const McsIds& client, const McsIds& host);

    /// Nothing is to be exchanged.
    [[nodiscard]] bool identical() const;
    /// Whole packets; what carries no ids comes back as it is.
    [[nodiscard]] Bytes to_host(ByteView packet) const;
    /// None: data on a channel that the client does not know.
    [[nodiscard]] std::optional<Bytes> to_client(ByteView packet) const;

  private:
    std::map<std::uint16_t, std::uint16_t> to_host_;
    std::map<std::uint16_t, std::uint16_t> to_client_;
};

/// A Sink that exchanges ids on the way to the host once it is told so.
class HostIdSink : public Sink {
  public:
    explicit HostIdSink(Sink& sink) : sink_(sink) {}
    void use(std::optional<HostIds> ids) { ids_ = std::move(ids); }
    [[nodiscard]] const std::optional<HostIds>& ids() const { return ids_; }

    void to_client(ByteView bytes) override { sink_.to_client(bytes); }
    void to_host(ByteView bytes) override {
        if (ids_)
            sink_.to_host(ids_->to_host(bytes));
        else
            sink_.to_host(bytes);
    }
    void record(EventClass event_class, EventKind kind, ByteView payload) override {
        sink_.record(event_class, kind, payload);
    }
    void note(std::string_view what, std::string_view detail) override { sink_.note(what, detail); }
    void keep_host_cookie(const crypto::Secret& cookie) override { sink_.keep_host_cookie(cookie); }
    void scan(std::uint32_t id, std::shared_ptr<const Bytes> content) override {
        sink_.scan(id, std::move(content));
    }
    Result<void> redeem(ByteView user_utf16, const crypto::Secret& secret_utf16) override {
        return sink_.redeem(user_utf16, secret_utf16);
    }

  private:
    Sink& sink_;
    std::optional<HostIds> ids_;
};

}  // namespace lucid::rdp::relay

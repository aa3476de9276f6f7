// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Windows of remote programs: what is started, which windows there are and which one is active, as
/// the host tells it; and whether keys belong to a window whose title policy masks. Where no remote
/// program runs nothing is known of windows, so nothing is masked.

#include <lucid/rdp/proto/window_orders.hpp>
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>
#include <lucid/rdp/relay/transfer_event.hpp>

#include <map>

namespace lucid::rdp::relay {

class WindowWatch {
  public:
    /// Windows that are remembered; what is opened beyond them has no title here.
    static constexpr std::size_t windows_max = 1024;

    WindowWatch(const Policy& policy, Sink& sink) : policy_(policy), sink_(sink) {}

    /// Does policy want any of it?
    [[nodiscard]] bool wanted() const {
        return policy_.remote_programs &&
               (policy_.remote_programs_audit || !policy_.mask_titles.empty());
    }
    /// A fast-path output PDU of the host.
    void on_output(ByteView pdu);
    /// A whole message on the static channel "rail". Errc: not in its grammar.
    Result<void> on_rail(Side from, ByteView message);
    /// Are keys that are pressed now to be recorded without their identity?
    [[nodiscard]] bool masks_keys() const { return masking_; }

  private:
    void on_orders(ByteView update);
    void on_order(const proto::WindowOrder& order);
    void look_at_active();
    void tell(std::string_view what, const std::string& detail);

    const Policy& policy_;
    Sink& sink_;
    std::map<std::uint32_t, std::string> titles_;
    std::uint32_t active_ = 0;
    bool masking_ = false;
    bool told_hidden_ = false;
};

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The client's side of touch (MS-RDPEI 3.3): readiness, and contacts whose states follow 3.1.1.1
/// (Touch Contact State Transitions).

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/outlet.hpp>

#include <array>
#include <optional>
#include <span>

namespace lucid::rdp::client {

inline constexpr std::string_view touch_channel_name = "Microsoft::Windows::RDS::Input";
/// Contacts at one time, as the host is told; they are called 0 to 9.
inline constexpr std::size_t touch_contacts_max = 10;

enum class TouchAction : std::uint8_t {
    down,
    move,   ///< of a contact that is down
    up,     ///< lifts it, or ends its hovering
    hover,  ///< above the screen: from nowhere, onwards, or lifted and still seen
    cancel  ///< it was no touch: what it has begun is not to happen
};
struct TouchPoint {
    std::size_t contact = 0;
    TouchAction action = TouchAction::down;
    std::int32_t x = 0;  ///< pixels from the desktop's origin
    std::int32_t y = 0;
};

class Touch {
  public:
    enum class State : std::uint8_t { absent, ready, suspended };

    /// One whole channel message; answers go to `out`. Errc::unsupported: a version before 1.0;
    /// Errc::bad_value: a host that suspends or resumes before it was ready.
    Result<void> message(ByteView message, Messages& out, std::vector<Event>& events);
    /// The channel was closed.
    void reset() { *this = Touch(); }
    [[nodiscard]] State state() const { return state_; }

    /// What happens at one moment, all or nothing. Errc::refused: the host is not ready, or has
    /// suspended touch; Errc::bad_value: no such contact, one that is named twice, a place beyond
    /// the protocol's numbers, or an action that its contact's state does not allow;
    /// Errc::limit_exceeded: more points than contacts.
    Result<void> frame(std::span<const TouchPoint> points, std::uint64_t now_ms, Messages& out);
    /// Ends a contact's hovering without a place. Errc::refused: not ready; Errc::bad_value: it
    /// does not hover.
    Result<void> dismiss(std::size_t contact, Messages& out);

  private:
    enum class Contact : std::uint8_t { out_of_range, hovering, engaged };
    using Contacts = std::array<Contact, touch_contacts_max>;
    /// contactFlags of the action, and the state after it.
    static Result<std::uint32_t> act(Contact& contact, TouchAction action);

    State state_ = State::absent;
    Contacts contacts_{};
    std::optional<std::uint64_t> last_frame_ms_;
};

}  // namespace lucid::rdp::client

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One scripted misbehaviour: who, from which stage on, what, and how it has to end. The tables are
/// in rows_*.cpp, one row is one test.

#include <chrono>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "party.hpp"

namespace lucid::hostile {

enum class Who { client, host };

/// What the gateway must make of it.
enum class Ends {
    at_door,   ///< closed by the door: no relay was started for it
    unlogged,  ///< a relay was started; no ticket was spent and nothing is recorded
    partial,   ///< recorded, ended by us: the reason names what was wrong
    complete,  ///< recorded, ended by a good-bye or a closed connection
    survives,  ///< filtered or passed: the session goes on, and the user's next key is answered
};

/// Runs in the place of good behaviour; afterwards the party is silent and reads until it is
/// closed.
using Script = std::function<Result<void>(Party&)>;

struct Misbehaviour {
    std::string name;
    Stage stage = Stage::tcp;  ///< reached in good order before the script
    Script script;
    Ends ends = Ends::partial;
    std::string reason;  ///< part of the reason in log and recording
    Who who = Who::client;
    HostSecurity host_security = HostSecurity::tls;
    HostSecurity client_security = HostSecurity::nla;
    /// Where the peer, who means well, goes silent; for stalls of both.
    Stage peer_stage = Stage::finalized;
    /// How long the peer reads nothing once it is at its stage.
    std::chrono::milliseconds peer_pause{0};
    /// Changes messages of the hostile party's login: their number (0, 1, …) and bytes.
    std::function<void(int, Bytes&)> tamper;
};

/// Part of the reason of every end by a time limit.
inline constexpr const char* too_long = "too long";

/// Names the row where GoogleTest prints its parameter.
inline void PrintTo(const Misbehaviour& row, std::ostream* out) {
    *out << row.name;
}

/// Sends through TLS once it runs.
[[nodiscard]] Script says(Bytes bytes);
/// Sends beneath TLS.
[[nodiscard]] Script says_raw(Bytes bytes);
/// `count` times the same, as fast as it is taken; an eighth of it under sanitizers.
[[nodiscard]] Script repeats(Bytes bytes, std::size_t count);
/// The same for a while, whether it is taken or not.
[[nodiscard]] Script floods_for(std::chrono::milliseconds time, Bytes bytes);
[[nodiscard]] Script stays_silent();
/// Ends the connection without a TLS good-bye, by FIN or by RST.
[[nodiscard]] Script closes();
[[nodiscard]] Script resets();
[[nodiscard]] Script in_order(Script first, Script second);

/// The first `length` bytes of a TPKT packet, whose length field fits again.
[[nodiscard]] Bytes recut(Bytes packet, std::size_t length);
/// With one byte replaced.
[[nodiscard]] Bytes damaged(Bytes packet, std::size_t offset, std::uint8_t value);
/// With bytes replaced behind the first occurrence of `mark`, which must be there.
[[nodiscard]] Bytes damaged_behind(Bytes packet, ByteView mark, std::size_t distance,
                                   ByteView replacement);

std::vector<Misbehaviour> x224_rows();
std::vector<Misbehaviour> tls_rows();
std::vector<Misbehaviour> credssp_rows();
std::vector<Misbehaviour> connect_rows();
std::vector<Misbehaviour> login_rows();
std::vector<Misbehaviour> input_rows();
std::vector<Misbehaviour> channel_rows();
std::vector<Misbehaviour> host_login_rows();
std::vector<Misbehaviour> host_connect_rows();
std::vector<Misbehaviour> host_output_rows();
std::vector<Misbehaviour> host_channel_rows();
/// Every stage of both sides: silent, closed, reset.
std::vector<Misbehaviour> stop_rows();

/// All of them.
const std::vector<Misbehaviour>& misbehaviours();

}  // namespace lucid::hostile

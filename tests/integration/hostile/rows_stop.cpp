// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "misbehaviour.hpp"

// Either side stops at each stage: silent, closed without a word, reset.

namespace lucid::hostile {

namespace {

constexpr std::array stages = {Stage::tcp,       Stage::x224,     Stage::tls,    Stage::login,
                               Stage::connected, Stage::attached, Stage::joined, Stage::informed,
                               Stage::licensed,  Stage::demanded, Stage::active, Stage::finalized};

Misbehaviour stop(Who who, Stage stage, const char* how, Script script) {
    Misbehaviour m;
    m.who = who;
    m.name = std::string(who == Who::client ? "client_" : "host_") + how + "_at_" + to_text(stage);
    m.stage = stage;
    m.script = std::move(script);
    m.host_security = who == Who::host ? HostSecurity::nla : HostSecurity::tls;
    // The client leg is ready, and recorded, when the login is over; the host's is dialled before.
    if (who == Who::client)
        m.ends = stage == Stage::tcp    ? Ends::at_door
                 : stage < Stage::login ? Ends::unlogged
                                        : Ends::complete;
    else
        m.ends = stage < Stage::login ? Ends::unlogged : Ends::complete;
    // A connection that is reset at once may not even count as made.
    m.reason = who == Who::host && stage == Stage::tcp ? "onnection" : "closed";
    return m;
}

Misbehaviour silent(Who who, Stage stage) {
    auto m = stop(who, stage, "silent", stays_silent());
    if (m.ends == Ends::complete) m.ends = Ends::partial;
    m.reason = too_long;
    return m;
}

}  // namespace

std::vector<Misbehaviour> stop_rows() {
    std::vector<Misbehaviour> rows;
    for (const auto who : {Who::client, Who::host})
        for (const auto stage : stages) {
            rows.push_back(stop(who, stage, "closes", closes()));
            rows.push_back(stop(who, stage, "resets", resets()));
            // Afterwards a silent desktop is one where nothing moves, and a silent client a user
            // who reads: the idle limit is for them.
            const auto started = who == Who::client ? Stage::active : Stage::demanded;
            if (stage < started) rows.push_back(silent(who, stage));
        }
    return rows;
}

}  // namespace lucid::hostile

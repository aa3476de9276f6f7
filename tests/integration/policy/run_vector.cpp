// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "run_vector.hpp"

#include <lucid/common/bytes/encoding.hpp>

#include <algorithm>

namespace lucid::test {
namespace {

std::vector<Heard> on_channel(const Step& step, const std::string& channel,
                              const std::vector<Bytes>& messages) {
    std::vector<Heard> out;
    for (const auto& message : messages) out.push_back({step.channel.value_or(channel), message});
    return out;
}

std::string shown(const std::vector<Heard>& heard) {
    std::string out;
    for (const auto& h : heard)
        out += "\n    " + h.channel + " " +
               to_hex(ByteView(h.message).first(std::min<std::size_t>(h.message.size(), 96))) +
               " (" + std::to_string(h.message.size()) + " bytes)";
    return out.empty() ? " nothing" : out;
}

std::string compare(LiveSession& session, Side at, const std::vector<Heard>& wanted, bool later) {
    std::vector<Heard> heard;
    if (later)
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            auto one = session.hear_one(at);
            if (!one) return one.error().message() + "\n";
            heard.push_back(std::move(*one));
        }
    auto rest = session.hear(at);
    if (!rest) return rest.error().message() + "\n";
    heard.insert(heard.end(), rest->begin(), rest->end());
    if (heard == wanted) return "";
    return std::string(at == Side::host ? "host" : "client") + " heard" + shown(heard) +
           "\n  and not" + shown(wanted) + "\n";
}

std::string run_steps(LiveSession& session, const Vector& vector) {
    for (std::size_t i = 0; i < vector.steps.size(); ++i) {
        const auto& step = vector.steps[i];
        const auto where = "step " + std::to_string(i + 1) + ": ";
        for (int n = 0; n < step.times; ++n) {
            const auto said =
                session.say(step.from, step.channel.value_or(vector.channel), step.message);
            if (!said) return where + said.error().message() + "\n";
            if (!vector.ends.empty() && i + 1 == vector.steps.size()) return "";
            auto problem = compare(session, other_of(step.from),
                                   on_channel(step, vector.channel, step.at_other), step.later);
            problem += compare(session, step.from, on_channel(step, vector.channel, step.at_sender),
                               step.later);
            if (!problem.empty()) return where + problem;
        }
    }
    return "";
}

bool holds(const std::vector<Recorded>& events, const std::string& part) {
    return std::any_of(events.begin(), events.end(), [&](const Recorded& event) {
        return event.text().find(part) != std::string::npos;
    });
}

std::string told(const std::vector<Recorded>& events) {
    std::string out;
    for (const auto& event : events)
        if (event.kind == 34 || event.kind >= 64) out += "\n    " + event.text();
    return out;
}

}  // namespace

std::string run_vector(World& world, const Vector& vector) {
    std::vector<std::string> channels = {vector.channel};
    if (vector.channel != "drdynvc") channels.emplace_back("drdynvc");
    auto session = LiveSession::start(world, vector.policy, std::move(channels));
    if (!session) return "no session: " + session.error().message();
    auto problem = run_steps(**session, vector);
    const auto over = vector.ends.empty() ? (*session)->leave() : (*session)->wait_for_end();
    if (!over && problem.empty()) problem += "no end: " + over.error().message() + "\n";
    session->reset();
    const auto events = world.recorded();
    const std::string ends =
        vector.ends.empty() ? R"({"reason":"client closed the connection")" : vector.ends;
    if (!holds(events, ends)) problem += "no end: " + ends + told(events) + "\n";
    for (const auto& part : vector.events)
        if (!holds(events, part)) problem += "missing: " + part + "\n  there is" + told(events);
    for (const auto& part : vector.never)
        if (holds(events, part)) problem += "recorded: " + part + told(events) + "\n";
    return problem;
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "ask_chain.hpp"

#include <lucid/core/net/frame_channel.hpp>

#include <chrono>

#include <nlohmann/json.hpp>

namespace lucid::app {

using core::runtime::Problem;
using Json = nlohmann::json;

namespace {

constexpr std::chrono::seconds answer_limit{20};

}  // namespace

std::variant<Json, Problem> ask_chain(const core::runtime::DataDir& data, const std::string& method,
                                      const Json& params) {
    auto channel = core::net::FrameChannel::connect(data.chain_socket());
    const auto request =
        Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", params}}.dump();
    if (!channel || !channel->send(as_bytes(request)))
        return Problem{"no chain runs on " + data.path(), "lucid up"};
    const auto frame = channel->receive(answer_limit);
    const auto answer =
        frame ? Json::parse(frame->payload.begin(), frame->payload.end(), nullptr, false) : Json();
    if (!answer.is_object()) return Problem{"the chain does not answer", "lucid doctor"};
    if (answer.contains("error")) return Problem{answer["error"].value("message", "refused"), ""};
    return answer.value("result", Json());
}

}  // namespace lucid::app

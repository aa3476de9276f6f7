// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/core_link.hpp>

namespace lucid::rdp::gateway {

Result<core::net::Frame> CoreLink::receive_first() {
    return channel_.receive(answer_limit);
}

namespace {

bool is_order(const Answer& answer) {
    return std::holds_alternative<Finish>(answer) || std::holds_alternative<HandOver>(answer);
}

}  // namespace

Result<CoreLink::Reply> CoreLink::receive() {
    for (;;) {
        LUCID_TRY(auto reply, receive_any());
        if (!is_order(reply.answer)) return reply;
        order_ = std::move(reply.answer);
    }
}

Result<CoreLink::Reply> CoreLink::receive_any() {
    LUCID_TRY(auto frame, channel_.receive(answer_limit));
    auto answer = decode_answer(frame.payload);
    crypto::wipe(frame.payload);
    if (!answer) return fail(answer.error());
    if (auto* kill = std::get_if<Kill>(&*answer)) {
        kill_reason_ = std::move(kill->reason);
        return fail(Errc::canceled, "killed by core");
    }
    return Reply{std::move(*answer), std::move(frame.fd)};
}

Result<CoreLink::Reply> CoreLink::ask(const Request& request) {
    LUCID_CHECK(tell(request));
    return receive();
}

Result<CoreLink::Reply> CoreLink::demand(const Request& request) {
    LUCID_TRY(auto reply, ask(request));
    if (auto* refusal = std::get_if<Refusal>(&reply.answer)) {
        refusal_ = std::move(refusal->reason);
        return fail(Errc::refused, "core");
    }
    return reply;
}

Result<void> CoreLink::tell(const Request& request) {
    auto frame = encode(request);
    const auto sent = channel_.send(frame);
    crypto::wipe(frame);
    return sent;
}

Result<void> CoreLink::take_message() {
    LUCID_TRY(auto reply, receive_any());
    if (is_order(reply.answer)) {
        order_ = std::move(reply.answer);
        return {};
    }
    return fail(Errc::bad_value, "answer that nobody asked for", reply.answer.index());
}

}  // namespace lucid::rdp::gateway

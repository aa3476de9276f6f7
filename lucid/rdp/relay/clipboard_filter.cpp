// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/clipboard_filter.hpp>

namespace lucid::rdp::relay {
namespace {

using proto::channels::ClipType;
using proto::channels::encode_clip_message;

std::string_view direction_name(Side from) {
    return from == Side::client ? "client_to_host" : "host_to_client";
}

/// Canonical JSON: keys sorted, plain ASCII values, no white space.
std::string transfer_json(bool allowed, Side from, std::uint32_t format, ByteView body) {
    return std::string("{\"allowed\":") + (allowed ? "true" : "false") +
           ",\"channel\":\"cliprdr\",\"direction\":\"" + std::string(direction_name(from)) +
           "\",\"format\":" + std::to_string(format) + ",\"sha256\":\"" +
           to_hex(crypto::sha256(body)) + "\",\"size\":" + std::to_string(body.size()) + "}";
}

}  // namespace

void ClipboardFilter::refused(Side from, std::string_view what, ByteView body) {
    sink_.note("clipboard refused", std::string(direction_name(from)) + " " + std::string(what) +
                                        " size=" + std::to_string(body.size()));
}

void ClipboardFilter::transfer(Side from, ByteView body, std::uint32_t format, bool allowed_now) {
    sink_.record(EventClass::channels, EventKind::transfer,
                 as_bytes(transfer_json(allowed_now, from, format, body)));
}

Result<ClipboardDecision> ClipboardFilter::decide(Side from, ByteView bytes) {
    LUCID_TRY(const auto message, proto::channels::decode_clip_message(bytes));
    auto& asked_other = from == Side::client ? asked_host_ : asked_client_;
    const Side other = from == Side::client ? Side::host : Side::client;
    switch (message.type) {
        case ClipType::monitor_ready:
        case ClipType::clip_caps:
        case ClipType::format_list_response:
            return ClipboardDecision{true, {}, false};
        case ClipType::temp_directory:
        case ClipType::lock_clip_data:
        case ClipType::unlock_clip_data:
            return ClipboardDecision{policy_.clipboard_files, {}, false};
        case ClipType::format_list: {
            if (allowed(from)) return ClipboardDecision{true, {}, false};
            refused(from, "announcement", message.data);
            return ClipboardDecision{false,
                                     encode_clip_message(ClipType::format_list_response,
                                                         proto::channels::cb_response_ok, {}),
                                     false};
        }
        case ClipType::format_data_request: {
            LUCID_TRY(const auto format, proto::channels::decode_format_data_request(message));
            if (allowed(other)) {
                asked_other = format;
                return ClipboardDecision{true, {}, false};
            }
            refused(other, "request", {});
            return ClipboardDecision{false,
                                     encode_clip_message(ClipType::format_data_response,
                                                         proto::channels::cb_response_fail, {}),
                                     false};
        }
        case ClipType::format_data_response:
            return on_data(from, message);
        case ClipType::file_contents_request: {
            if (policy_.clipboard_files && allowed(other))
                return ClipboardDecision{true, {}, false};
            refused(other, "file request", {});
            return ClipboardDecision{
                false,
                encode_clip_message(
                    ClipType::file_contents_response, proto::channels::cb_response_fail,
                    message.data.first(std::min<std::size_t>(4, message.data.size()))),
                false};
        }
        case ClipType::file_contents_response:
            return on_files(from, message);
    }
    return fail(Errc::bad_value, "clipboard message");
}

ClipboardDecision ClipboardFilter::on_data(Side from, const proto::channels::ClipMessage& message) {
    auto& asked = from == Side::client ? asked_client_ : asked_host_;
    const auto format = asked.value_or(0);
    const bool expected = asked.has_value();
    asked.reset();
    const bool fits = message.data.size() <= policy_.clipboard_bytes_max;
    const bool pass = expected && allowed(from) && fits;
    transfer(from, message.data, format, pass);
    if (pass) return {true, {}, true};
    refused(from, !expected ? "data nobody asked for" : "data too large", message.data);
    return {false, {}, true};
}

ClipboardDecision ClipboardFilter::on_files(Side from,
                                            const proto::channels::ClipMessage& message) {
    const bool pass = policy_.clipboard_files && allowed(from) &&
                      message.data.size() <= policy_.clipboard_bytes_max + 4U;
    transfer(from, message.data, 0, pass);
    if (!pass) refused(from, "file contents", message.data);
    return {pass, {}, true};
}

}  // namespace lucid::rdp::relay

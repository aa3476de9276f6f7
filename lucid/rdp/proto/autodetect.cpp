// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/autodetect.hpp>
#include <lucid/rdp/proto/client_info.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint8_t type_request = 0x00;
constexpr std::uint8_t type_response = 0x01;
constexpr std::uint16_t response_rtt = 0x0000;
constexpr std::uint16_t response_bandwidth_connect_time = 0x0003;
constexpr std::uint16_t response_bandwidth = 0x000b;

struct Kind {
    std::uint16_t value;
    AutoDetect what;
    bool connect_time;
};
/// requestType of 2.2.14.1.1 to 2.2.14.1.5.
constexpr Kind kinds[] = {
    {0x0001, AutoDetect::rtt, false},
    {0x1001, AutoDetect::rtt, true},
    {0x0014, AutoDetect::bandwidth_start, false},
    {0x0114, AutoDetect::bandwidth_start, false},
    {0x1014, AutoDetect::bandwidth_start, true},
    {0x0002, AutoDetect::bandwidth_payload, true},
    {0x002b, AutoDetect::bandwidth_stop, true},
    {0x0429, AutoDetect::bandwidth_stop, false},
    {0x0629, AutoDetect::bandwidth_stop, false},
    {0x0840, AutoDetect::network_result, true},
    {0x0880, AutoDetect::network_result, true},
    {0x08c0, AutoDetect::network_result, true},
};

void put_head(Writer& w, std::uint8_t header_bytes, std::uint16_t sequence, std::uint16_t type) {
    w.u16_le(sec_autodetect_rsp).u16_le(0);
    w.u8(header_bytes).u8(type_response).u16_le(sequence).u16_le(type);
}

}  // namespace

Result<AutoDetectRequest> decode_autodetect_request(ByteView user_data) {
    Reader r(user_data);
    LUCID_CHECK(r.skip(4, "security header"));
    LUCID_CHECK(r.skip(1, "headerLength"));
    LUCID_TRY(const auto type, r.u8("headerTypeId"));
    if (type != type_request) return fail(Errc::bad_value, "headerTypeId", type);
    AutoDetectRequest request;
    LUCID_TRY(request.sequence, r.u16_le("sequenceNumber"));
    LUCID_TRY(const auto value, r.u16_le("requestType"));
    for (const auto& kind : kinds) {
        if (kind.value != value) continue;
        request.what = kind.what;
        request.connect_time = kind.connect_time;
        request.payload_bytes = r.remaining();
        return request;
    }
    return fail(Errc::unsupported, "requestType", value);
}

Bytes encode_rtt_response(std::uint16_t sequence) {
    Writer w;
    put_head(w, 6, sequence, response_rtt);
    return w.take();
}

Bytes encode_bandwidth_results(const AutoDetectRequest& stop, std::uint32_t time_ms,
                               std::uint32_t bytes) {
    Writer w;
    put_head(w, 14, stop.sequence,
             stop.connect_time ? response_bandwidth_connect_time : response_bandwidth);
    w.u32_le(time_ms).u32_le(bytes);
    return w.take();
}

}  // namespace lucid::rdp::proto

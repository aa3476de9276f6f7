// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/line_meter.hpp>

namespace lucid::rdp::client {

Bytes LineMeter::answer(const proto::AutoDetectRequest& request, std::uint64_t now_ms) {
    using proto::AutoDetect;
    switch (request.what) {
        case AutoDetect::rtt:
            return proto::encode_rtt_response(request.sequence);
        case AutoDetect::bandwidth_start:
            started_ms_ = now_ms;
            bytes_ = 0;
            return {};
        case AutoDetect::bandwidth_payload:
        case AutoDetect::network_result:
            return {};
        case AutoDetect::bandwidth_stop:
            return proto::encode_bandwidth_results(request,
                                                   static_cast<std::uint32_t>(now_ms - started_ms_),
                                                   static_cast<std::uint32_t>(bytes_));
    }
    return {};
}

}  // namespace lucid::rdp::client

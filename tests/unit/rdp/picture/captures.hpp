// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Captured host streams (tests/vectors/rdp) as PDUs.

#include <lucid/rdp/picture/compositor.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "../../../support/test_paths.hpp"

namespace lucid::test {

inline std::vector<Bytes> captured_pdus(const std::string& name) {
    std::ifstream file(std::string(lucid::test::source_dir) + "/tests/vectors/rdp/" + name,
                       std::ios::binary);
    const Bytes stream{std::istreambuf_iterator<char>(file), {}};
    std::vector<Bytes> pdus;
    for (std::size_t at = 0; at < stream.size();) {
        const auto frame = rdp::proto::peek_pdu(ByteView(stream).subspan(at));
        if (!frame || !*frame) break;
        pdus.push_back(to_bytes(ByteView(stream).subspan(at, (*frame)->length)));
        at += (*frame)->length;
    }
    return pdus;
}

/// The first PDU of a capture is the Connect-Response.
inline Result<void> feed(rdp::picture::Compositor& compositor, const std::vector<Bytes>& pdus,
                         std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i)
        LUCID_CHECK(i == 0 ? compositor.connect_response(pdus[i]) : compositor.server_pdu(pdus[i]));
    return {};
}

inline std::uint32_t pixel_at(const rdp::picture::PixelBuffer& picture, std::uint32_t x,
                              std::uint32_t y) {
    const auto row = picture.row(y);
    return row[4 * x] | row[4 * x + 1] << 8U | row[4 * x + 2] << 16U |
           std::uint32_t{row[4 * x + 3]} << 24;
}

}  // namespace lucid::test

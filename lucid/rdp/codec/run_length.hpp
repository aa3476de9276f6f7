// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Run lengths of the graphics pipeline's codecs (MS-RDPEGFX 2.2.4.1.1.1.1 runLengthFactor1 to 3
/// and 2.2.4.3): one byte, after 0xff two, after 0xffff four.

#include <lucid/common/bytes/reader.hpp>

namespace lucid::rdp::codec {

inline Result<std::uint32_t> read_run_length(Reader& reader) {
    LUCID_TRY(const std::uint32_t factor_1, reader.u8("run length"));
    if (factor_1 < 0xff) return factor_1;
    LUCID_TRY(const std::uint32_t factor_2, reader.u16_le("run length"));
    if (factor_2 < 0xffff) return factor_2;
    return reader.u32_le("run length");
}

}  // namespace lucid::rdp::codec

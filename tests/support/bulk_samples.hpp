// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The same plain text under each method, and text to compress.

#include <lucid/common/bytes/bytes.hpp>

#include <random>
#include <string>

namespace lucid::test {

inline const std::string bells = "for.whom.the.bell.tolls,.the.bell.tolls.for.thee!";

/// MS-RDPBCGR 3.1.8.4.1.1, 3.1.8.4.2 (the example text under RDP 4.0 and RDP 5.0).
inline const Bytes bells_mppc_8k = {0x66, 0x6f, 0x72, 0x2e, 0x77, 0x68, 0x6f, 0x6d, 0x2e,
                                    0x74, 0x68, 0x65, 0x2e, 0x62, 0x65, 0x6c, 0x6c, 0x2e,
                                    0x74, 0x6f, 0x6c, 0x6c, 0x73, 0x2c, 0xf4, 0x37, 0x2e,
                                    0x66, 0xfa, 0x1f, 0x19, 0x94, 0x84};
inline const Bytes bells_mppc_64k = {0x66, 0x6f, 0x72, 0x2e, 0x77, 0x68, 0x6f, 0x6d, 0x2e,
                                     0x74, 0x68, 0x65, 0x2e, 0x62, 0x65, 0x6c, 0x6c, 0x2e,
                                     0x74, 0x6f, 0x6c, 0x6c, 0x73, 0x2c, 0xfa, 0x1b, 0x97,
                                     0x33, 0x7e, 0x87, 0xe3, 0x32, 0x90, 0x80};
/// MS-RDPEGDI 3.1.8.1 method.
inline const Bytes bells_ncrush = {
    0xfb, 0x1d, 0x7e, 0xe4, 0xda, 0xc7, 0x1d, 0x70, 0xf8, 0xa1, 0x6b, 0x1f, 0x7d, 0xc0, 0xbe,
    0x6b, 0xef, 0xb5, 0xef, 0x21, 0x87, 0xd0, 0xc5, 0xe1, 0x85, 0x71, 0xd4, 0x10, 0x16, 0xe7,
    0xda, 0xfb, 0x1d, 0x7e, 0xe4, 0xda, 0x47, 0x1f, 0xb0, 0xef, 0xbe, 0xbd, 0xff, 0x2f};

/// Something between noise and repetition, as pictures and text are.
inline Bytes mixed_bytes(std::mt19937& random, std::size_t size) {
    Bytes out;
    out.reserve(size);
    while (out.size() < size) {
        const auto kind = random() % 4;
        const auto run = std::min<std::size_t>(1 + random() % 200, size - out.size());
        const auto value = static_cast<std::uint8_t>(random());
        for (std::size_t i = 0; i < run; ++i) {
            if (kind == 0)
                out.push_back(static_cast<std::uint8_t>(random()));
            else if (kind == 1)
                out.push_back(value);
            else if (kind == 2 && out.size() > 300)
                out.push_back(out[out.size() - 1 - (value + 20U)]);
            else
                out.push_back(static_cast<std::uint8_t>(bells[(i + value) % bells.size()]));
        }
    }
    return out;
}

}  // namespace lucid::test

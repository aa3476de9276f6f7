// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Lanes: the vector unit kernels are compiled for, chosen at compile time. All of them give the
/// same bytes; tests run the kernels with Lanes and with PortableLanes and compare.

#if defined(__SSE2__)
#include <lucid/rdp/codec/lanes_sse2.hpp>
namespace lucid::rdp::codec {
using Lanes = Sse2Lanes;
}
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <lucid/rdp/codec/lanes_neon.hpp>
namespace lucid::rdp::codec {
using Lanes = NeonLanes;
}
#elif defined(__wasm_simd128__)
#include <lucid/rdp/codec/lanes_wasm.hpp>
namespace lucid::rdp::codec {
using Lanes = WasmLanes;
}
#else
#include <lucid/rdp/codec/lanes_portable.hpp>
namespace lucid::rdp::codec {
using Lanes = PortableLanes;
}
#endif

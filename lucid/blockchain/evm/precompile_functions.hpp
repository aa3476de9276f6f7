// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The functions behind precompiled contracts, without their prices. Private to this folder.

#include <lucid/blockchain/proto/fork.hpp>
#include <lucid/blockchain/proto/uint256.hpp>

#include <optional>

namespace lucid::blockchain::evm {

using proto::Uint256;

/// Nothing: the input is refused, and the call takes all its gas.
using PrecompileResult = std::optional<Bytes>;

/// `count` input bytes from `offset`, zero-padded on the right.
[[nodiscard]] Bytes padded(ByteView input, std::size_t offset, std::size_t count);

PrecompileResult ecrecover(ByteView input);

/// Price under a fork's rules; nothing: beyond any gas limit, or lengths refused (EIP-7823).
[[nodiscard]] std::optional<std::uint64_t> modexp_price(ByteView input, proto::Fork fork);
/// EIP-198; the price was paid.
PrecompileResult modexp(ByteView input);

[[nodiscard]] std::uint32_t blake2f_rounds(ByteView input);
/// EIP-152: the compression function F of BLAKE2b.
PrecompileResult blake2f(ByteView input);

/// EIP-196, EIP-197.
PrecompileResult bn254_add(ByteView input);
PrecompileResult bn254_multiply(ByteView input);
PrecompileResult bn254_pairing(ByteView input);

/// EIP-4844: is a blob's polynomial y at z?
PrecompileResult point_evaluation(ByteView input);

/// EIP-2537.
[[nodiscard]] std::uint64_t bls_g1_multi_scalar_price(ByteView input);
[[nodiscard]] std::uint64_t bls_g2_multi_scalar_price(ByteView input);
[[nodiscard]] std::uint64_t bls_pairing_price(ByteView input);
PrecompileResult bls_g1_add(ByteView input);
PrecompileResult bls_g1_multi_scalar(ByteView input);
PrecompileResult bls_g2_add(ByteView input);
PrecompileResult bls_g2_multi_scalar(ByteView input);
PrecompileResult bls_pairing(ByteView input);
PrecompileResult bls_map_to_g1(ByteView input);
PrecompileResult bls_map_to_g2(ByteView input);

/// EIP-7951: 1 as a word, or nothing at all.
PrecompileResult p256_verify(ByteView input);

}  // namespace lucid::blockchain::evm

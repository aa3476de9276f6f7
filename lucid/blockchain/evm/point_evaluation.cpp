// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/curves/bls12_381.hpp>
#include <lucid/blockchain/evm/precompile_functions.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

namespace lucid::blockchain::evm {
namespace {

namespace bls = curves::bls12_381;
using Point = curves::Jacobian<bls::Fp>;

constexpr std::uint8_t blob_commitment_version = 0x01;
constexpr std::uint64_t field_elements_per_blob = 4096;
constexpr Uint256 group_order{bls::group_order[0], bls::group_order[1], bls::group_order[2],
                              bls::group_order[3]};

/// e(C - [y] G1, G2) = e(proof, [s - z] G2), with z moved to the left: two fixed points in G2.
bool is_opened(const bls::G1& commitment, const Uint256& z, const Uint256& y,
               const bls::G1& proof) {
    const auto left = Point(commitment) + -curves::multiply(Point(bls::generator_g1()), y.words) +
                      curves::multiply(Point(proof), z.words);
    const std::array<bls::Pair, 2> pairs = {bls::Pair{left.to_affine(), -bls::generator_g2()},
                                            bls::Pair{proof, bls::kzg_setup_g2()}};
    return bls::pairing_product_is_one(pairs);
}

}  // namespace

PrecompileResult point_evaluation(ByteView input) {
    if (input.size() != 192) return std::nullopt;
    const auto z = Uint256::load_be(input.data() + 32);
    const auto y = Uint256::load_be(input.data() + 64);
    const auto commitment_bytes = input.subspan(96, 48);
    auto versioned = crypto::sha256(commitment_bytes);
    versioned[0] = blob_commitment_version;
    if (!std::equal(versioned.begin(), versioned.end(), input.begin())) return std::nullopt;
    if (!(z < group_order) || !(y < group_order)) return std::nullopt;
    const auto commitment = bls::decompress_g1(commitment_bytes);
    const auto proof = bls::decompress_g1(input.subspan(144, 48));
    if (!commitment || !proof || !is_opened(*commitment, z, y, *proof)) return std::nullopt;
    Bytes out(64);
    Uint256(field_elements_per_blob).store_be(out.data());
    group_order.store_be(out.data() + 32);
    return out;
}

}  // namespace lucid::blockchain::evm

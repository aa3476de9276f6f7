// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompile_functions.hpp>
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/p256.hpp>
#include <lucid/common/crypto/secp256k1.hpp>

#include <algorithm>

namespace lucid::blockchain::evm {
namespace {

using proto::Address;
using proto::Fork;

/// Number of a precompiled contract; zero where the address is none's.
unsigned number_of(const Address& address) {
    if (!std::all_of(address.begin(), address.begin() + 18, [](auto b) { return b == 0; }))
        return 0;
    return static_cast<unsigned>(address[18]) << 8 | address[19];
}

constexpr unsigned p256_number = 0x100;

unsigned last_number(Fork fork) {
    if (fork >= Fork::prague) return 0x11;
    if (fork >= Fork::cancun) return 0x0a;
    if (fork >= Fork::istanbul) return 0x09;
    return fork >= Fork::byzantium ? 0x08 : 0x04;
}

std::uint64_t words(std::size_t bytes) {
    return (bytes + 31) / 32;
}

/// Nothing: no gas limit is that high.
std::optional<std::uint64_t> price_of(unsigned number, Fork fork, ByteView input) {
    const bool istanbul = fork >= Fork::istanbul;
    switch (number) {
        case 0x01:
            return 3000;
        case 0x02:
            return 60 + 12 * words(input.size());
        case 0x03:
            return 600 + 120 * words(input.size());
        case 0x04:
            return 15 + 3 * words(input.size());
        case 0x05:
            return modexp_price(input, fork);
        case 0x06:
            return istanbul ? 150 : 500;
        case 0x07:
            return istanbul ? 6000 : 40000;
        case 0x08:
            return (istanbul ? 45000 : 100000) + (istanbul ? 34000 : 80000) * (input.size() / 192);
        case 0x09:
            return blake2f_rounds(input);
        case 0x0a:
            return 50000;
        case 0x0b:
            return 375;
        case 0x0c:
            return bls_g1_multi_scalar_price(input);
        case 0x0d:
            return 600;
        case 0x0e:
            return bls_g2_multi_scalar_price(input);
        case 0x0f:
            return bls_pairing_price(input);
        case 0x10:
            return 5500;
        case 0x11:
            return 23800;
        case p256_number:
            return 6900;
        default:
            return std::nullopt;
    }
}

PrecompileResult sha256(ByteView input) {
    const auto hash = crypto::sha256(input);
    return Bytes(hash.begin(), hash.end());
}
PrecompileResult ripemd160(ByteView input) {
    Bytes out(12);
    append(out, crypto::ripemd160(input));
    return out;
}
PrecompileResult identity(ByteView input) {
    return to_bytes(input);
}

using Function = PrecompileResult (*)(ByteView);
/// By number; there is no contract zero.
constexpr auto functions = std::to_array<Function>({
    nullptr,
    ecrecover,
    sha256,
    ripemd160,
    identity,
    modexp,
    bn254_add,
    bn254_multiply,
    bn254_pairing,
    blake2f,
    point_evaluation,
    bls_g1_add,
    bls_g1_multi_scalar,
    bls_g2_add,
    bls_g2_multi_scalar,
    bls_pairing,
    bls_map_to_g1,
    bls_map_to_g2,
});
static_assert(functions.size() == 0x12);

PrecompileResult run(unsigned number, ByteView input) {
    if (number == p256_number) return p256_verify(input);
    return functions[number](input);
}

}  // namespace

Bytes padded(ByteView input, std::size_t offset, std::size_t count) {
    Bytes out(count);
    if (offset < input.size()) {
        const auto available = std::min(count, input.size() - offset);
        std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(offset), available, out.begin());
    }
    return out;
}

PrecompileResult ecrecover(ByteView input) {
    const auto all = padded(input, 0, 128);
    crypto::RecoverableSignature signature;
    Hash32 digest;
    std::copy_n(all.begin(), 32, digest.begin());
    std::copy_n(all.begin() + 64, 32, signature.r.begin());
    std::copy_n(all.begin() + 96, 32, signature.s.begin());
    const auto v = Uint256::from_be(ByteView(all).subspan(32, 32));
    if (v != Uint256(27) && v != Uint256(28)) return Bytes{};
    signature.y_parity = static_cast<std::uint8_t>(v.words[0] - 27);
    const auto key = crypto::secp256k1_recover(digest, signature);
    if (!key) return Bytes{};
    Bytes out(12);
    append(out, crypto::address_of(*key));
    return out;
}

PrecompileResult p256_verify(ByteView input) {
    if (input.size() != 160) return Bytes{};
    if (!crypto::p256_verify(input.first<32>(), input.subspan<32, 64>(), input.subspan<96, 64>()))
        return Bytes{};
    Bytes out(32);
    out[31] = 1;
    return out;
}

bool is_precompile(const Address& address, Fork fork) {
    const auto number = number_of(address);
    if (number == 0) return false;
    return number <= last_number(fork) || (number == p256_number && fork >= Fork::osaka);
}

std::vector<Address> precompiles_of(Fork fork) {
    std::vector<Address> out;
    const auto add = [&](unsigned number) {
        Address address{};
        address[18] = static_cast<std::uint8_t>(number >> 8);
        address[19] = static_cast<std::uint8_t>(number);
        out.push_back(address);
    };
    for (unsigned number = 1; number <= last_number(fork); ++number) add(number);
    if (fork >= Fork::osaka) add(p256_number);
    return out;
}

Outcome run_precompile(const Address& address, Fork fork, ByteView input, std::uint64_t gas) {
    const auto number = number_of(address);
    const auto price = price_of(number, fork, input);
    if (!price || *price > gas) return Outcome::failed(Halt::out_of_gas);
    auto output = run(number, input);
    if (!output) return Outcome::failed(Halt::precompile_failed);
    return Outcome::succeeded(gas - *price, std::move(*output));
}

}  // namespace lucid::blockchain::evm

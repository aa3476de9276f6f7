// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/transition.hpp>
#include <lucid/common/result/assert.hpp>

namespace {

using namespace lucid;
using namespace lucid::blockchain;
using proto::Address;
using proto::Fork;
using proto::Uint256;

constexpr std::uint64_t gas = 120'000;  ///< no more than some hundred nested calls
constexpr std::uint64_t balance_each = 1'000'000;
constexpr Address sender = {0x11};
constexpr Address first = {0x22};
constexpr Address second = {0x33};

struct Run {
    state::Applied applied;
    state::Accounts accounts;
};

Run run(Fork fork, ByteView code, ByteView other_code, ByteView input) {
    state::Accounts accounts;
    accounts[sender].balance = balance_each;
    accounts[first] = {1, balance_each, to_bytes(code), {{Uint256(1), Uint256(2)}}};
    accounts[second] = {1, balance_each, to_bytes(other_code), {}};
    state::World world(accounts);
    evm::BlockContext block;
    block.fork = fork;
    block.number = 300;
    block.timestamp = 1'700'000'000;
    block.gas_limit = gas;
    block.coinbase = sender;
    proto::Transaction t;
    t.gas_limit = gas;
    t.to = first;
    t.data = to_bytes(input);
    Run out;
    out.applied = state::apply_transaction(world, block, t, sender, 0);
    out.accounts = world.accounts();
    return out;
}

/// Two bytes before it say how long a part is.
ByteView part(ByteView& rest) {
    if (rest.size() < 2) return {};
    const auto size =
        std::min<std::size_t>(static_cast<std::size_t>(rest[0]) << 8 | rest[1], rest.size() - 2);
    const auto out = rest.subspan(2, size);
    rest = rest.subspan(2 + size);
    return out;
}

}  // namespace

/// Oracle: two contracts of any code end, with the same result every time, within their gas; no
/// money is made; what failed has left nothing behind.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView rest(data, size);
    if (rest.empty()) return 0;
    constexpr auto oldest = static_cast<unsigned>(Fork::spurious_dragon);
    constexpr auto newest = static_cast<unsigned>(Fork::osaka);
    const auto fork = static_cast<Fork>(oldest + rest[0] % (newest - oldest + 1));
    rest = rest.subspan(1);
    const auto code = part(rest);
    const auto other_code = part(rest);
    const auto result = run(fork, code, other_code, rest);
    LUCID_ASSERT(result.applied.gas_used <= gas);
    Uint256 sum;
    for (const auto& [address, account] : result.accounts) sum = sum + account.balance;
    LUCID_ASSERT(sum <= Uint256(3 * balance_each));
    if (result.applied.status != evm::Status::success) {
        LUCID_ASSERT(result.applied.receipt.logs.empty());
        LUCID_ASSERT(result.accounts.at(first).balance == Uint256(balance_each));
        LUCID_ASSERT(result.accounts.at(first).storage.at(Uint256(1)) == Uint256(2));
        LUCID_ASSERT(result.accounts.size() == 3);
    }
    const auto again = run(fork, code, other_code, rest);
    LUCID_ASSERT(again.applied.gas_used == result.applied.gas_used);
    LUCID_ASSERT(again.applied.output == result.applied.output);
    LUCID_ASSERT(again.accounts == result.accounts);
    return 0;
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One running frame of the interpreter. Private to this folder.

#include <lucid/blockchain/evm/evm.hpp>

namespace lucid::blockchain::evm {

inline constexpr std::size_t stack_max = 1024;

/// Low 20 bytes of a word.
[[nodiscard]] inline Address address_of(const Uint256& word) {
    const auto bytes = word.to_be();
    Address address;
    std::copy(bytes.begin() + 12, bytes.end(), address.begin());
    return address;
}

struct Frame {
    Frame(Evm& evm_in, const Message& message_in, const Bytes& code_in);

    /// Runs one instruction; false: exceptional halt.
    bool step();

    Evm& evm;
    Host& host;
    const Message& message;
    const Bytes& code;
    std::int64_t gas;
    std::size_t pc = 0;
    std::vector<Uint256> stack;
    Bytes memory;
    Bytes return_data;
    Bytes output;
    bool stopped = false;
    bool reverted = false;

  private:
    void push(const Uint256& value) { stack.push_back(value); }
    Uint256 pop();
    bool charge(std::uint64_t amount);
    bool charge_words(std::uint64_t price, const Uint256& size);
    /// Pays for and grows memory to hold [offset, offset + size).
    bool grow(const Uint256& offset, const Uint256& size);
    /// A range that grow() has made room for.
    [[nodiscard]] ByteView slice(const Uint256& offset, const Uint256& size) const;
    bool copy(ByteView source, const Uint256& to, const Uint256& from, const Uint256& size);
    /// 32 bytes at an offset, zeros behind the end.
    static Uint256 word(ByteView bytes, const Uint256& offset);

    bool arithmetic(std::uint8_t op);
    bool environment(std::uint8_t op);
    bool account(std::uint8_t op);
    bool memory_op(std::uint8_t op);
    bool storage_op(std::uint8_t op);
    bool store(const Uint256& key, const Uint256& value);
    bool log(unsigned topics);
    bool jump(const Uint256& to);
    bool halt(std::uint8_t op);
    bool call(std::uint8_t op);
    bool create(std::uint8_t op);

    std::vector<bool> destinations_;
};

}  // namespace lucid::blockchain::evm

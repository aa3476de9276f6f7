// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Stacks and memories of frames, kept between frames: a call costs no allocation once its depth
/// was reached before.

#include <lucid/blockchain/proto/uint256.hpp>

#include <cstdlib>
#include <memory>

namespace lucid::blockchain::evm {

inline constexpr std::size_t stack_max = 1024;

/// A frame's memory; bytes up to size() are defined.
class Memory {
  public:
    Memory() = default;
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;
    ~Memory() { std::free(data_); }

    [[nodiscard]] std::uint8_t* data() { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// To a multiple of 32 that is not smaller; new bytes are zero.
    void grow(std::size_t size);
    void clear() { size_ = 0; }

  private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// What one frame works on.
struct FrameSpace {
    /// Slot 0 lies under the first item, so that an empty stack has a top.
    struct alignas(64) Stack {
        std::array<proto::Uint256, stack_max + 2> slots;
    };
    std::unique_ptr<Stack> stack;
    Memory memory;
};

class Workspace {
  public:
    /// Space of the frame at this depth; empty memory.
    FrameSpace& at(unsigned depth);

  private:
    std::vector<std::unique_ptr<FrameSpace>> frames_;
};

}  // namespace lucid::blockchain::evm

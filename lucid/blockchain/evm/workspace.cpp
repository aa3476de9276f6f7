// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/workspace.hpp>
#include <lucid/common/result/assert.hpp>

#include <algorithm>

namespace lucid::blockchain::evm {

void Memory::grow(std::size_t size) {
    if (size > capacity_) {
        constexpr std::size_t first_bytes = 4096;
        const auto wanted = std::max({size, capacity_ * 2, first_bytes});
        auto* grown = static_cast<std::uint8_t*>(std::realloc(data_, wanted));
        LUCID_ASSERT(grown != nullptr);
        data_ = grown;
        capacity_ = wanted;
    }
    std::memset(data_ + size_, 0, size - size_);
    size_ = size;
}

FrameSpace& Workspace::at(unsigned depth) {
    while (frames_.size() <= depth) {
        auto frame = std::make_unique<FrameSpace>();
        // Slots are written before they are read: no initialisation, which would cost 32 KiB each.
        frame->stack = std::unique_ptr<FrameSpace::Stack>(new FrameSpace::Stack);
        frames_.push_back(std::move(frame));
    }
    frames_[depth]->memory.clear();
    return *frames_[depth];
}

}  // namespace lucid::blockchain::evm

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Room for the EVM's 1,024 nested calls: an ordinary thread's stack does not hold them.

#include <lucid/common/result/result.hpp>

#include <functional>

namespace lucid::blockchain::chain {

/// Threads that are kept when they have nothing to do: most calls are shorter than a thread takes
/// to begin and end.
inline constexpr std::size_t evm_threads_kept = 4;

/// Runs `work` in a thread with evm::native_stack_bytes of stack and waits for it. An exception may
/// not leave `work`. Fails without having run it when there is no memory for the thread. Called
/// from several threads; every caller has a thread of its own while its work runs.
Result<void> run_with_evm_stack(const std::function<void()>& work);

}  // namespace lucid::blockchain::chain

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Room for the EVM's 1,024 nested calls: an ordinary thread's stack does not hold them.

#include <lucid/common/result/result.hpp>

#include <functional>

namespace lucid::blockchain::chain {

/// Runs `work` in a thread with evm::native_stack_bytes of stack and waits for it. An exception may
/// not leave `work`. Fails without having run it when there is no memory for the thread.
Result<void> run_with_evm_stack(const std::function<void()>& work);

}  // namespace lucid::blockchain::chain

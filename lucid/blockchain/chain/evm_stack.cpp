// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/blockchain/evm/evm.hpp>

#include <pthread.h>

namespace lucid::blockchain::chain {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LUCID_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LUCID_SANITIZED 1
#endif
#endif
#ifdef LUCID_SANITIZED
constexpr std::size_t frames_factor = 8;  // sanitizers make frames several times larger
#else
constexpr std::size_t frames_factor = 1;
#endif

void* enter(void* work) {
    (*static_cast<const std::function<void()>*>(work))();
    return nullptr;
}

}  // namespace

Result<void> run_with_evm_stack(const std::function<void()>& work) {
    pthread_attr_t attributes;
    if (const int code = pthread_attr_init(&attributes); code != 0)
        return fail_errno(code, "thread for the EVM");
    pthread_attr_setstacksize(&attributes, evm::native_stack_bytes * frames_factor);
    pthread_t thread{};
    const int code = pthread_create(&thread, &attributes, enter,
                                    const_cast<void*>(static_cast<const void*>(&work)));
    pthread_attr_destroy(&attributes);
    if (code != 0) return fail_errno(code, "thread for the EVM");
    pthread_join(thread, nullptr);
    return {};
}

}  // namespace lucid::blockchain::chain

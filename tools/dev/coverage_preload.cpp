// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Preloaded by coverage.sh. Processes of a node have their counters in a file that they open when
// they start, which core's Landlock rules forbid its children: here the kernel has no Landlock. And
// clang's runtime tells itself by a variable of the environment that it has begun, which programs
// inherit that are only just started.

#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <dlfcn.h>
#include <sys/syscall.h>

namespace {

[[gnu::constructor]] void begin_anew() {
    ::unsetenv("__LLVM_PROFILE_RT_INIT_ONCE");
}

}  // namespace

extern "C" long syscall(long number, ...) noexcept {
    using Function = long (*)(long, ...);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "syscall"));
    if (number == SYS_landlock_create_ruleset || number == SYS_landlock_add_rule ||
        number == SYS_landlock_restrict_self) {
        errno = ENOSYS;
        return -1;
    }
    va_list list;
    va_start(list, number);
    long a[6];
    for (auto& argument : a) argument = va_arg(list, long);
    va_end(list);
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

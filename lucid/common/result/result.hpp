// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Result<T>: a value or an Error. Everything that reads hostile input or touches the outside world
/// returns one; our own bugs assert instead (assert.hpp). Misuse: calling value() unchecked.
///
///   Result<Header> decode(Reader& r) {
///       LUCID_TRY(auto version, r.u8("version"));
///       if (version != 3) return fail(Errc::bad_version, "tpkt version", r.offset());
///       ...
///   }

#include <lucid/common/result/error.hpp>

// tl::expected is not [[nodiscard]] by itself; a first declaration with the attribute makes it so.
namespace tl {
template <class T, class E>
class [[nodiscard]] expected;
}  // namespace tl
#include <tl/expected.hpp>

namespace lucid {

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc e, const char* context,
                                                std::uint64_t offset = 0) {
    return tl::unexpected<Error>(make_error(e, context, offset));
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(error);
}
[[nodiscard]] inline tl::unexpected<Error> fail_errno(int errno_value, const char* context) {
    return tl::unexpected<Error>(make_system_error(errno_value, context));
}

}  // namespace lucid

#define LUCID_CONCAT_(a, b) a##b
#define LUCID_CONCAT(a, b) LUCID_CONCAT_(a, b)

#define LUCID_TRY_IMPL_(name, declaration, ...)                       \
    auto&& name = (__VA_ARGS__);                                      \
    if (!name) return ::tl::unexpected<::lucid::Error>(name.error()); \
    declaration = *std::move(name)
/// LUCID_TRY(auto x, expression): declares x from the value or returns the error.
#define LUCID_TRY(declaration, ...) \
    LUCID_TRY_IMPL_(LUCID_CONCAT(lucid_try_, __COUNTER__), declaration, __VA_ARGS__)

#define LUCID_CHECK_IMPL_(name, ...) \
    if (auto&& name = (__VA_ARGS__); !name) return ::tl::unexpected<::lucid::Error>(name.error())
/// LUCID_CHECK(expression): for Result<void>, or where the value does not matter.
#define LUCID_CHECK(...) LUCID_CHECK_IMPL_(LUCID_CONCAT(lucid_check_, __COUNTER__), __VA_ARGS__)

#define LUCID_CO_TRY_IMPL_(name, declaration, ...)                       \
    auto&& name = (__VA_ARGS__);                                         \
    if (!name) co_return ::tl::unexpected<::lucid::Error>(name.error()); \
    declaration = *std::move(name)
#define LUCID_CO_TRY(declaration, ...) \
    LUCID_CO_TRY_IMPL_(LUCID_CONCAT(lucid_try_, __COUNTER__), declaration, __VA_ARGS__)

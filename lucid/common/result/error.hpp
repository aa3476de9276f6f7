// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <system_error>

namespace lucid {

/// Why an operation on input, peers or the environment failed. Trivially copyable: hostile input
/// must not make us allocate. `context` points to a string literal that names the field or step;
/// messages are lower case without a full stop, so chains read as one sentence.
struct Error {
    std::error_code code;
    const char* context = "";
    /// Byte offset of the first bad byte, or a received/expected number; meaning given by the
    /// maker.
    std::uint64_t offset = 0;

    /// "context: category message (at 12)".
    [[nodiscard]] std::string message() const;
    friend bool operator==(const Error& a, const Error& b) { return a.code == b.code; }
};

/// What can be wrong with bytes that claim to follow a format. Shared by all parsers; a module with
/// reasons of its own adds an enum and category in its `errc.hpp`.
enum class Errc {
    truncated = 1,   ///< fewer bytes than the format needs
    trailing_bytes,  ///< more bytes than the format allows
    bad_magic,       ///< a constant field has another value
    bad_version,     ///< a version this code does not know
    bad_length,      ///< a length field contradicts its surroundings
    bad_value,       ///< a field outside its range
    not_canonical,   ///< decodable, yet not the one allowed encoding
    limit_exceeded,  ///< a named limit of ours was passed
    not_found,
    already_exists,
    bad_signature,
    bad_mac,  ///< authentication of ciphertext or proof failed
    hash_mismatch,
    refused,  ///< policy or state does not allow it
    unsupported,
    timed_out,
    canceled,
    peer_closed,
    io_failed,
    internal,
};

[[nodiscard]] const std::error_category& errc_category() noexcept;
[[nodiscard]] inline std::error_code make_error_code(Errc e) noexcept {
    return {static_cast<int>(e), errc_category()};
}

[[nodiscard]] inline Error make_error(Errc e, const char* context, std::uint64_t offset = 0) {
    return {make_error_code(e), context, offset};
}

/// An error of the operating system, from errno.
[[nodiscard]] inline Error make_system_error(int errno_value, const char* context) {
    return {std::error_code(errno_value, std::generic_category()), context, 0};
}

}  // namespace lucid

template <>
struct std::is_error_code_enum<lucid::Errc> : std::true_type {};

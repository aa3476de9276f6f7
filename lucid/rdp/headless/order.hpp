// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What `lucid connect` wants done, as it is handed to the program that does it: JSON in memory,
/// never on the command line and never on disk, since a password is in it.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/rdp/client/settings.hpp>

#include <chrono>
#include <optional>
#include <string>

namespace lucid::rdp::headless {

struct Drive {
    std::string name;
    std::string path;
    /// The host may change what is in it, files growing by this much altogether.
    std::optional<std::uint64_t> growth_bytes_max;
};

struct Order {
    std::string address;
    std::uint16_t port = 3389;
    bool nla = true;
    std::string user;
    std::string domain;
    crypto::Secret password;  ///< UTF-8
    /// SHA-256 of the certificate; none: it is shown, and nothing else happens.
    std::optional<Hash32> pin;
    client::Graphics graphics = client::Graphics::avc444;
    std::uint16_t width = 1280;
    std::uint16_t height = 720;
    /// More than one; width and height are those of the rectangle around them.
    client::Monitors monitors;
    std::uint8_t bits_per_pixel = 32;
    bool clipboard = true;
    std::string sound_file;  ///< WAV; empty: no sound
    std::optional<Drive> drive;
    std::string script;  ///< a file, "-" for standard input, empty: none
    bool json = false;
    /// Connect again when the line breaks, this often in a row at most.
    unsigned reconnects = 0;
    std::chrono::seconds login_limit{20};
};

inline constexpr std::size_t order_bytes_max = 64 * 1024;
[[nodiscard]] crypto::Secret encode_order(const Order& order);
Result<Order> decode_order(ByteView json);

/// "avc444", "avc420", "gfx", "remotefx", "bitmap".
[[nodiscard]] std::optional<client::Graphics> graphics_named(std::string_view name);

}  // namespace lucid::rdp::headless

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Ethereum's rule sets, oldest first, named as its tests name them. This chain runs Prague; the
/// others exist to be measured by the official tests.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lucid::blockchain::proto {

enum class Fork : std::uint8_t {
    frontier,
    homestead,
    tangerine_whistle,  ///< EIP150
    spurious_dragon,    ///< EIP158
    byzantium,
    constantinople,
    petersburg,  ///< ConstantinopleFix
    istanbul,
    berlin,
    london,
    paris,
    shanghai,
    cancun,
    prague,
    osaka
};

inline constexpr std::array<std::string_view, 15> fork_names = {
    "Frontier",       "Homestead",         "EIP150",   "EIP158", "Byzantium",
    "Constantinople", "ConstantinopleFix", "Istanbul", "Berlin", "London",
    "Paris",          "Shanghai",          "Cancun",   "Prague", "Osaka"};

[[nodiscard]] constexpr std::string_view name_of(Fork fork) {
    return fork_names[static_cast<std::size_t>(fork)];
}
[[nodiscard]] constexpr std::optional<Fork> fork_of(std::string_view name) {
    for (std::size_t i = 0; i < fork_names.size(); ++i)
        if (fork_names[i] == name) return static_cast<Fork>(i);
    if (name == "Merge") return Fork::paris;
    if (name == "Petersburg") return Fork::petersburg;
    return std::nullopt;
}

}  // namespace lucid::blockchain::proto

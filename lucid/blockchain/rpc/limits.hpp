// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What one client may ask for at most.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace lucid::blockchain::rpc {

inline constexpr std::size_t request_bytes_max = 1024 * 1024;
/// Brackets within brackets; an access list in a batch needs seven.
inline constexpr std::size_t nesting_max = 32;
inline constexpr std::size_t batch_max = 1000;
/// Of one answer; once a batch's answers are larger, the rest of it gets errors.
inline constexpr std::size_t response_bytes_max = 25'000'000;
/// Of one request, looked at between blocks, transactions and steps of a trace.
inline constexpr std::chrono::seconds request_time_max{10};
inline constexpr std::chrono::seconds batch_time_max{20};

inline constexpr std::uint64_t call_gas_max = 50'000'000;
/// Reward percentiles of eth_feeHistory, and its blocks.
inline constexpr std::size_t percentiles_max = 100;
inline constexpr std::uint64_t fee_blocks_max = 1024;
inline constexpr std::uint64_t log_range_blocks_max = 100'000;
inline constexpr std::size_t logs_max = 10'000;
inline constexpr std::size_t topics_max = 4;
/// Addresses, and alternatives of one topic.
inline constexpr std::size_t filter_values_max = 1000;
inline constexpr std::size_t proof_slots_max = 1024;
inline constexpr std::size_t storage_values_max = 1024;

inline constexpr std::size_t filters_max = 1000;
inline constexpr std::chrono::seconds filter_life{300};
inline constexpr std::size_t subscriptions_per_connection_max = 64;
/// Steps in a trace of single instructions.
inline constexpr std::size_t trace_steps_max = 200'000;
/// Of all traces of one request, as JSON; in memory it is several times that.
inline constexpr std::size_t trace_bytes_max = 10'000'000;
/// Blocks of eth_simulateV1, gaps included; their calls share call_gas_max.
inline constexpr std::uint64_t simulated_blocks_max = 256;
/// Runs until an access list settles.
inline constexpr int access_list_rounds_max = 16;

}  // namespace lucid::blockchain::rpc

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "start.hpp"

#include <lucid/core/runtime/log.hpp>

#include "../commands.hpp"

namespace lucid::app {

namespace log = core::runtime::log;

std::optional<core::runtime::DataDir> start_role(const char* role, int argc, char** argv,
                                                 int& exit_code) {
    exit_code = exit_usage;
    if (argc < 2) return std::nullopt;
    auto opened = core::runtime::DataDir::open(argv[1]);
    auto* data = std::get_if<core::runtime::DataDir>(&opened);
    log::Level level = log::Level::info;
    if (data != nullptr) (void)log::parse_level(data->config().log_level, level);
    log::open(role, level, data != nullptr ? data->log(role) : "");
    if (data != nullptr) return std::move(*data);
    log::error(std::get<core::runtime::Problem>(opened).message);
    exit_code = exit_failed;
    return std::nullopt;
}

int fail_with(const char* message, const Error& error) {
    log::error(message, {{"error", error.message()}});
    return exit_failed;
}

}  // namespace lucid::app

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "own_data.hpp"

#include <lucid/core/runtime/file_lock.hpp>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lucid::app {

namespace {
/// A recorder whose core was killed seals and goes.
constexpr std::chrono::milliseconds patience{5'000};
}  // namespace

std::optional<OwnData> own_data(Context& context, const core::runtime::DataDir& data,
                                const std::string& what) {
    if (!as_owner(context, data.path(), what)) return std::nullopt;
    OwnData own;
    for (const auto& [path, held] :
         {std::pair{data.node_lock(), &own.node}, std::pair{data.recorder_lock(), &own.recorder}}) {
        auto lock = core::runtime::lock_file(path, patience);
        if (!lock && lock.error().code == make_error_code(Errc::timed_out)) {
            report_failure(context, "a lucid runs on " + data.path(),
                           "end it (systemctl stop lucid), then: lucid " + what);
            return std::nullopt;
        }
        if (!lock) {
            report_failure(context, path + ": " + lock.error().message(),
                           "run as the user who owns the data directory");
            return std::nullopt;
        }
        *held = std::move(*lock);
    }
    return own;
}

bool as_owner(Context& context, const std::string& path, const std::string& what) {
    struct stat info{};
    if (::geteuid() != 0 || ::stat(path.c_str(), &info) != 0 || info.st_uid == 0) return true;
    const auto* owner = ::getpwuid(info.st_uid);
    const auto name =
        owner == nullptr ? "#" + std::to_string(info.st_uid) : std::string(owner->pw_name);
    report_failure(context, path + " belongs to " + name + ", not to root",
                   "sudo -u " + name + " lucid --data " + path + " " + what);
    return false;
}

}  // namespace lucid::app

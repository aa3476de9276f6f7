// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// `run/core.sock`: what `lucid status` and `lucid session kill` talk to. JSON frames; one answer
/// per request; the socket's folder (mode 0700) decides who may speak.
///
///   {"op":"status"} → {"ok":true,"running":true,…}     {"op":"metrics"} → {"ok":true,"text":…}
///   {"op":"kill","session":hex prefix,"reason"} → {"ok":true,"killed":n}     {"op":"stop"} →
///   {"ok":true}

#include <lucid/core/net/frame_channel.hpp>

#include <functional>
#include <string>
#include <thread>

#include <nlohmann/json_fwd.hpp>

namespace lucid::app {

using ControlHandler = std::function<nlohmann::json(const nlohmann::json& request)>;

class ControlServer {
  public:
    /// Callers served one after the other; each has this long to say something.
    static constexpr std::chrono::milliseconds patience{2'000};

    /// Replaces a socket that nobody answers on. Errc::already_exists: another core runs here.
    static Result<std::unique_ptr<ControlServer>> start(const std::string& path,
                                                        ControlHandler handler);
    ~ControlServer();

  private:
    ControlServer(std::string path, core::net::Fd listener, ControlHandler handler);
    void run();
    void serve(core::net::Fd socket);

    std::string path_;
    core::net::Fd listener_;
    core::net::Fd wake_;
    ControlHandler handler_;
    std::thread thread_;
};

/// One request to a running core. Errc::not_found: none runs on this data directory.
Result<nlohmann::json> ask_core(const std::string& path, const nlohmann::json& request);

}  // namespace lucid::app

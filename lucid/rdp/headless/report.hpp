// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a session tells the person or program that runs it: answers on standard output; events as
/// lines of JSON there too with --json, else as text on standard error.

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/headless/trouble.hpp>

#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lucid::rdp::headless {

class Report {
  public:
    explicit Report(bool json) : json_(json) {}

    /// `text`: the same for people.
    void event(std::string_view name, nlohmann::json details, const std::string& text);
    /// What a command of the script asked for.
    void answer(std::string_view name, nlohmann::json details, std::string_view text);
    void trouble(const Trouble& trouble);
    /// Of the client; sound is only counted elsewhere.
    void client_event(const client::Event& event);

  private:
    bool json_;
    std::uint64_t undrawn_ = 0;
};

}  // namespace lucid::rdp::headless

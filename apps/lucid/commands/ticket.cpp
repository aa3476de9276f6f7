// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/tls_context.hpp>
#include <lucid/user/tickets/tickets.hpp>

#include <memory>

#include "../commands.hpp"
#include "../open_node.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;

constexpr std::size_t pem_bytes_max = 65536;

struct TicketFlags {
    std::string host;
    std::string user = "owner";
    std::string rdp_file;
    std::int64_t minutes = user::tickets::Tickets::lifetime_default_s / 60;
};

/// An .rdp file for clients that take one; it has no secret.
std::string rdp_file_text(const std::string& address, const std::string& user) {
    return fmt::format(
        "full address:s:{}\r\nusername:s:{}\r\nprompt for credentials:i:1\r\n"
        "authentication level:i:2\r\nenablecredsspsupport:i:1\r\nredirectclipboard:i:1\r\n"
        "redirectprinters:i:0\r\nredirectsmartcards:i:0\r\ndrivestoredirect:s:\r\n",
        address, user);
}

/// As xfreerdp's /cert:fingerprint wants it: pairs with colons.
std::string with_colons(const std::string& hex) {
    std::string text;
    for (std::size_t i = 0; i < hex.size(); i += 2) text += (i == 0 ? "" : ":") + hex.substr(i, 2);
    return text;
}

void ticket(Context& context, const TicketFlags& flags) {
    auto node = open_node(context);
    if (!node) return;
    const auto pem = core::runtime::read_file(node->data.key("tls.crt"), pem_bytes_max);
    const auto fingerprint =
        pem ? rdp::gateway::certificate_fingerprint(as_text(*pem)) : fail(pem.error());
    if (!fingerprint)
        return report_failure(context,
                              node->data.key("tls.crt") + ": " + fingerprint.error().message());
    user::tickets::Tickets tickets(node->catalog, node->vault);
    const auto made =
        tickets.issue(flags.host, flags.user, core::runtime::wall_time_s(), flags.minutes * 60);
    if (!made) {
        if (made.error().code == make_error_code(Errc::not_found))
            return report_failure(context, "no host is called " + flags.host, "lucid host ls");
        return report_failure(context, made.error().message());
    }
    const auto address = node->data.config().listen.text();
    const auto secret = as_text(made->secret.expose());
    const auto hex = with_colons(to_hex(*fingerprint));
    if (!flags.rdp_file.empty()) {
        const auto written = core::runtime::write_file_atomically(
            flags.rdp_file, as_bytes(rdp_file_text(address, made->name)));
        if (!written)
            return report_failure(context, flags.rdp_file + ": " + written.error().message());
    }
    const auto line = fmt::format("xfreerdp /v:{} /u:{} /p:{} /cert:fingerprint:sha256:{} /sec:nla",
                                  address, made->name, secret, hex);
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", true},
                                {"host", flags.host},
                                {"user", made->name},
                                {"secret", secret},
                                {"address", address},
                                {"fingerprint", hex},
                                {"expires", made->expires_s},
                                {"command", line}}
                               .dump());
        return;
    }
    fmt::print(
        "Ticket for {}, valid {} minutes, one session:\n\n  address   {}\n  user      {}\n  "
        "password  {}\n"
        "  gateway certificate, sha256 {}\n\n  {}\n\n"
        "The session will be recorded. Whoever uses this ticket agrees to that.\n",
        flags.host, flags.minutes, address, made->name, secret, hex, line);
}

}  // namespace

void add_ticket(CLI::App& app, Context& context) {
    auto flags = std::make_shared<TicketFlags>();
    auto* command = app.add_subcommand("ticket", "One-time login for an RDP client");
    command->add_option("HOST", flags->host, "A host of `lucid host ls`")->required();
    command->add_option("--user", flags->user, "Whose session it is (owner)");
    command->add_option("--rdp", flags->rdp_file, "Write an .rdp file too (without the password)");
    command->add_option("--minutes", flags->minutes, "How long it may be used (60)")
        ->check(CLI::Range(1, 7 * 24 * 60));
    command->footer(
        "Examples:\n  lucid ticket desk\n  lucid ticket desk --rdp desk.rdp --minutes 10 --json");
    command->callback([&context, flags] { ticket(context, *flags); });
}

}  // namespace lucid::app

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/gateway/host_probe.hpp>
#include <lucid/rdp/relay/policy.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <variant>

#include "../commands.hpp"
#include "../open_node.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;
namespace gateway = rdp::gateway;

constexpr std::uint16_t rdp_port = 3389;
constexpr std::size_t password_bytes_max = 512;

struct HostFlags {
    std::string name;
    std::string address;
    std::string user;
    std::string domain;
    std::string password_file;
    bool password_stdin = false;
    std::string security = "auto";
    std::string preset = "strict";
    std::string clipboard;
    std::vector<std::string> redirect_to;
    std::string scan;
    std::vector<std::string> set;
};

struct Target {
    std::string address;
    std::uint16_t port = rdp_port;
};

Target target_of(const std::string& text) {
    const auto colon = text.rfind(':');
    const bool bare_ipv6 = text.find(':') != colon && !text.starts_with('[');
    if (colon == std::string::npos || bare_ipv6) return {text, rdp_port};
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    const int port = std::atoi(text.c_str() + colon + 1);
    return {address, static_cast<std::uint16_t>(port > 0 && port < 65536 ? port : 0)};
}

Result<crypto::Secret> read_password(const HostFlags& flags) {
    Bytes bytes;
    if (flags.password_stdin) {
        for (int c = 0;
             bytes.size() <= password_bytes_max && (c = std::getchar()) != EOF && c != '\n';)
            bytes.push_back(static_cast<std::uint8_t>(c));
    } else {
        LUCID_TRY(bytes, core::runtime::read_file(flags.password_file, password_bytes_max));
        while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) bytes.pop_back();
    }
    if (bytes.empty()) return fail(Errc::bad_length, "password");
    return crypto::Secret(std::move(bytes));
}

/// VALUE of --set as JSON: as it is, as a list where it has commas, or as a word.
Json value_of(const std::string& text, const Json& old) {
    if (old.is_array()) {
        Json list = Json::array();
        for (std::size_t at = 0; at < text.size();) {
            const auto comma = std::min(text.find(',', at), text.size());
            if (comma > at) list.push_back(text.substr(at, comma - at));
            at = comma + 1;
        }
        // The order says nothing; one set of names has one spelling.
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
        return list;
    }
    auto value = Json::parse(text, nullptr, false);
    return value.is_discarded() ? Json(text) : value;
}

/// The problem, or nothing.
std::optional<std::string> set_fields(Json& policy, const std::vector<std::string>& settings) {
    for (const auto& setting : settings) {
        const auto equals = setting.find('=');
        const auto field = setting.substr(0, equals);
        if (equals == std::string::npos || !policy.contains(field))
            return fmt::format("--set {}: no such policy field", field);
        const auto old = policy[field];
        policy[field] = value_of(setting.substr(equals + 1), old);
        if (!rdp::relay::policy_from_json(policy.dump()))
            return fmt::format("--set {}: that value does not fit (now it is {})", setting,
                               old.dump());
    }
    return std::nullopt;
}

/// Preset, clipboard's direction, scanning, and hosts that sessions may be sent on to.
Result<rdp::relay::Policy> policy_of(const HostFlags& flags, bool has_scanner) {
    LUCID_TRY(auto policy, rdp::relay::policy_preset(flags.preset));
    const bool files = policy.clipboard_files || policy.drive;
    policy.scan_files = flags.scan.empty() ? files && has_scanner : flags.scan != "off";
    policy.scan_unavailable_passes = flags.scan == "if-available";
    if (!flags.clipboard.empty()) {
        policy.clipboard_to_host = flags.clipboard == "both" || flags.clipboard == "client-to-host";
        policy.clipboard_to_client =
            flags.clipboard == "both" || flags.clipboard == "host-to-client";
    }
    policy.redirect_hosts = flags.redirect_to;
    std::sort(policy.redirect_hosts.begin(), policy.redirect_hosts.end());
    const auto last = std::unique(policy.redirect_hosts.begin(), policy.redirect_hosts.end());
    policy.redirect_hosts.erase(last, policy.redirect_hosts.end());
    return policy;
}

/// The same with single fields on top, or what is wrong.
std::variant<std::string, core::runtime::Problem> policy_text(const HostFlags& flags,
                                                              bool has_scanner) {
    const auto policy = policy_of(flags, has_scanner);
    if (!policy) return core::runtime::Problem{"no preset is called " + flags.preset, ""};
    auto json = Json::parse(rdp::relay::policy_to_json(*policy));
    if (auto problem = set_fields(json, flags.set))
        return core::runtime::Problem{*problem, "lucid host fields"};
    return rdp::relay::policy_to_json(*rdp::relay::policy_from_json(json.dump()));
}

/// Every policy field with what a preset makes of it.
void list_fields(Context& context, const std::string& preset) {
    const auto policy = rdp::relay::policy_preset(preset);
    if (!policy) return report_failure(context, "no preset is called " + preset);
    const auto json = Json::parse(rdp::relay::policy_to_json(*policy));
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", true}, {"preset", preset}, {"policy", json}}.dump());
        return;
    }
    for (const auto& [name, value] : json.items()) fmt::print("{:28} {}\n", name, value.dump());
}

std::string grouped(ByteView fingerprint) {
    std::string text;
    for (std::size_t i = 0; i < fingerprint.size(); ++i)
        text += fmt::format("{}{:02x}", i == 0 ? "" : ":", fingerprint[i]);
    return text;
}

std::string explain(const Error& error, const Target& target) {
    return fmt::format("{}:{}: {}", target.address, target.port, error.message());
}

void add(Context& context, const HostFlags& flags) {
    auto node = open_node(context);
    if (!node) return;
    if (!storage::catalog::is_valid_name(flags.name))
        return report_failure(context, "'" + flags.name + "' is no host name",
                              "letters, digits, . _ - only");
    if (flags.password_file.empty() && !flags.password_stdin)
        return report_failure(
            context, "the desktop's password is missing",
            "--password-file FILE or --password-stdin (never on the command line)");
    auto password = read_password(flags);
    if (!password) return report_failure(context, "password: " + password.error().message());
    const auto target = target_of(flags.address);
    if (target.port == 0) return report_failure(context, flags.address + " has no valid port");
    gateway::Credential credential{flags.domain, flags.user, password->clone()};
    std::optional<gateway::HostSecurity> wanted;
    if (flags.security == "tls") wanted = gateway::HostSecurity::tls;
    if (flags.security == "nla") wanted = gateway::HostSecurity::nla;
    const bool has_scanner = !node->data.config().clamd.empty();
    const auto policy = policy_text(flags, has_scanner);
    if (const auto* problem = std::get_if<core::runtime::Problem>(&policy))
        return report_failure(context, problem->message, problem->next);
    const auto probe = gateway::probe_host(target.address, target.port, wanted, &credential);
    if (!probe)
        return report_failure(context, explain(probe.error(), target),
                              "check that the desktop runs and the password is right; then again");
    storage::catalog::Host host;
    host.name = flags.name;
    host.address = target.address;
    host.port = target.port;
    host.security = probe->security == gateway::HostSecurity::nla ? "nla" : "tls";
    host.certificate_pin = to_bytes(probe->fingerprint);
    host.policy = std::get<std::string>(policy);
    host.login_user = flags.user;
    host.login_domain = flags.domain;
    host.sealed_password = node->vault.seal(host_password_purpose, flags.name, password->expose());
    host.injection_enforced = probe->login_checked;
    host.created_s = core::runtime::wall_time_s();
    const auto added = node->catalog.add_host(host);
    if (!added)
        return report_failure(context, flags.name + ": " + added.error().message(),
                              "lucid host rm " + flags.name);
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", true},
                                {"name", host.name},
                                {"security", host.security},
                                {"fingerprint", to_hex(probe->fingerprint)},
                                {"injection_enforced", host.injection_enforced}}
                               .dump());
        return;
    }
    fmt::print("{} at {}:{} ({}), policy {}\n", host.name, host.address, host.port,
               host.security == "nla" ? "NLA, login tried: accepted" : "TLS", flags.preset);
    fmt::print("certificate pinned, compare it with the desktop's:\n  sha256 {}\n",
               grouped(probe->fingerprint));
    if (!has_scanner && rdp::relay::policy_from_json(host.policy)->scan_files)
        fmt::print(
            "note: files are to be scanned and no scanner is configured; see lucid doctor\n");
    if (!host.injection_enforced)
        fmt::print(
            "note: a TLS-only desktop paints its own login box when the password is wrong; that "
            "cannot be seen here\n");
    fmt::print("next: lucid ticket {}\n", host.name);
}

void list(Context& context) {
    auto node = open_node(context);
    if (!node) return;
    const auto hosts = node->catalog.hosts();
    if (!hosts) return report_failure(context, hosts.error().message());
    Json out = {{"ok", true}, {"hosts", Json::array()}};
    for (const auto& h : *hosts) {
        if (!context.json)
            fmt::print("{:16} {}:{} {} user {}\n", h.name, h.address, h.port, h.security,
                       h.login_user);
        out["hosts"].push_back({{"name", h.name},
                                {"address", h.address},
                                {"port", h.port},
                                {"security", h.security},
                                {"user", h.login_user},
                                {"fingerprint", to_hex(h.certificate_pin)},
                                {"policy", h.policy},
                                {"injection_enforced", h.injection_enforced}});
    }
    if (context.json) fmt::print("{}\n", out.dump());
    if (!context.json && hosts->empty())
        fmt::print(
            "no hosts yet; next: lucid host add NAME ADDRESS --user USER --password-stdin\n");
}

/// Test a registered host, or take a new pin.
void test(Context& context, const std::string& name, bool pin) {
    auto node = open_node(context);
    if (!node) return;
    const auto host = node->catalog.host(name);
    if (!host || !*host)
        return report_failure(context, "no host is called " + name, "lucid host ls");
    const auto& h = **host;
    auto password = node->vault.open_sealed(host_password_purpose, h.name, h.sealed_password);
    if (!password) return report_failure(context, "the vaulted password does not open");
    const gateway::Credential credential{h.login_domain, h.login_user, std::move(*password)};
    const auto probe = gateway::probe_host(
        h.address, h.port,
        h.security == "nla" ? gateway::HostSecurity::nla : gateway::HostSecurity::tls,
        pin ? nullptr : &credential);
    if (!probe) return report_failure(context, explain(probe.error(), {h.address, h.port}));
    if (pin) {
        const auto set = node->catalog.set_host_pin(h.name, probe->fingerprint);
        if (!set) return report_failure(context, set.error().message());
    } else if (to_bytes(probe->fingerprint) != h.certificate_pin) {
        return report_failure(context,
                              h.name + " shows another certificate than the pinned one: sha256 " +
                                  to_hex(probe->fingerprint),
                              "if you changed it yourself: lucid host pin " + h.name);
    }
    if (context.json)
        fmt::print("{}\n", Json{{"ok", true},
                                {"name", h.name},
                                {"fingerprint", to_hex(probe->fingerprint)},
                                {"login_checked", probe->login_checked}}
                               .dump());
    else
        fmt::print("{}: {}\n  sha256 {}\n", h.name,
                   pin                    ? "new certificate pinned"
                   : probe->login_checked ? "certificate and login are right"
                                          : "certificate is right",
                   grouped(probe->fingerprint));
}

void remove(Context& context, const std::string& name) {
    auto node = open_node(context);
    if (!node) return;
    const auto removed = node->catalog.remove_host(name);
    if (!removed || !*removed)
        return report_failure(context, "no host is called " + name, "lucid host ls");
    if (context.json)
        fmt::print("{}\n", Json{{"ok", true}}.dump());
    else
        fmt::print("{} removed; its recordings stay\n", name);
}

}  // namespace

void add_host(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("host", "Desktops that can be reached through the gateway");
    command->require_subcommand(1);
    auto flags = std::make_shared<HostFlags>();
    auto* add_command =
        command->add_subcommand("add", "Register a desktop and pin its certificate");
    add_command->add_option("NAME", flags->name)->required();
    add_command->add_option("ADDRESS", flags->address, "Name or address, :PORT if not 3389")
        ->required();
    add_command->add_option("--user", flags->user, "Whom the gateway logs in as")->required();
    add_command->add_option("--domain", flags->domain, "Windows domain of that user");
    add_command->add_option("--password-file", flags->password_file,
                            "File with that user's password");
    add_command->add_flag("--password-stdin", flags->password_stdin,
                          "Read the password from standard input");
    add_command->add_option("--security", flags->security, "auto, nla or tls")
        ->check(CLI::IsMember({"auto", "nla", "tls"}));
    add_command->add_option("--preset", flags->preset, "Policy: strict, standard or custom")
        ->check(CLI::IsMember({"strict", "standard", "custom"}));
    add_command
        ->add_option("--clipboard", flags->clipboard,
                     "off, client-to-host, host-to-client or both, instead of the preset's")
        ->check(CLI::IsMember({"off", "client-to-host", "host-to-client", "both"}));
    add_command->add_option("--redirect-to", flags->redirect_to,
                            "Registered host that this one may send sessions on to (under this "
                            "one's policy); * for all; may be repeated");
    add_command
        ->add_option("--scan", flags->scan,
                     "off, required, or if-available (files pass when no scanner answers); "
                     "otherwise required where lucid.toml names a scanner")
        ->check(CLI::IsMember({"off", "required", "if-available"}));
    add_command->add_option("--set", flags->set,
                            "One policy field, FIELD=VALUE, after preset and other options; "
                            "`lucid host fields` lists them");
    add_command->footer(
        "Examples:\n  lucid host add desk 10.0.0.5 --user alice --password-stdin < secret\n"
        "  lucid host add lab 10.0.0.6:3390 --user bob --password-file p --preset standard\n"
        "  lucid host add win 10.0.0.7 --user eve --password-file p --preset custom --scan "
        "required \\\n"
        "      --set drive_to_host=false --set file_names_allowed=*.pdf,*.txt --set "
        "printer_keep=true\n"
        "  lucid host add bank 10.0.0.8 --user dan --password-file p --set keyboard=full \\\n"
        "      --set remote_programs=true --set mask_titles=*password*,*sign*in*");
    add_command->callback([&context, flags] { add(context, *flags); });
    auto preset = std::make_shared<std::string>("strict");
    auto* fields = command->add_subcommand("fields", "What a policy consists of, by preset");
    fields->add_option("PRESET", *preset, "strict, standard or custom");
    fields->footer("Examples:\n  lucid host fields\n  lucid host fields custom --json");
    fields->callback([&context, preset] { list_fields(context, *preset); });
    command->add_subcommand("ls", "List them")->callback([&context] { list(context); });
    auto name = std::make_shared<std::string>();
    for (const auto& [verb, text] :
         {std::pair{"test", "Connect, compare the pin, try the login"},
          std::pair{"pin", "Take the certificate it shows now"}, std::pair{"rm", "Remove it"}}) {
        auto* sub = command->add_subcommand(verb, text);
        sub->add_option("NAME", *name)->required();
        sub->callback([&context, name, action = std::string(verb)] {
            if (action == "rm")
                remove(context, *name);
            else
                test(context, *name, action == "pin");
        });
    }
}

}  // namespace lucid::app

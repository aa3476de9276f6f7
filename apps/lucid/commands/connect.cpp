// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/rdp/headless/ticket_file.hpp>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <sys/mman.h>
#include <unistd.h>

#include "../commands.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace lucid::app {

namespace {

namespace fs = std::filesystem;
namespace headless = rdp::headless;

constexpr std::size_t password_bytes_max = 4096;

struct ConnectFlags {
    std::string where;
    bool is_headless = false;
    std::string user;
    std::string domain;
    std::string password_file;
    std::string pin;
    std::string security;
    std::string graphics = "avc444";
    std::string size = "1280x720";
    std::string monitors;
    unsigned bits_per_pixel = 32;
    bool no_clipboard = false;
    std::string sound_file;
    std::string drive;
    std::optional<std::uint64_t> drive_write_mib;
    std::string script;
    unsigned reconnects = 0;
    unsigned login_limit_s = 20;
};

/// Sets what was wrong and gives false.
bool wrong(Context& context, const std::string& message, const std::string& next) {
    report_failure(context, message, next);
    return false;
}

/// For files that hold a secret.
bool wrong_file(Context& context, const std::string& file, const Error& error) {
    return wrong(context, file + ": " + error.message(),
                 error.code == make_error_code(Errc::refused) ? "chmod 600 " + file : "");
}

/// A file that is there is a ticket or an .rdp file; anything else names a host.
bool read_where(Context& context, const ConnectFlags& flags, headless::Order& order) {
    std::error_code error;
    if (!fs::is_regular_file(flags.where, error)) {
        if (headless::read_host(flags.where, order)) return true;
        return wrong(context, fmt::format("'{}' is no host and no file", flags.where),
                     "HOST:PORT, a file that `lucid ticket --json` printed, or an .rdp file");
    }
    const auto content =
        core::runtime::read_secret_file(flags.where, headless::ticket_file_bytes_max);
    if (!content) return wrong_file(context, flags.where, content.error());
    if (const auto read = headless::read_ticket_file(content->expose(), order); !read)
        return wrong(context, flags.where + ": " + read.error().message(),
                     "(umask 077; lucid ticket HOST --json > " + flags.where + ")");
    return true;
}

bool read_login(Context& context, const ConnectFlags& flags, headless::Order& order) {
    if (!flags.user.empty()) order.user = flags.user;
    if (!flags.domain.empty()) order.domain = flags.domain;
    if (!flags.security.empty()) order.nla = flags.security == "nla";
    if (!flags.password_file.empty()) {
        auto password = core::runtime::read_secret_file(flags.password_file, password_bytes_max);
        if (!password) return wrong_file(context, flags.password_file, password.error());
        auto text = as_text(password->expose());
        // The end of the line that an editor puts there.
        while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
        order.password = crypto::Secret::copy_of(as_bytes(text));
    }
    if (order.user.empty())
        return wrong(context, "who logs in?", "--user NAME --password-file FILE");
    if (!flags.pin.empty()) {
        const auto pin = headless::read_fingerprint(flags.pin);
        if (!pin)
            return wrong(context, "--pin is a SHA-256 fingerprint: 64 hex digits, colons allowed",
                         "without --pin the host's fingerprint is shown");
        order.pin = *pin;
    }
    return true;
}

bool read_size(Context& context, const ConnectFlags& flags, headless::Order& order) {
    unsigned width = 0;
    unsigned height = 0;
    if (std::sscanf(flags.size.c_str(), "%ux%u", &width, &height) != 2 ||
        width < rdp::client::desktop_side_min || width > rdp::client::desktop_side_max ||
        height < rdp::client::desktop_side_min || height > rdp::client::desktop_side_max)
        return wrong(context, "--size is WIDTHxHEIGHT, each from 200 to 8192", "--size 1280x720");
    order.width = static_cast<std::uint16_t>(width);
    order.height = static_cast<std::uint16_t>(height);
    return true;
}

bool read_monitors(Context& context, const ConnectFlags& flags, headless::Order& order) {
    namespace client = rdp::client;
    constexpr const char* example = "--monitors 1280x1024+0+0,1024x768+1280+0";
    auto monitors = client::parse_monitors(flags.monitors);
    if (!monitors) return wrong(context, monitors.error().context, example);
    if (const auto fits = client::check_monitors(*monitors, client::LayoutUse::connection); !fits)
        return wrong(context, std::string("--monitors: ") + fits.error().context, example);
    const auto bounds = client::bounds_of(*monitors);
    order.width = static_cast<std::uint16_t>(bounds.width);
    order.height = static_cast<std::uint16_t>(bounds.height);
    if (monitors->size() > 1) order.monitors = std::move(*monitors);
    return true;
}

bool read_session(Context& context, const ConnectFlags& flags, headless::Order& order) {
    if (flags.monitors.empty() ? !read_size(context, flags, order)
                               : !read_monitors(context, flags, order))
        return false;
    order.bits_per_pixel = static_cast<std::uint8_t>(flags.bits_per_pixel);
    order.graphics = *headless::graphics_named(flags.graphics);
    if (flags.no_clipboard) order.clipboard = false;
    order.sound_file = flags.sound_file;
    if (!flags.drive.empty()) {
        constexpr std::size_t name_max = 7;
        const auto equals = flags.drive.find('=');
        if (equals == 0 || equals == std::string::npos || equals > name_max)
            return wrong(context, "--drive is NAME=FOLDER, the name of 7 characters at most",
                         "--drive docs=/srv/documents");
        order.drive = headless::Drive{flags.drive.substr(0, equals), flags.drive.substr(equals + 1),
                                      std::nullopt};
    }
    if (flags.drive_write_mib) {
        if (!order.drive)
            return wrong(context, "--drive-write is for a drive", "--drive docs=/srv/documents");
        order.drive->growth_bytes_max = *flags.drive_write_mib << 20;
    }
    // Before the host is bothered.
    if (!flags.script.empty() && flags.script != "-" && ::access(flags.script.c_str(), R_OK) != 0)
        return wrong(context, flags.script + ": " + make_system_error(errno, "script").message(),
                     "--script FILE, or - for standard input");
    order.script = flags.script;
    order.reconnects = flags.reconnects;
    order.login_limit = std::chrono::seconds(flags.login_limit_s);
    order.json = context.json;
    return true;
}

/// Becomes lucid-client; comes back only where that fails.
void become_client(Context& context, const headless::Order& order) {
    std::error_code error;
    const auto program =
        (fs::read_symlink("/proc/self/exe", error).parent_path() / "lucid-client").string();
    // Not closed on exec: the program reads it.
    const core::net::Fd memory(::memfd_create("order", 0));
    const auto json = headless::encode_order(order);
    const auto bytes = json.expose();
    if (!memory.valid() ||
        ::write(memory.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        ::lseek(memory.get(), 0, SEEK_SET) != 0)
        return report_failure(
            context, "memory for the order: " + make_system_error(errno, "memfd").message());
    const auto fd = std::to_string(memory.get());
    ::execl(program.c_str(), program.c_str(), fd.c_str(), static_cast<char*>(nullptr));
    report_failure(context, program + ": " + make_system_error(errno, "start").message(),
                   "install it beside lucid; it comes with the same package");
}

void connect(Context& context, const ConnectFlags& flags) {
    if (!flags.is_headless) {
        report_failure(context, "this client has no window", "add --headless");
        context.exit_code = exit_usage;
        return;
    }
    headless::Order order;
    if (read_where(context, flags, order) && read_login(context, flags, order) &&
        read_session(context, flags, order))
        become_client(context, order);
}

}  // namespace

void add_connect(CLI::App& app, Context& context) {
    auto flags = std::make_shared<ConnectFlags>();
    auto* command = app.add_subcommand("connect", "Use a desktop from a script, without a window");
    command
        ->add_option("HOST", flags->where,
                     "HOST[:PORT], a file of `lucid ticket --json`, or an .rdp file")
        ->required();
    command->add_flag("--headless", flags->is_headless, "No window: a script looks and types");
    command->add_option("--user", flags->user, "Login name");
    command->add_option("--domain", flags->domain, "Its domain");
    command->add_option("--password-file", flags->password_file, "File that holds the password");
    command->add_option("--pin", flags->pin,
                        "SHA-256 of the host's certificate; without it the host's is shown, and "
                        "nothing else happens");
    command->add_option("--security", flags->security, "nla (also where nothing is said) or tls")
        ->check(CLI::IsMember({"nla", "tls"}));
    command->add_option("--script", flags->script, "File of commands; - is standard input");
    auto* size = command->add_option("--size", flags->size, "Desktop, WIDTHxHEIGHT (1280x720)");
    command
        ->add_option("--monitors", flags->monitors,
                     "Several, WxH+LEFT+TOP with commas between; the primary one is at +0+0")
        ->excludes(size);
    command->add_option("--graphics", flags->graphics, "What the host may draw with (avc444)")
        ->check(CLI::IsMember({"avc444", "avc420", "gfx", "remotefx", "bitmap"}));
    command->add_option("--bpp", flags->bits_per_pixel, "Bits per pixel of bitmaps (32)")
        ->check(CLI::IsMember({15, 16, 24, 32}));
    command->add_flag("--no-clipboard", flags->no_clipboard, "Leave the clipboard out");
    command->add_option("--sound", flags->sound_file, "Keep what the host plays, as WAV");
    command->add_option("--drive", flags->drive, "NAME=FOLDER: the host may read this folder");
    command
        ->add_option("--drive-write", flags->drive_write_mib,
                     "MIB: the host may also change that folder, and fill it by this much at most")
        ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 30));
    command->add_option("--reconnect", flags->reconnects, "Connect again when the line breaks (0)")
        ->check(CLI::Range(0, 100));
    command->add_option("--login-limit", flags->login_limit_s, "Seconds for the login (20)")
        ->check(CLI::Range(1, 600));
    command->footer(
        "Commands, one a line (# begins a comment):\n"
        "  wait picture|change|end [TIME]   wait still [TIME [LIMIT]]   sleep TIME\n"
        "  wait clipboard [FORMAT] [TIME]   wait size W H [TIME]   wait pixel X Y RRGGBB [TIME]\n"
        "  type TEXT   unicode TEXT   key ctrl+alt+Delete   keydown KEY   keyup KEY   locks num\n"
        "  move X Y   click [left|right|middle] X Y   doubleclick X Y   press X Y   release X Y\n"
        "  touch X Y [TIME]   touch down|move|up|hover|cancel X Y [CONTACT]   touch dismiss\n"
        "  swipe X1 Y1 X2 Y2 [TIME]   pinch X Y DISTANCE-BEFORE DISTANCE-AFTER [TIME]\n"
        "  wheel CLICKS   hwheel CLICKS   resize W H   monitors WxH+X+Y,…   screenshot FILE.png   "
        "pixel X Y\n"
        "  clipboard set TEXT   clipboard set-file FORMAT FILE   clipboard get [FORMAT [FILE]]\n"
        "    FORMAT: text, html, image (a BMP file), png, files (a file or folder; get: into "
        "FOLDER)\n"
        "  disconnect   drop\n\n"
        "Examples:\n"
        "  (umask 077; lucid ticket desk --json > desk.ticket)\n"
        "  printf 'wait picture\\ntype ls\\\\n\\nwait still 1s\\nscreenshot desk.png\\n' |\n"
        "    lucid connect desk.ticket --headless --script -\n"
        "  lucid connect 10.0.0.5 --headless --user me --password-file p --pin 3f:a9:… --script s");
    command->callback([&context, flags] { connect(context, *flags); });
}

}  // namespace lucid::app

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "manual.hpp"

#include <functional>
#include <set>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace lucid::app::manual {

namespace {

/// A command and the words that lead to it: {"host", "add"}; none for the program itself.
struct Command {
    std::vector<std::string> words;
    const CLI::App* app;
    [[nodiscard]] std::string path() const {
        std::string out;
        for (const auto& word : words) out += " " + word;
        return out;
    }
};

std::vector<const CLI::App*> children(const CLI::App& app) {
    std::vector<const CLI::App*> out;
    for (const auto* child : app.get_subcommands([](const CLI::App*) { return true; }))
        if (!child->get_name().empty() && !child->get_group().empty()) out.push_back(child);
    return out;
}

void collect(const CLI::App& app, const std::vector<std::string>& words,
             std::vector<Command>& out) {
    out.push_back({words, &app});
    for (const auto* child : children(app)) {
        auto longer = words;
        longer.push_back(child->get_name());
        collect(*child, longer, out);
    }
}

std::vector<Command> all_of(const CLI::App& app) {
    std::vector<Command> out;
    collect(app, {}, out);
    return out;
}

/// "--data" and the like; empty for a positional.
std::string long_name(const CLI::Option& option) {
    const auto& names = option.get_lnames();
    return names.empty() ? "" : "--" + names.front();
}

bool takes_value(const CLI::Option& option) {
    return option.get_expected_max() > 0 && option.get_type_size() != 0;
}

std::string value_name(const CLI::Option& option) {
    const auto type = option.get_type_name();
    return type.empty() ? "VALUE" : type;
}

/// roff takes \ and - for its own, and a dot or quote at the start of a line.
std::string roff(const std::string& text) {
    std::string out;
    bool start = true;
    for (const char c : text) {
        if (start && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        start = c == '\n';
    }
    return out;
}

std::string roff_options(const CLI::App& app) {
    std::string out;
    for (const auto* option : app.get_options()) {
        if (long_name(*option) == "--help") continue;
        auto name = option->get_positional() && long_name(*option).empty()
                        ? option->get_single_name()
                        : long_name(*option);
        out += ".TP\n.B " + roff(name);
        if (!long_name(*option).empty() && takes_value(*option))
            out += " " + roff(value_name(*option));
        out += "\n" +
               roff(option->get_description().empty() ? "see above" : option->get_description()) +
               "\n";
    }
    return out;
}

/// Examples and the like, line by line as in --help.
std::string roff_footer(const CLI::App& app) {
    if (app.get_footer().empty()) return "";
    return ".PP\n.nf\n" + roff(app.get_footer()) + "\n.fi\n";
}

std::string usage(const Command& command) {
    std::string out = "lucid" + command.path();
    for (const auto* option : command.app->get_options())
        if (option->get_positional())
            out += option->get_required() ? " " + option->get_single_name()
                                          : " [" + option->get_single_name() + "]";
    out += " [OPTIONS]";
    if (!children(*command.app).empty()) out += " COMMAND";
    return out;
}

std::string names_of(const std::vector<const CLI::App*>& apps) {
    std::string out;
    for (const auto* app : apps) out += (out.empty() ? "" : " ") + app->get_name();
    return out;
}

/// Commands and options that may stand behind this one, the program's own too.
std::string words_behind(const Command& command, const CLI::App& root) {
    auto out = names_of(children(*command.app));
    std::set<std::string> options;
    for (const auto* app : {command.app, &root})
        for (const auto* option : app->get_options())
            if (!long_name(*option).empty()) options.insert(long_name(*option));
    for (const auto& option : options) out += (out.empty() ? "" : " ") + option;
    return out;
}

/// "--data|--identity": whose next word is a value.
std::string options_with_values(const std::vector<Command>& commands) {
    std::set<std::string> names;
    for (const auto& command : commands)
        for (const auto* option : command.app->get_options())
            if (!long_name(*option).empty() && takes_value(*option))
                names.insert(long_name(*option));
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : "|") + name;
    return out;
}

/// `"" ) words="…" ;;` for each command.
std::string cases(const std::vector<Command>& commands, const CLI::App& root,
                  std::string_view assign) {
    std::string out;
    for (const auto& command : commands)
        out += fmt::format("        \"{}\") {}=\"{}\" ;;\n", command.path(), assign,
                           words_behind(command, root));
    return out;
}

std::string paths(const std::vector<Command>& commands) {
    std::string out;
    for (const auto& command : commands)
        if (!command.words.empty())
            out += fmt::format("{}\"{}\"", out.empty() ? "" : "|", command.path());
    return out;
}

std::string in_quotes(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '\'' ? std::string("\\'") : std::string(1, c);
    return "'" + out + "'";
}

constexpr std::string_view made_from = "made by `lucid manual` from the program's own commands";

}  // namespace

std::string man_page(const CLI::App& app) {
    const auto commands = all_of(app);
    std::string out = fmt::format(".\\\" {}\n.TH LUCID 1 \"\" \"lucid {}\" \"User Commands\"\n",
                                  made_from, LUCID_VERSION);
    out += ".SH NAME\nlucid \\- " + roff(app.get_description()) + "\n";
    out += ".SH SYNOPSIS\n.B lucid\n[OPTIONS] COMMAND\n.SH OPTIONS\n" + roff_options(app);
    out += ".SH COMMANDS\n";
    for (const auto& command : commands) {
        if (command.words.empty()) continue;
        out += ".SS " + roff(usage(command)) + "\n" + roff(command.app->get_description()) + ".\n" +
               roff_options(*command.app) + roff_footer(*command.app);
    }
    out += ".SH EXAMPLES AND EXIT CODES\n" + roff_footer(app);
    out +=
        ".SH FILES\n.TP\n.I /var/lib/lucid\nData directory of the packaged service; "
        "lucid.toml in it is the configuration.\n";
    return out;
}

std::string bash_completion(const CLI::App& app) {
    const auto commands = all_of(app);
    return fmt::format(R"(# bash completion for lucid, {}
_lucid() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} path='' words='' word i value=''
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        if [ -n "$value" ]; then value=; continue; fi
        case $word in
            {}) value=1 ;;
            -*) ;;
            *) case "$path $word" in {}) path="$path $word" ;; esac ;;
        esac
    done
    COMPREPLY=()
    if [ -z "$value" ]; then
        case $path in
{}        esac
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    fi
    if [ ${{#COMPREPLY[@]}} -eq 0 ]; then mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi
}}
complete -o filenames -F _lucid lucid
)",
                       made_from, options_with_values(commands), paths(commands),
                       cases(commands, app, "words"));
}

std::string zsh_completion(const CLI::App& app) {
    const auto commands = all_of(app);
    return fmt::format(R"(#compdef lucid
# zsh completion for lucid, {}
_lucid() {{
    local at='' found='' word value=''
    for word in "${{(@)words[2,CURRENT-1]}}"; do
        if [[ -n $value ]]; then value=; continue; fi
        case $word in
            {}) value=1 ;;
            -*) ;;
            *) case "$at $word" in {}) at="$at $word" ;; esac ;;
        esac
    done
    if [[ -n $value ]]; then _files; return; fi
    case $at in
{}    esac
    compadd -- ${{=found}}
    _files
}}
_lucid "$@"
)",
                       made_from, options_with_values(commands), paths(commands),
                       cases(commands, app, "found"));
}

std::string fish_completion(const CLI::App& app) {
    std::string out = fmt::format("# fish completion for lucid, {}\n", made_from);
    for (const auto& command : all_of(app)) {
        std::string condition;
        if (command.words.empty()) {
            condition = "__fish_use_subcommand";
        } else {
            for (const auto& word : command.words)
                condition += fmt::format("{}__fish_seen_subcommand_from {}",
                                         condition.empty() ? "" : "; and ", word);
            const auto below = names_of(children(*command.app));
            if (!below.empty()) condition += "; and not __fish_seen_subcommand_from " + below;
        }
        for (const auto* child : children(*command.app))
            out += fmt::format("complete -c lucid -f -n {} -a {} -d {}\n", in_quotes(condition),
                               child->get_name(), in_quotes(child->get_description()));
        for (const auto* option : command.app->get_options()) {
            if (long_name(*option).empty()) continue;
            const auto where = command.words.empty() ? "" : " -n " + in_quotes(condition);
            out += fmt::format("complete -c lucid{} -l {}{} -d {}\n", where,
                               long_name(*option).substr(2), takes_value(*option) ? " -r" : "",
                               in_quotes(option->get_description()));
        }
    }
    return out;
}

}  // namespace lucid::app::manual

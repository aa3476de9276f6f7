// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
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

void add(Context& context, const std::string& given) {
    auto node = open_node(context);
    if (!node) return;
    const auto path = std::filesystem::absolute(given).lexically_normal().string();
    const auto made = core::runtime::Volumes::prepare(path, node->data.node());
    if (!made) {
        const auto code = made.error().code;
        return report_failure(
            context, path + ": " + made.error().message(),
            code == make_error_code(Errc::not_found) ? "mkdir -m 700 " + path + ", or mount it"
            : code == make_error_code(Errc::refused) ? "choose an empty folder of the disk"
                                                     : "choose another folder");
    }
    if (const auto put = node->catalog.put_volume({made->id, path}); !put)
        return report_failure(context, put.error().message(), "lucid doctor");
    const auto& listed = node->data.config().volumes;
    const bool known = std::find(listed.begin(), listed.end(), path) != listed.end();
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", true},
                                {"path", path},
                                {"id", made->id},
                                {"in_configuration", known},
                                {"free_mib", made->free_bytes >> 20}}
                               .dump());
        return;
    }
    fmt::print("{} is volume {} of this node, {} MiB free\n", path, made->id,
               made->free_bytes >> 20);
    if (known)
        fmt::print("  next: restart lucid\n");
    else
        fmt::print(
            "  next: add it to [storage] volumes in {}: volumes = [\"{}\"], then restart lucid\n",
            node->data.file("lucid.toml"), path);
}

void list(Context& context) {
    auto node = open_node(context);
    if (!node) return;
    Json out = {{"ok", true}, {"volumes", Json::array()}};
    const auto recordings = node->data.volumes().recordings();
    const auto reserve = node->data.config().free_space_min_mib;
    for (const auto& volume : node->data.volumes().look()) {
        const auto count =
            std::count_if(recordings.begin(), recordings.end(), [&](const auto& recording) {
                return recording.directory.starts_with(volume.sessions() + "/");
            });
        const auto free_mib = volume.free_bytes >> 20;
        out["volumes"].push_back({{"path", volume.path},
                                  {"id", volume.id},
                                  {"ready", volume.ready()},
                                  {"problem", volume.problem},
                                  {"recordings", count},
                                  {"free_mib", free_mib},
                                  {"takes_recordings", volume.ready() && free_mib >= reserve}});
        if (context.json) continue;
        if (!volume.ready())
            fmt::print("{}  {}\n", volume.path, volume.problem);
        else
            fmt::print("{}  {} recordings, {} MiB free{}\n", volume.path, count, free_mib,
                       free_mib < reserve
                           ? fmt::format(", below the reserve of {}: takes no more", reserve)
                           : "");
    }
    if (context.json) fmt::print("{}\n", out.dump());
}

}  // namespace

void add_volume(CLI::App& app, Context& context) {
    auto path = std::make_shared<std::string>();
    auto* command = app.add_subcommand("volume", "Disks that recordings go to");
    command->require_subcommand(1);
    command->footer("Examples:\n  lucid volume add /mnt/disk1\n  lucid volume ls");
    auto* added = command->add_subcommand("add", "Prepare a mounted folder for recordings");
    added->add_option("FOLDER", *path, "Empty folder of the disk, mounted")->required();
    added->footer(
        "Marks the folder, so that an unmounted disk is noticed and never written under. Then it "
        "goes into lucid.toml.\n\nExample:\n  lucid volume add /mnt/disk1");
    added->callback([&context, path] { add(context, *path); });
    auto* listed = command->add_subcommand("ls", "Which are there, and how full they are");
    listed->footer("Example:\n  lucid volume ls");
    listed->callback([&context] { list(context); });
}

}  // namespace lucid::app

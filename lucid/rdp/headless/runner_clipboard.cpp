// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/rdp/headless/runner.hpp>

#include <cerrno>
#include <sys/stat.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

// The clipboard's commands.

namespace lucid::rdp::headless {

using Json = nlohmann::json;

namespace {

/// A file whose content is copied as text, HTML or a picture.
constexpr std::size_t content_bytes_max = std::size_t{16} << 20;
/// All files of the host's clipboard together: the host says how long they are.
constexpr std::uint64_t files_bytes_max = std::uint64_t{4} << 30;
constexpr std::chrono::seconds answer_limit{15};

tl::unexpected<Trouble> trouble(const std::string& what, const Error& error,
                                std::string next = "") {
    return unexpected(Trouble{what + ": " + error.message(), std::move(next)});
}

/// What programs here have, as the format has it on the wire.
Result<Bytes> to_wire(std::string_view format, ByteView content) {
    if (format == client::clipboard_text) return client::clipboard_text_to_wire(as_text(content));
    if (format == client::clipboard_html) return client::clipboard_html_to_wire(as_text(content));
    if (format == client::clipboard_image) return client::clipboard_image_of_bmp(content);
    return to_bytes(content);
}

Result<Bytes> of_wire(std::string_view format, ByteView data) {
    if (format == client::clipboard_text)
        return to_bytes(as_bytes(client::clipboard_text_of_wire(data)));
    if (format == client::clipboard_html) {
        LUCID_TRY(const auto html, client::clipboard_html_of_wire(data));
        return to_bytes(as_bytes(html));
    }
    if (format == client::clipboard_image) return client::bmp_of_clipboard_image(data);
    return to_bytes(data);
}

/// The folders that a path goes through are there, or are made.
Result<void> make_folders(Folder& folder, const std::string& path) {
    for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        if (const auto made = folder.create(path.substr(0, slash), true);
            !made && made.error().code != make_error_code(Errc::already_exists))
            return fail(made.error());
    return {};
}

}  // namespace

Runner::Done Runner::run_command(const script::ClipboardSet& c) {
    std::vector<client::ClipboardContent> contents;
    std::optional<OfferedFiles> files;
    if (c.format == client::clipboard_files) {
        auto collected = OfferedFiles::collect(c.value);
        if (!collected) return trouble(c.value, collected.error());
        auto list = client::clipboard_files_to_wire(collected->list());
        if (!list) return trouble(c.value, list.error(), "shorter names: 259 characters at most");
        contents.push_back({c.format, std::move(*list)});
        files = std::move(*collected);
    } else {
        Bytes content = to_bytes(as_bytes(c.value));
        if (c.is_file) {
            auto read = core::runtime::read_file(c.value, content_bytes_max);
            if (!read) return trouble(c.value, read.error());
            content = std::move(*read);
        }
        auto wire = to_wire(c.format, content);
        if (!wire && c.format == client::clipboard_image)
            return trouble(c.value, wire.error(), "a BMP file; PNG files: clipboard set-file png");
        if (!wire) return unexpected(Trouble{"the text is not UTF-8", ""});
        contents.push_back({c.format, std::move(*wire)});
    }
    if (const auto done = session_.offer(std::move(contents), std::move(files)); !done)
        return unexpected(Trouble{"the session has no clipboard", "leave out --no-clipboard"});
    if (!session_.step(Clock::now())) return over();
    return {};
}

Outcome<Bytes> Runner::fetch_clipboard(std::string_view format) {
    if (!session_.client().request_clipboard(format))
        return unexpected(Trouble{fmt::format("the host's clipboard has no {}", format),
                                  fmt::format("wait clipboard {}", format)});
    std::optional<client::ClipboardArrived> arrived;
    auto done = wait_for(answer_limit, "no answer to the clipboard request",
                         [&] { return (arrived = session_.take_clipboard()).has_value(); });
    if (!done) return unexpected(std::move(done.error()));
    if (!arrived->ok) return unexpected(Trouble{"the host refused to give its clipboard", ""});
    return std::move(arrived->data);
}

Runner::Done Runner::run_command(const script::ClipboardGet& c) {
    const auto data = fetch_clipboard(c.format);
    if (!data) return unexpected(data.error());
    if (c.format == client::clipboard_files) return save_files(c.file, *data);
    const auto content = of_wire(c.format, *data);
    if (!content) return trouble("the host's clipboard", content.error());
    if (!c.file.empty()) {
        const auto written = core::runtime::write_file_atomically(c.file, *content, 0600);
        if (!written) return trouble(c.file, written.error());
        report_.event("clipboard", {{"format", c.format}, {"file", c.file}},
                      fmt::format("{}: {} bytes", c.file, content->size()));
        return {};
    }
    const auto text = as_text(*content);
    report_.answer("clipboard", {{"format", c.format}, {"content", std::string(text)}}, text);
    return {};
}

Runner::Done Runner::save_files(const std::string& folder, ByteView list) {
    const auto files = client::clipboard_files_of_wire(list);
    if (!files) return trouble("the host's files", files.error());
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
        return trouble(folder, make_system_error(errno, "folder"));
    const auto place = Folder::open(folder);
    if (!place) return trouble(folder, place.error());
    auto left = files_bytes_max;
    Json names = Json::array();
    for (std::uint32_t i = 0; i < files->size(); ++i) {
        const auto& file = (*files)[i];
        if (file.bytes.value_or(0) > left)
            return unexpected(Trouble{"the host's files are more than 4 GiB", ""});
        left -= file.bytes.value_or(0);
        if (auto saved = save_file(**place, file, i); !saved) return saved;
        names.push_back(file.name);
    }
    report_.event("clipboard", {{"format", "files"}, {"folder", folder}, {"files", names}},
                  fmt::format("{}: {} files and folders", folder, files->size()));
    return {};
}

Runner::Done Runner::save_file(Folder& folder, const client::ClipboardFile& file,
                               std::uint32_t index) {
    constexpr auto part_bytes = client::clipboard_file_part_bytes_max;
    auto made = make_folders(folder, file.name);
    if (made) made = folder.create(file.name, file.is_folder);
    if (!made) return trouble(file.name, made.error(), "a folder without these files");
    const auto end = file.bytes.value_or(files_bytes_max);
    std::uint64_t at = 0;
    while (!file.is_folder && at < end) {
        const auto wanted =
            static_cast<std::uint32_t>(std::min<std::uint64_t>(end - at, part_bytes));
        if (!session_.client().request_clipboard_file(index, at, wanted))
            return unexpected(Trouble{"the host's clipboard is busy", ""});
        std::optional<client::ClipboardFileArrived> part;
        auto done = wait_for(answer_limit, file.name + ": no answer",
                             [&] { return (part = session_.take_clipboard_file()).has_value(); });
        if (!done) return done;
        if (!part->ok) return unexpected(Trouble{file.name + ": the host cannot read it", ""});
        if (const auto written = folder.write(file.name, at, part->data); !written)
            return trouble(file.name, written.error());
        at += part->data.size();
        if (part->data.empty() || (!file.bytes && part->data.size() < wanted)) break;
    }
    if (file.bytes && at < *file.bytes)
        return unexpected(Trouble{
            fmt::format("{}: it ends after {} of {} bytes", file.name, at, *file.bytes), ""});
    return {};
}

}  // namespace lucid::rdp::headless

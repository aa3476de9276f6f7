// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/replay/export_channel.hpp>

#include <array>
#include <string_view>

#include <nlohmann/json.hpp>

namespace lucid::sessions::replay {
namespace {

using core::net::Fd;
using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> kind_names = {"result", "picture", "part"};

Result<ExportPiece> piece_of(const Json& request) {
    const auto what = request.find("what");
    const auto number = request.find("number");
    if (what == request.end() || !what->is_string() || number == request.end() ||
        !number->is_number_unsigned())
        return fail(Errc::bad_value, "piece of an export");
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        if (what->get_ref<const std::string&>() == kind_names[i])
            return ExportPiece{static_cast<ExportPiece::Kind>(i), number->get<std::uint64_t>()};
    return fail(Errc::bad_value, "kind of a piece");
}

/// What goes back: whether it worked, and a descriptor where one was asked for.
struct Outcome {
    Result<void> done;
    Fd file;
    bool there = false;
};

Outcome outcome_of(Result<Fd> file) {
    if (!file) return {fail(file.error()), {}, false};
    return {{}, std::move(*file), false};
}

/// An error: no exporter asks that.
Result<Outcome> carry_out(const Json& request, ExportFiles& files) {
    const auto op = request.is_object() ? request.value("op", Json()) : Json();
    if (!op.is_string()) return fail(Errc::bad_value, "request of an exporter");
    const auto& name = op.get_ref<const std::string&>();
    if (name == "parts") {
        const auto kind = request.value("kind", Json());
        if (!kind.is_string()) return fail(Errc::bad_value, "kind of parts");
        return Outcome{files.begin_parts(kind.get<std::string>()), {}, false};
    }
    LUCID_TRY(const auto piece, piece_of(request));
    if (name == "create") return outcome_of(files.create(piece));
    if (name == "open") return outcome_of(files.open(piece));
    if (name == "keep") return Outcome{files.keep(piece), {}, false};
    if (name != "has") return fail(Errc::bad_value, "request of an exporter");
    const auto there = files.has(piece);
    if (!there) return Outcome{fail(there.error()), {}, false};
    return Outcome{{}, {}, *there};
}

}  // namespace

Result<void> serve_export(core::net::FrameChannel& channel, ExportFiles& files) {
    for (;;) {
        const auto frame = channel.receive();
        if (!frame && frame.error().code == make_error_code(Errc::peer_closed)) return {};
        if (!frame) return fail(frame.error());
        const auto request =
            Json::parse(frame->payload.begin(), frame->payload.end(), nullptr, false);
        LUCID_TRY(const auto outcome, carry_out(request, files));
        Json answer = {{"ok", outcome.done.has_value()}, {"there", outcome.there}};
        if (!outcome.done) {
            const auto& error = outcome.done.error();
            answer["reason"] = error.message();
            if (error.code.category() == std::generic_category() ||
                error.code.category() == std::system_category())
                answer["errno"] = error.code.value();
        }
        const auto text = answer.dump(-1, ' ', false, Json::error_handler_t::replace);
        const auto sent = channel.send(as_bytes(text), outcome.file.get());
        if (!sent && sent.error().code == make_error_code(Errc::peer_closed)) return {};
        LUCID_CHECK(sent);
    }
}

struct RemoteExportFiles::Answer {
    bool there = false;
    Fd file;
};

Result<RemoteExportFiles::Answer> RemoteExportFiles::ask(const char* op, const ExportPiece& piece,
                                                         const std::string& kind) {
    const auto what = std::string(kind_names[static_cast<std::size_t>(piece.kind)]);
    const auto request =
        Json{{"op", op}, {"what", what}, {"number", piece.number}, {"kind", kind}}.dump();
    LUCID_CHECK(channel_.send(as_bytes(request)));
    LUCID_TRY(auto frame, channel_.receive());
    const auto answer = Json::parse(frame.payload.begin(), frame.payload.end(), nullptr, false);
    if (!answer.is_object()) return fail(Errc::bad_value, "answer to an exporter");
    if (!answer.value("ok", false)) {
        const auto number = answer.value("errno", 0);
        if (number > 0) return fail_errno(number, "file of the export");
        return fail(Errc::refused, "file of the export");
    }
    return Answer{answer.value("there", false), std::move(frame.fd)};
}

Result<Fd> RemoteExportFiles::ask_for_file(const char* op, const ExportPiece& piece) {
    LUCID_TRY(auto answer, ask(op, piece, ""));
    if (!answer.file.valid()) return fail(Errc::bad_value, "answer without a file");
    return std::move(answer.file);
}

Result<void> RemoteExportFiles::begin_parts(const std::string& kind) {
    LUCID_CHECK(ask("parts", {ExportPiece::Kind::part, 0}, kind));
    return {};
}

Result<bool> RemoteExportFiles::has(const ExportPiece& piece) {
    LUCID_TRY(const auto answer, ask("has", piece, ""));
    return answer.there;
}

Result<Fd> RemoteExportFiles::create(const ExportPiece& piece) {
    return ask_for_file("create", piece);
}

Result<Fd> RemoteExportFiles::open(const ExportPiece& piece) {
    return ask_for_file("open", piece);
}

Result<void> RemoteExportFiles::keep(const ExportPiece& piece) {
    LUCID_CHECK(ask("keep", piece, ""));
    return {};
}

}  // namespace lucid::sessions::replay

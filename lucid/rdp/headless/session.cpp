// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/signals.hpp>
#include <lucid/rdp/headless/session.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <array>
#include <cerrno>
#include <poll.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::rdp::headless {

using Json = nlohmann::json;

namespace {

/// How long a good-bye may take to be sent.
constexpr std::chrono::seconds goodbye_limit{2};

std::uint64_t now_ms() {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
            .count());
}

}  // namespace

Session::Session(const Order& order, Decoders decoders, Report& report)
    : order_(order), decoders_(std::move(decoders)), report_(report) {}

Outcome<void> Session::open() {
    auto signals = core::runtime::open_signal_descriptor();
    if (!signals) return unexpected(Trouble{signals.error().message(), ""});
    signals_ = std::move(*signals);
    if (order_.drive) {
        auto folder = Folder::open(order_.drive->path);
        if (!folder)
            return unexpected(Trouble{order_.drive->path + ": " + folder.error().message(),
                                      "name a folder that can be read: --drive NAME=PATH"});
        folder_ = std::move(*folder);
    }
    if (!order_.sound_file.empty()) {
        auto wave = WaveFile::create(order_.sound_file);
        if (!wave)
            return unexpected(Trouble{order_.sound_file + ": " + wave.error().message(), ""});
        sound_.emplace(std::move(*wave), decoders_.sound);
    }
    return connect();
}

Outcome<void> Session::connect() {
    auto line = open_connection(order_);
    if (!line) return unexpected(std::move(line.error()));
    if (!order_.monitors.empty() && !line->takes_monitors)
        return unexpected(Trouble{"the host takes one monitor only",
                                  fmt::format("--size {}x{}", order_.width, order_.height)});
    client::Settings settings;
    const auto user = proto::utf16_of(as_bytes(order_.user));
    const auto domain = proto::utf16_of(as_bytes(order_.domain));
    auto password = proto::utf16_of(order_.password.expose());
    if (!user || !domain || !password) return unexpected(Trouble{"login is not UTF-8", ""});
    settings.selected_protocol = line->protocol;
    settings.user_name = to_bytes(user->expose());
    settings.domain = to_bytes(domain->expose());
    // CredSSP has delegated it already.
    if (!order_.nla) settings.password = std::move(*password);
    settings.desktop_width = order_.width;
    settings.desktop_height = order_.height;
    settings.monitors = order_.monitors;
    settings.bits_per_pixel = order_.bits_per_pixel;
    settings.graphics = order_.graphics;
    settings.clipboard = order_.clipboard;
    settings.sound = sound_.has_value();
    settings.compressed_sound = decoders_.sound != nullptr;
    if (order_.drive) {
        settings.drive = order_.drive->name;
        settings.drive_growth_bytes_max = order_.drive->growth_bytes_max;
    }
    if (client_) settings.reconnect_cookie = client_->reconnect_cookie().clone();
    auto bytes = std::exchange(line->input, {});
    line_.emplace(std::move(*line));
    frames_before_ = frames();
    client_ = std::make_unique<client::Client>(std::move(settings), decoders_.avc, folder_.get());
    host_formats_.clear();
    client_->start();
    report_.event("connected",
                  {{"address", order_.address}, {"port", order_.port}, {"nla", order_.nla}},
                  fmt::format("connected to {}:{}", order_.address, order_.port));
    if (const auto taken = client_->receive(bytes, now_ms()); !taken)
        return unexpected(Trouble{taken.error().message(), ""});
    return {};
}

bool Session::finish(End end, std::string text) {
    if (end_ == End::none) {
        end_ = end;
        end_text_ = std::move(text);
    }
    return false;
}

bool Session::flush() {
    if (const auto out = client_->take_output(); !out.empty()) {
        if (const auto done = line_->leg.write(out); !done) return lose(done.error());
    }
    if (const auto done = line_->leg.flush(); !done) return lose(done.error());
    return true;
}

bool Session::step(Clock::time_point until, int other_fd) {
    if (end_ != End::none) return false;
    if (!flush()) return end_ == End::none;
    auto& leg = line_->leg;
    if (!leg.may_read_more()) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        const short events = leg.pending_out_bytes() > 0 ? POLLIN | POLLOUT : POLLIN;
        std::array<pollfd, 3> items{
            {{leg.fd(), events, 0}, {signals_.get(), POLLIN, 0}, {other_fd, POLLIN, 0}}};
        const int ready = ::poll(items.data(), items.size(),
                                 static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
        if (ready < 0 && errno != EINTR) return finish(End::broken, "poll failed");
        if (items[1].revents != 0 && core::runtime::read_signal(signals_) != 0) {
            leave();
            end_ = End::interrupted;
            return false;
        }
        if (ready <= 0 || items[0].revents == 0) return true;
    }
    return take_input();
}

bool Session::take_input() {
    const auto bytes = line_->leg.read();
    if (!bytes) return lose(bytes.error());
    if (bytes->empty()) return true;
    const auto taken = client_->receive(*bytes, now_ms());
    if (!client_->take_damage().empty()) ++updates_;
    if (!take_events()) return false;
    if (!taken)
        return finish(End::protocol, fmt::format("the host's stream ({}): {}",
                                                 client_->phase_name(), taken.error().message()));
    return flush() || end_ == End::none;
}

bool Session::take_events() {
    bool ended = false;
    for (auto& event : client_->take_events()) {
        report_.client_event(event);
        if (const auto* active = std::get_if<client::Activated>(&event)) {
            reconnects_ = 0;
            // After a reconnection the host knows nothing of what was offered.
            if (!active->again && !offered_.empty()) (void)client_->offer_clipboard(offered_);
        } else if (const auto* error = std::get_if<client::HostError>(&event)) {
            host_error_ = error->code;
        } else if (std::holds_alternative<client::Ended>(event)) {
            ended = true;
        } else if (!take_sound(event)) {
            return false;
        } else {
            take_clipboard_event(event);
        }
    }
    if (!ended) return true;
    return finish(End::host, host_error_ == 0 ? "" : client::host_error_text(host_error_));
}

void Session::take_clipboard_event(client::Event& event) {
    if (auto* offered = std::get_if<client::ClipboardOffered>(&event)) {
        host_formats_ = std::move(offered->formats);
    } else if (auto* arrived = std::get_if<client::ClipboardArrived>(&event)) {
        clipboard_.push_back(std::move(*arrived));
    } else if (auto* part = std::get_if<client::ClipboardFileArrived>(&event)) {
        clipboard_files_.push_back(std::move(*part));
    } else if (const auto* wanted = std::get_if<client::ClipboardFileWanted>(&event)) {
        std::optional<ByteView> given;
        Result<Bytes> read = Bytes();
        if (offered_files_) {
            read = offered_files_->read(wanted->index, wanted->position, wanted->bytes);
            if (read) given = *read;
        }
        // Where nobody waits any more there is nothing to do.
        (void)client_->give_clipboard_file(wanted->stream, given);
    }
}

bool Session::take_sound(const client::Event& event) {
    if (!sound_) return true;
    const auto broken_before = sound_->broken_blocks();
    Result<void> done;
    if (const auto* started = std::get_if<client::SoundStarted>(&event))
        done = sound_->start(*started);
    else if (const auto* block = std::get_if<client::SoundData>(&event))
        done = sound_->add(block->data);
    if (broken_before == 0 && sound_->broken_blocks() > 0)
        report_.event("unheard", {{"why", sound_->why_broken().message()}},
                      "sound could not be decoded: " + sound_->why_broken().message());
    return done || finish(End::broken, done.error().message());
}

Result<void> Session::touch(std::span<const client::TouchPoint> points) {
    return client_->touch(points, now_ms());
}

Result<void> Session::offer(std::vector<client::ClipboardContent> contents,
                            std::optional<OfferedFiles> files) {
    LUCID_CHECK(client_->offer_clipboard(contents));
    offered_ = std::move(contents);
    offered_files_ = std::move(files);
    return {};
}

std::optional<client::ClipboardFileArrived> Session::take_clipboard_file() {
    if (clipboard_files_.empty()) return std::nullopt;
    auto first = std::move(clipboard_files_.front());
    clipboard_files_.pop_front();
    return first;
}

bool Session::lose(const Error& error) {
    const bool in_order = line_->leg.closed_in_order();
    if (in_order || host_error_ != 0)
        return finish(End::host, host_error_ == 0 ? "" : client::host_error_text(host_error_));
    if (reconnects_ < order_.reconnects && reconnect()) return true;
    return finish(End::broken,
                  fmt::format("the line broke ({}): {}", client_->phase_name(), error.message()));
}

bool Session::reconnect() {
    constexpr std::chrono::milliseconds pause{500};
    while (reconnects_ < order_.reconnects) {
        ++reconnects_;
        report_.event("reconnecting", {{"attempt", reconnects_}},
                      fmt::format("the line broke, connecting again ({})", reconnects_));
        if (connect()) return true;
        pollfd item{signals_.get(), POLLIN, 0};
        if (::poll(&item, 1, static_cast<int>(pause.count())) > 0) return false;
    }
    return false;
}

std::optional<client::ClipboardArrived> Session::take_clipboard() {
    if (clipboard_.empty()) return std::nullopt;
    auto first = std::move(clipboard_.front());
    clipboard_.pop_front();
    return first;
}

void Session::leave() {
    if (!line_ || !client_ || end_ != End::none) return;
    client_->leave();
    const auto limit = Clock::now() + goodbye_limit;
    auto& leg = line_->leg;
    (void)leg.write(client_->take_output());
    leg.close_tls();
    while (leg.flush() && leg.pending_out_bytes() > 0 && Clock::now() < limit) {
        pollfd item{leg.fd(), POLLOUT, 0};
        (void)::poll(&item, 1, 100);
    }
    (void)finish(End::left, "");
}

void Session::drop() {
    line_.reset();
    (void)finish(End::left, "");
}

}  // namespace lucid::rdp::headless

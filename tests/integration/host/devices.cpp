// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>

#include <array>
#include <cstdio>

#include "channels.hpp"
#include "connection.hpp"

// The server side of MS-RDPEFS, section 3.3: announce, capabilities, one file or job at a time.

namespace lucid::test_host {
namespace {

constexpr std::uint16_t component_core = 0x4472;
constexpr std::uint16_t server_announce = 0x496e;
constexpr std::uint16_t client_id_confirm = 0x4343;
constexpr std::uint16_t client_name = 0x434e;
constexpr std::uint16_t server_capability = 0x5350;
constexpr std::uint16_t client_capability = 0x4350;
constexpr std::uint16_t user_logged_on = 0x554c;
constexpr std::uint16_t device_list = 0x4441;
constexpr std::uint16_t device_reply = 0x6472;
constexpr std::uint16_t io_request = 0x4952;
constexpr std::uint16_t io_completion = 0x4943;

constexpr std::uint32_t irp_create = 0;
constexpr std::uint32_t irp_close = 2;
constexpr std::uint32_t irp_read = 3;
constexpr std::uint32_t irp_write = 4;
constexpr std::uint32_t irp_set_information = 6;
constexpr std::uint32_t irp_directory = 0x0c;
constexpr std::uint32_t minor_query_directory = 1;
constexpr std::uint32_t both_directory_information = 3;
constexpr std::uint32_t disposition_information = 13;
constexpr std::uint32_t rename_information = 10;

constexpr std::uint32_t type_printer = 4;
constexpr std::uint32_t type_drive = 8;
constexpr std::uint32_t read_bytes_max = 64 * 1024;
constexpr std::size_t message_bytes_max = 256 * 1024;

/// MS-SMB2 2.2.13.
constexpr std::uint32_t access_read = 0x00120089;
constexpr std::uint32_t access_write = 0x00120116;
constexpr std::uint32_t access_delete = 0x00110080;
constexpr std::uint32_t disposition_open = 1;
constexpr std::uint32_t disposition_create = 2;
constexpr std::uint32_t disposition_overwrite_if = 5;
constexpr std::uint32_t option_directory = 0x01;

std::string hex(std::uint32_t status) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "0x%08x", status);
    return text.data();
}

Bytes path_bytes(const std::string& path) {
    Writer w;
    for (const char c : path) w.u16_le(static_cast<std::uint8_t>(c));
    w.u16_le(0);
    return w.take();
}

Writer message(std::uint16_t packet) {
    Writer w;
    w.u16_le(component_core).u16_le(packet);
    return w;
}

}  // namespace

Devices::Devices(Connection& connection) : connection_(connection) {
    std::string name = "rdpdr";
    handle_ = WTSVirtualChannelOpen(connection.channels(), WTS_CURRENT_SESSION, name.data());
    if (handle_ == nullptr) {
        connection_.report().say("refused", "rdpdr");
        return;
    }
    send(message(server_announce).u16_le(1).u16_le(12).u32_le(1).view());
}

Devices::~Devices() {
    if (handle_ != nullptr) (void)WTSVirtualChannelClose(handle_);
}

void Devices::send(ByteView bytes) {
    auto copy = to_bytes(bytes);
    ULONG written = 0;
    (void)WTSVirtualChannelWrite(handle_, reinterpret_cast<PCHAR>(copy.data()),
                                 static_cast<ULONG>(copy.size()), &written);
}

void Devices::greet() {
    Writer w = message(server_capability);
    w.u16_le(3).u16_le(0);
    w.u16_le(1).u16_le(44).u32_le(2);  // general
    w.u32_le(2).u32_le(0).u16_le(1).u16_le(12).u32_le(0xffff).u32_le(0).u32_le(7).zeros(12);
    w.u16_le(2).u16_le(8).u32_le(1);  // printer
    w.u16_le(4).u16_le(8).u32_le(2);  // drive
    send(w.view());
    send(message(client_id_confirm).u16_le(1).u16_le(12).u32_le(1).view());
}

void Devices::poll() {
    if (handle_ == nullptr) return;
    Bytes buffer(message_bytes_max);
    ULONG got = 0;
    while (WTSVirtualChannelRead(handle_, 0, reinterpret_cast<PCHAR>(buffer.data()),
                                 static_cast<ULONG>(buffer.size()), &got) != FALSE &&
           got > 0)
        if (const auto taken = take(ByteView(buffer).first(got)); !taken)
            connection_.report().say("failed", "rdpdr: " + taken.error().message());
}

Result<void> Devices::take(ByteView bytes) {
    Reader r(bytes);
    LUCID_CHECK(r.skip(2, "component"));
    LUCID_TRY(const auto packet, r.u16_le("packet"));
    switch (packet) {
        case client_name:
            greet();
            return {};
        case client_capability:
            send(message(user_logged_on).view());
            return {};
        case device_list:
            return on_devices(r);
        case io_completion:
            return on_completion(r);
        default:
            return {};
    }
}

Result<void> Devices::on_devices(Reader& r) {
    LUCID_TRY(const auto count, r.u32_le("count"));
    for (std::uint32_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto type, r.u32_le("type"));
        LUCID_TRY(const auto id, r.u32_le("id"));
        LUCID_TRY(const auto name, r.take(8, "name"));
        LUCID_TRY(const auto size, r.u32_le("size"));
        LUCID_CHECK(r.skip(size, "data"));
        send(message(device_reply).u32_le(id).u32_le(0).view());
        const auto text = as_text(name);
        const std::string dos_name(text.substr(0, text.find('\0')));
        if (type == type_drive) drive_ = id;
        if (type == type_printer) printer_ = id;
        connection_.report().say(type == type_drive     ? "drive"
                                 : type == type_printer ? "printer"
                                                        : "device",
                                 dos_name);
    }
    return {};
}

void Devices::request(std::uint32_t completion, std::uint32_t major, std::uint32_t minor,
                      ByteView parameters) {
    auto& job = jobs_.at(completion);
    job.asked = major;
    send(message(io_request)
             .u32_le(job.device)
             .u32_le(job.file)
             .u32_le(completion)
             .u32_le(major)
             .u32_le(minor)
             .bytes(parameters)
             .view());
}

void Devices::create(Job job, std::uint32_t access, std::uint32_t disposition,
                     std::uint32_t options) {
    const auto completion = next_completion_++;
    const auto path = path_bytes(job.path);
    jobs_[completion] = std::move(job);
    Writer w;
    w.u32_le(access).u64_le(0).u32_le(0).u32_le(7).u32_le(disposition).u32_le(options);
    w.u32_le(static_cast<std::uint32_t>(path.size())).bytes(path);
    request(completion, irp_create, 0, w.view());
}

void Devices::list(const std::string& path) {
    create({Job::Kind::list, path, "", drive_}, access_read, disposition_open, option_directory);
}

void Devices::read(const std::string& path) {
    create({Job::Kind::read, path, "", drive_}, access_read, disposition_open, 0);
}

void Devices::write(const std::string& path, const std::string& text) {
    create({Job::Kind::write, path, text, drive_}, access_write, disposition_overwrite_if, 0);
}

void Devices::remove(const std::string& path) {
    create({Job::Kind::remove, path, "", drive_}, access_delete, disposition_open, 0);
}

void Devices::rename(const std::string& from, const std::string& to) {
    create({Job::Kind::rename, from, to, drive_}, access_delete, disposition_open, 0);
}

void Devices::make_folder(const std::string& path) {
    create({Job::Kind::make_folder, path, "", drive_}, access_read, disposition_create,
           option_directory);
}

void Devices::print(const std::string& text) {
    create({Job::Kind::print, "", text, printer_}, access_write, disposition_overwrite_if, 0);
}

void Devices::close(std::uint32_t completion) {
    request(completion, irp_close, 0, Bytes(32));
}

Result<void> Devices::on_completion(Reader& r) {
    LUCID_CHECK(r.skip(4, "device"));
    LUCID_TRY(const auto completion, r.u32_le("completion"));
    LUCID_TRY(const auto status, r.u32_le("status"));
    const auto found = jobs_.find(completion);
    if (found == jobs_.end()) return fail(Errc::not_found, "completion", completion);
    auto& job = found->second;
    auto& report = connection_.report();
    if (job.asked == irp_close) {
        report.say("closed", job.path + (job.path.empty() ? "" : " ") + hex(status));
        jobs_.erase(found);
        return {};
    }
    if (status != 0) {
        report.say(job.asked == irp_directory ? "listed" : "denied",
                   job.path + (job.path.empty() ? "" : " ") + hex(status));
        if (job.asked == irp_create)
            jobs_.erase(found);
        else
            close(completion);
        return {};
    }
    if (job.asked == irp_create) return on_opened(completion, r);
    if (job.asked == irp_directory) {
        LUCID_CHECK(on_listed(r));
        Writer next;
        next.u32_le(both_directory_information).u8(0).u32_le(0).zeros(23);
        request(completion, irp_directory, minor_query_directory, next.view());
        return {};
    }
    LUCID_TRY(const auto length, r.u32_le("length"));
    if (job.asked == irp_read) {
        LUCID_TRY(const auto data, r.take(length, "data"));
        const auto text = as_text(data);
        report.say("read", job.path + " " + Report::printable(text.data(), text.size()));
    } else if (job.asked == irp_set_information) {
        report.say(job.kind == Job::Kind::rename ? "renamed" : "removed", job.path);
    } else {
        report.say(job.kind == Job::Kind::print ? "printed" : "written",
                   job.path + (job.path.empty() ? "" : " ") + std::to_string(length));
    }
    close(completion);
    return {};
}

Result<void> Devices::on_opened(std::uint32_t completion, Reader& r) {
    auto& job = jobs_.at(completion);
    LUCID_TRY(job.file, r.u32_le("file"));
    Writer w;
    switch (job.kind) {
        case Job::Kind::list: {
            const auto pattern = path_bytes(job.path + "*");
            w.u32_le(both_directory_information).u8(1);
            w.u32_le(static_cast<std::uint32_t>(pattern.size())).zeros(23).bytes(pattern);
            request(completion, irp_directory, minor_query_directory, w.view());
            break;
        }
        case Job::Kind::read:
            request(completion, irp_read, 0, w.u32_le(read_bytes_max).u64_le(0).zeros(20).view());
            break;
        case Job::Kind::write:
        case Job::Kind::print:
            w.u32_le(static_cast<std::uint32_t>(job.text.size())).u64_le(0).zeros(20);
            request(completion, irp_write, 0, w.bytes(as_bytes(job.text)).view());
            break;
        case Job::Kind::remove:
            w.u32_le(disposition_information).u32_le(1).zeros(24).u8(1);
            request(completion, irp_set_information, 0, w.view());
            break;
        case Job::Kind::rename: {
            auto name = path_bytes(job.text);
            name.resize(name.size() - 2);
            const auto bytes = static_cast<std::uint32_t>(name.size());
            w.u32_le(rename_information).u32_le(bytes + 6).zeros(24);
            w.u8(0).u8(0).u32_le(bytes).bytes(name);
            request(completion, irp_set_information, 0, w.view());
            break;
        }
        case Job::Kind::make_folder:
            connection_.report().say("made", job.path);
            close(completion);
            break;
    }
    return {};
}

Result<void> Devices::on_listed(Reader& r) {
    LUCID_CHECK(r.skip(4, "length"));
    // FileBothDirectoryInformation (MS-FSCC 2.4.8) as MS-RDPEFS sends it: no reserved byte.
    LUCID_CHECK(r.skip(60, "times, sizes, attributes"));
    LUCID_TRY(const auto length, r.u32_le("name length"));
    LUCID_CHECK(r.skip(4 + 1 + 24, "short name"));
    LUCID_TRY(const auto name, r.take(length, "name"));
    std::string text;
    for (std::size_t i = 0; i + 1 < name.size(); i += 2) text += static_cast<char>(name[i]);
    connection_.report().say("entry", text);
    return {};
}

}  // namespace lucid::test_host

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/relay/device_filter.hpp>
#include <lucid/rdp/relay/file_rules.hpp>

#include <algorithm>
#include <utility>

namespace lucid::rdp::relay {
namespace {

using namespace proto::channels;

constexpr std::uint32_t status_access_denied = 0xc0000022;
constexpr std::uint32_t status_no_such_device = 0xc000000e;
constexpr std::uint32_t status_insufficient_resources = 0xc000009a;

const char* type_name(DeviceType type) {
    switch (type) {
        case DeviceType::serial:
            return "serial";
        case DeviceType::parallel:
            return "parallel";
        case DeviceType::printer:
            return "printer";
        case DeviceType::filesystem:
            return "drive";
        case DeviceType::smart_card:
            return "smart card";
    }
    return "unknown";
}

std::string print_name_of(const PrinterName& name) {
    if (!name.is_ascii) return event_name(name.text);
    std::string text;
    for (const auto byte : name.text.first(std::min(name.text.size(), event_name_bytes_max))) {
        if (byte == 0) break;
        text.push_back(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
    }
    return text;
}

std::string dos_name(ByteView name) {
    std::string text;
    for (const auto byte : name) {
        if (byte == 0) break;
        text.push_back(byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?');
    }
    return text;
}

}  // namespace

bool DeviceFilter::allowed(DeviceType type) const {
    switch (type) {
        case DeviceType::serial:
        case DeviceType::parallel:
            return policy_.ports;
        case DeviceType::printer:
            return policy_.printer;
        case DeviceType::filesystem:
            return policy_.drive;
        case DeviceType::smart_card:
            return policy_.smart_card;
    }
    return false;
}

Result<DeviceDecision> DeviceFilter::from_client(ByteView whole) {
    LUCID_TRY(const auto message, decode_rdpdr_message(whole));
    if (message.component != RdpdrComponent::core) return printer_message(Side::client, message);
    switch (message.packet) {
        case RdpdrPacket::client_id_confirm:
        case RdpdrPacket::client_name:
        case RdpdrPacket::client_capability:
            return DeviceDecision{true, {}, {}};
        case RdpdrPacket::device_list_announce:
            return announce(message);
        case RdpdrPacket::device_list_remove:
            return remove(message);
        case RdpdrPacket::device_io_completion:
            return completion(message);
        default:
            return drop(message);
    }
}

Result<DeviceDecision> DeviceFilter::from_host(ByteView whole) {
    LUCID_TRY(const auto message, decode_rdpdr_message(whole));
    if (message.component != RdpdrComponent::core) return printer_message(Side::host, message);
    switch (message.packet) {
        case RdpdrPacket::server_announce:
        case RdpdrPacket::client_id_confirm:
        case RdpdrPacket::server_capability:
        case RdpdrPacket::user_logged_on:
            return DeviceDecision{true, {}, {}};
        case RdpdrPacket::device_reply: {
            LUCID_TRY(const auto id, decode_device_id(message));
            return DeviceDecision{devices_.contains(id), {}, {}};
        }
        case RdpdrPacket::device_io_request:
            return request(message, whole);
        default:
            return drop(message);
    }
}

Result<DeviceDecision> DeviceFilter::announce(const RdpdrMessage& message) {
    LUCID_TRY(const auto list, decode_device_list(message));
    std::vector<ByteView> kept;
    for (const auto& device : list) {
        if (!allowed(device.type)) {
            sink_.note("device refused",
                       std::string(type_name(device.type)) + " " + dos_name(device.name));
            continue;
        }
        if (devices_.size() == devices_max)
            return fail(Errc::limit_exceeded, "redirected devices", devices_max);
        // A second announcement must not turn one kind of device into another.
        auto name = dos_name(device.name);
        if (device.type == DeviceType::printer)
            if (const auto print_name = decode_printer_name(device.data))
                name = print_name_of(*print_name);
        if (!devices_.emplace(device.id, Device{device.type, name}).second)
            return fail(Errc::bad_value, "device id announced twice", device.id);
        sink_.note("device redirected", std::string(type_name(device.type)) + " " + name);
        kept.push_back(device.whole);
    }
    if (kept.empty()) return DeviceDecision{};
    if (kept.size() == list.size()) return DeviceDecision{true, {}, {}};
    return DeviceDecision{true, encode_device_list(kept), {}};
}

Result<DeviceDecision> DeviceFilter::remove(const RdpdrMessage& message) {
    LUCID_TRY(const auto ids, decode_device_remove(message));
    std::vector<std::uint32_t> known;
    for (const auto id : ids) {
        if (devices_.erase(id) == 0) continue;
        known.push_back(id);
        while (true) {
            const auto file = files_.lower_bound({id, 0});
            if (file == files_.end() || file->first.first != id) break;
            close(file->first);
        }
    }
    if (known.empty()) return DeviceDecision{};
    return DeviceDecision{true, encode_device_remove(known), {}};
}

Result<DeviceDecision> DeviceFilter::request(const RdpdrMessage& message, ByteView whole) {
    LUCID_TRY(const auto io, decode_io_request(message));
    const auto device = devices_.find(io.device);
    if (device == devices_.end()) {
        sink_.note("device request refused", "id " + std::to_string(io.device));
        return DeviceDecision{
            false, {}, encode_io_failure(io.device, io.completion, status_no_such_device)};
    }
    switch (device->second.type) {
        case DeviceType::filesystem:
            return drive_request(io, whole);
        case DeviceType::printer:
            return printer_request(io, device->second.name);
        default:
            return DeviceDecision{true, {}, {}};
    }
}

const char* DeviceFilter::refusal_of_transfer(const DeviceIoRequest& io,
                                              std::uint64_t bytes) const {
    const auto found = files_.find({io.device, io.file});
    // Before its create was answered nobody can know the file's id.
    if (found == files_.end()) return "file that is not open";
    const auto& file = found->second;
    const bool reads = io.major == irp_mj_read;
    if (!(reads ? policy_.drive_to_host : policy_.drive_to_client)) return "direction";
    if (!allows_file_name(policy_, file.name)) return "file name";
    const auto moved = (reads ? file.read : file.written).bytes;
    return bytes > policy_.file_bytes_max - std::min(moved, policy_.file_bytes_max)
               ? "file too large"
               : nullptr;
}

Result<const char*> DeviceFilter::refusal_of(const DeviceIoRequest& io) {
    const char* none = nullptr;
    switch (io.major) {
        case irp_mj_create: {
            LUCID_TRY(const auto create, decode_create_request(io));
            const bool changes = create.disposition != create_disposition_open ||
                                 (create.options & create_option_delete_on_close) != 0;
            if (!changes) return none;
            if (!policy_.drive_to_client) return "change";
            // Making or emptying a file is a write, also without one.
            const bool directory = (create.options & create_option_directory) != 0;
            return directory || allows_file_name(policy_, event_name(create.path)) ? none
                                                                                   : "file name";
        }
        case irp_mj_read:
        case irp_mj_write: {
            LUCID_TRY(const auto range, decode_file_range(io));
            return refusal_of_transfer(io, range.length);
        }
        case irp_mj_set_information: {
            LUCID_TRY(const auto target, decode_rename_target(io));
            if (!policy_.drive_to_client) return "change";
            const bool named = target && !allows_file_name(policy_, event_name(*target));
            const auto file = files_.find({io.device, io.file});
            const bool directory = file != files_.end() && file->second.directory;
            return named && !directory ? "new file name" : none;
        }
        default:
            return none;
    }
}

DeviceDecision DeviceFilter::deny(const DeviceIoRequest& io, const char* why) {
    const auto file = files_.find({io.device, io.file});
    const bool prints = devices_.at(io.device).type == DeviceType::printer;
    auto detail = std::string(why);
    if (io.major == irp_mj_create) {
        if (const auto create = decode_create_request(io)) detail += " " + event_name(create->path);
    } else if (file != files_.end()) {
        detail += " " + file->second.name;
    }
    sink_.note(prints ? "print job refused" : "file refused", detail);
    return DeviceDecision{
        false, {}, encode_io_failure(io.device, io.completion, status_access_denied)};
}

Result<std::optional<Bytes>> DeviceFilter::expect(const DeviceIoRequest& io, Pending pending) {
    // One id for two requests would let the second's completion speak for the first.
    if (pending_.contains(io.completion))
        return fail(Errc::bad_value, "completion id in use", io.completion);
    if (pending_.size() == pending_max ||
        pending.data.size() > pending_bytes_max - pending_bytes_ ||
        hold_.expects({io.device, io.completion, 0, {}}))
        return std::optional(
            encode_io_failure(io.device, io.completion, status_insufficient_resources));
    pending_bytes_ += pending.data.size();
    pending_.emplace(io.completion, std::move(pending));
    return std::optional<Bytes>();
}

Result<DeviceDecision> DeviceFilter::drive_request(const DeviceIoRequest& io, ByteView whole) {
    LUCID_TRY(const auto* why, refusal_of(io));
    if (why != nullptr) return deny(io, why);
    Pending pending{io.device, io.major, io.file, {}, false, false, {}};
    const bool held = desk_.wanted() && hold_.takes(io);
    switch (io.major) {
        case irp_mj_create: {
            LUCID_TRY(const auto create, decode_create_request(io));
            pending.name = event_name(create.path);
            pending.directory = (create.options & create_option_directory) != 0;
            pending.is_new = create.disposition != create_disposition_open &&
                             create.disposition != create_disposition_open_if;
            break;
        }
        case irp_mj_write: {
            LUCID_TRY(const auto range, decode_file_range(io));
            pending.data = to_bytes(range.data);
            break;
        }
        case irp_mj_set_information: {
            LUCID_TRY(const auto target, decode_rename_target(io));
            if (target) pending.name = event_name(*target);
            break;
        }
        case irp_mj_read:
        case irp_mj_close:
            break;
        default:
            return DeviceDecision{true, {}, {}};
    }
    LUCID_TRY(auto refusal, expect(io, std::move(pending)));
    if (refusal) return DeviceDecision{false, {}, std::move(refusal)};
    if (!held) return DeviceDecision{true, {}, {}};
    DeviceDecision decision;
    LUCID_CHECK(hold_.request(io, whole, decision.also));
    settle_held();
    return decision;
}

Result<DeviceDecision> DeviceFilter::printer_request(const DeviceIoRequest& io,
                                                     const std::string& printer) {
    Pending pending{io.device, io.major, io.file, printer, false, false, {}};
    if (io.major == irp_mj_write) {
        LUCID_TRY(const auto range, decode_file_range(io));
        const auto job = files_.find({io.device, io.file});
        if (job == files_.end()) return deny(io, "job that is not open");
        const auto left =
            policy_.file_bytes_max - std::min(job->second.written.bytes, policy_.file_bytes_max);
        if (range.length > left) return deny(io, "job too large");
        pending.data = to_bytes(range.data);
    } else if (io.major != irp_mj_create && io.major != irp_mj_close) {
        return DeviceDecision{true, {}, {}};
    }
    LUCID_TRY(auto refusal, expect(io, std::move(pending)));
    return DeviceDecision{!refusal, {}, std::move(refusal)};
}

DeviceDecision DeviceFilter::drop(const RdpdrMessage& message) {
    if (!std::exchange(told_dropped_, true))
        sink_.note("device message refused",
                   std::to_string(static_cast<std::uint16_t>(message.packet)));
    return DeviceDecision{};
}

DeviceDecision DeviceFilter::printer_message(Side from, const RdpdrMessage& message) {
    const bool known = message.packet == RdpdrPacket::printer_cache_data ||
                       message.packet == RdpdrPacket::printer_using_xps;
    if (policy_.printer && from == Side::host && known) return DeviceDecision{true, {}, {}};
    if (!std::exchange(told_printer_message_, true))
        sink_.note("printer message refused",
                   std::to_string(static_cast<std::uint16_t>(message.packet)));
    return DeviceDecision{};
}

void DeviceFilter::settle_held() {
    for (const auto completion : hold_.take_answered()) {
        const auto pending = pending_.find(completion);
        if (pending == pending_.end()) continue;
        pending_bytes_ -= pending->second.data.size();
        pending_.erase(pending);
    }
}

bool DeviceFilter::verdict(std::uint32_t id, const scan::proto::ScanResult& result, Outbox& out) {
    const bool ours = hold_.verdict(id, result, out);
    settle_held();
    return ours;
}

Result<DeviceDecision> DeviceFilter::completion(const RdpdrMessage& message) {
    LUCID_TRY(const auto io, decode_io_completion(message));
    if (!devices_.contains(io.device)) return DeviceDecision{};
    if (hold_.expects(io)) {
        DeviceDecision decision;
        hold_.completion(io, decision.also);
        settle_held();
        return decision;
    }
    if (const auto pending = pending_.find(io.completion);
        pending != pending_.end() && pending->second.device == io.device) {
        const auto request = std::move(pending->second);
        pending_.erase(pending);
        pending_bytes_ -= request.data.size();
        if (io.status == 0) LUCID_CHECK(follow(request, io));
        if (request.major == irp_mj_close && hold_.fails_close(io.completion))
            return DeviceDecision{
                true, encode_io_failure(io.device, io.completion, status_access_denied), {}};
    }
    return DeviceDecision{true, {}, {}};
}

Result<void> DeviceFilter::follow(const Pending& request, const DeviceIoCompletion& completion) {
    const FileKey key{request.device, request.file};
    const auto file = files_.find(key);
    const auto count = [](Flow& flow, ByteView data) {
        flow.bytes += data.size();
        flow.hash.update(data);
    };
    switch (request.major) {
        case irp_mj_create: {
            LUCID_TRY(const auto id, decode_created_file(completion));
            if (files_.size() == files_max)
                return fail(Errc::limit_exceeded, "open redirected files", files_max);
            File opened;
            opened.name = request.name;
            opened.directory = request.directory;
            if (devices_.at(request.device).type == DeviceType::printer)
                opened.job = ++jobs_;
            else if (desk_.wanted() && !request.directory)
                hold_.opened({request.device, id}, request.name, request.is_new);
            // An id that is used again without a close: what it was is told now.
            if (files_.contains({request.device, id})) close({request.device, id});
            files_.insert_or_assign({request.device, id}, std::move(opened));
            return {};
        }
        case irp_mj_read: {
            LUCID_TRY(const auto data, decode_read_data(completion));
            if (file != files_.end()) count(file->second.read, data);
            return {};
        }
        case irp_mj_write:
            if (file == files_.end()) return {};
            count(file->second.written, request.data);
            if (file->second.job && policy_.printer_keep)
                keep_printed(*file->second.job, request.data);
            return {};
        case irp_mj_set_information:
            if (request.name.empty() || file == files_.end()) return {};
            sink_.note("file renamed", file->second.name + " to " + request.name);
            file->second.name = request.name;
            hold_.renamed(key, request.name);
            return {};
        default:
            if (file != files_.end()) close(key);
            return {};
    }
}

void DeviceFilter::keep_printed(std::uint32_t job, ByteView data) {
    for (std::size_t done = 0; done < data.size(); done += printed_bytes_max) {
        const auto part = data.subspan(done, std::min(printed_bytes_max, data.size() - done));
        Writer w(part.size() + 4);
        w.u32_le(job).bytes(part);
        sink_.record(EventClass::channels, EventKind::printed, w.view());
    }
}

void DeviceFilter::close(const FileKey& key) {
    const auto found = files_.find(key);
    auto& file = found->second;
    tell(file, file.read, Side::client, file.read.hash.finish());
    tell(file, file.written, Side::host, file.written.hash.finish());
    // The key may be the erased entry's own.
    hold_.forget(key);
    files_.erase(found);
}

void DeviceFilter::tell(const File& file, const Flow& flow, Side from, const Hash32& hash) {
    if (flow.bytes == 0) return;
    Transfer transfer{true, "rdpdr", from, 0, file.name, "file", flow.bytes, hash};
    if (file.job) transfer.type = "print";
    if (file.job && policy_.printer_keep) transfer.job = file.job;
    sink_.record(EventClass::channels, EventKind::transfer, as_bytes(transfer_json(transfer)));
}

void DeviceFilter::end() {
    hold_.end();
    while (!files_.empty()) close(files_.begin()->first);
}

}  // namespace lucid::rdp::relay

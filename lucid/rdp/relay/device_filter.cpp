// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/device_filter.hpp>
#include <lucid/rdp/relay/file_rules.hpp>

#include <algorithm>

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
    if (message.component != RdpdrComponent::core) return DeviceDecision{policy_.printer, {}, {}};
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
            return DeviceDecision{};
    }
}

Result<DeviceDecision> DeviceFilter::from_host(ByteView whole) {
    LUCID_TRY(const auto message, decode_rdpdr_message(whole));
    if (message.component != RdpdrComponent::core) return DeviceDecision{policy_.printer, {}, {}};
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
            return request(message);
        default:
            return DeviceDecision{};
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
        if (!devices_.emplace(device.id, device.type).second)
            return fail(Errc::bad_value, "device id announced twice", device.id);
        sink_.note("device redirected",
                   std::string(type_name(device.type)) + " " + dos_name(device.name));
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

Result<DeviceDecision> DeviceFilter::request(const RdpdrMessage& message) {
    LUCID_TRY(const auto io, decode_io_request(message));
    const auto device = devices_.find(io.device);
    if (device == devices_.end()) {
        sink_.note("device request refused", "id " + std::to_string(io.device));
        return DeviceDecision{
            false, {}, encode_io_failure(io.device, io.completion, status_no_such_device)};
    }
    if (device->second != DeviceType::filesystem) return DeviceDecision{true, {}, {}};
    return drive_request(io);
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

Result<DeviceDecision> DeviceFilter::drive_request(const DeviceIoRequest& io) {
    LUCID_TRY(const auto* why, refusal_of(io));
    if (why != nullptr) {
        const auto file = files_.find({io.device, io.file});
        sink_.note(
            "file refused",
            std::string(why) + (file == files_.end() ? std::string() : " " + file->second.name));
        return DeviceDecision{
            false, {}, encode_io_failure(io.device, io.completion, status_access_denied)};
    }
    Pending pending{io.device, io.major, io.file, {}, false, {}};
    switch (io.major) {
        case irp_mj_create: {
            LUCID_TRY(const auto create, decode_create_request(io));
            pending.name = event_name(create.path);
            pending.directory = (create.options & create_option_directory) != 0;
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
    // One id for two requests would let the second's completion speak for the first.
    if (pending_.contains(io.completion))
        return fail(Errc::bad_value, "completion id in use", io.completion);
    if (pending_.size() == pending_max || pending.data.size() > pending_bytes_max - pending_bytes_)
        return DeviceDecision{
            false, {}, encode_io_failure(io.device, io.completion, status_insufficient_resources)};
    pending_bytes_ += pending.data.size();
    pending_.emplace(io.completion, std::move(pending));
    return DeviceDecision{true, {}, {}};
}

Result<DeviceDecision> DeviceFilter::completion(const RdpdrMessage& message) {
    LUCID_TRY(const auto io, decode_io_completion(message));
    if (!devices_.contains(io.device)) return DeviceDecision{};
    if (const auto pending = pending_.find(io.completion);
        pending != pending_.end() && pending->second.device == io.device) {
        const auto request = std::move(pending->second);
        pending_.erase(pending);
        pending_bytes_ -= request.data.size();
        if (io.status == 0) LUCID_CHECK(follow(request, io));
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
            files_.insert_or_assign({request.device, id}, std::move(opened));
            return {};
        }
        case irp_mj_read: {
            LUCID_TRY(const auto data, decode_read_data(completion));
            if (file != files_.end()) count(file->second.read, data);
            return {};
        }
        case irp_mj_write:
            if (file != files_.end()) count(file->second.written, request.data);
            return {};
        case irp_mj_set_information:
            if (request.name.empty() || file == files_.end()) return {};
            sink_.note("file renamed", file->second.name + " to " + request.name);
            file->second.name = request.name;
            return {};
        default:
            if (file != files_.end()) close(key);
            return {};
    }
}

void DeviceFilter::close(const FileKey& key) {
    const auto found = files_.find(key);
    auto& file = found->second;
    tell(file, file.read, Side::client, file.read.hash.finish());
    tell(file, file.written, Side::host, file.written.hash.finish());
    files_.erase(found);
}

void DeviceFilter::tell(const File& file, const Flow& flow, Side from, const Hash32& hash) {
    if (flow.bytes == 0) return;
    sink_.record(
        EventClass::channels, EventKind::transfer,
        as_bytes(transfer_json({true, "rdpdr", from, 0, file.name, "file", flow.bytes, hash})));
}

}  // namespace lucid::rdp::relay

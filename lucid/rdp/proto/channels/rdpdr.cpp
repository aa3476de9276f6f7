// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>

namespace lucid::rdp::proto::channels {
namespace {

/// FileRenameInformation (MS-FSCC 2.4).
constexpr std::uint32_t file_rename_information = 10;
/// FileEndOfFileInformation.
constexpr std::uint32_t file_end_of_file_information = 20;
/// Behind length and offset of a read or write.
constexpr std::size_t range_padding_bytes = 20;

void put_header(Writer& w, RdpdrPacket packet) {
    w.u16_le(static_cast<std::uint16_t>(RdpdrComponent::core));
    w.u16_le(static_cast<std::uint16_t>(packet));
}

}  // namespace

Result<RdpdrMessage> decode_rdpdr_message(ByteView message) {
    Reader r(message);
    RdpdrMessage out;
    LUCID_TRY(const auto component, r.u16_le("rdpdr component"));
    out.component = static_cast<RdpdrComponent>(component);
    if (out.component != RdpdrComponent::core && out.component != RdpdrComponent::printer)
        return fail(Errc::bad_value, "rdpdr component", component);
    LUCID_TRY(const auto packet, r.u16_le("rdpdr packet id"));
    out.packet = static_cast<RdpdrPacket>(packet);
    out.body = r.rest();
    return out;
}

Result<std::vector<DeviceAnnounce>> decode_device_list(const RdpdrMessage& message) {
    Reader r(message.body);
    LUCID_TRY(const auto count, r.u32_le("DeviceCount"));
    if (count > devices_max) return fail(Errc::limit_exceeded, "DeviceCount", count);
    std::vector<DeviceAnnounce> devices;
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto start = r.offset();
        DeviceAnnounce device;
        LUCID_TRY(const auto type, r.u32_le("DeviceType"));
        device.type = static_cast<DeviceType>(type);
        LUCID_TRY(device.id, r.u32_le("DeviceId"));
        LUCID_TRY(device.name, r.take(8, "PreferredDosName"));
        LUCID_TRY(const auto size, r.u32_le("DeviceDataLength"));
        LUCID_TRY(device.data, r.take(size, "DeviceData"));
        device.whole = message.body.subspan(start, r.offset() - start);
        devices.push_back(device);
    }
    LUCID_CHECK(r.finish("device list"));
    return devices;
}

Result<PrinterName> decode_printer_name(ByteView device_data) {
    constexpr std::uint32_t announce_flag_ascii = 1;
    Reader r(device_data);
    LUCID_TRY(const auto flags, r.u32_le("Flags"));
    LUCID_CHECK(r.skip(4, "CodePage"));
    LUCID_TRY(const auto pnp_bytes, r.u32_le("PnPNameLen"));
    LUCID_TRY(const auto driver_bytes, r.u32_le("DriverNameLen"));
    LUCID_TRY(const auto name_bytes, r.u32_le("PrintNameLen"));
    LUCID_CHECK(r.skip(4, "CachedFieldsLen"));
    LUCID_CHECK(r.skip(pnp_bytes, "PnPName"));
    LUCID_CHECK(r.skip(driver_bytes, "DriverName"));
    LUCID_TRY(const auto name, r.take(name_bytes, "PrintName"));
    return PrinterName{name, (flags & announce_flag_ascii) != 0};
}

Bytes encode_device_list(const std::vector<ByteView>& entries) {
    Writer w;
    put_header(w, RdpdrPacket::device_list_announce);
    w.u32_le(static_cast<std::uint32_t>(entries.size()));
    for (const auto& entry : entries) w.bytes(entry);
    return w.take();
}

Result<std::vector<std::uint32_t>> decode_device_remove(const RdpdrMessage& message) {
    Reader r(message.body);
    LUCID_TRY(const auto count, r.u32_le("DeviceCount"));
    if (count > devices_max) return fail(Errc::limit_exceeded, "DeviceCount", count);
    std::vector<std::uint32_t> ids;
    for (std::uint32_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto id, r.u32_le("DeviceId"));
        ids.push_back(id);
    }
    LUCID_CHECK(r.finish("device remove list"));
    return ids;
}

Bytes encode_device_remove(const std::vector<std::uint32_t>& ids) {
    Writer w;
    put_header(w, RdpdrPacket::device_list_remove);
    w.u32_le(static_cast<std::uint32_t>(ids.size()));
    for (const auto id : ids) w.u32_le(id);
    return w.take();
}

Result<std::uint32_t> decode_device_id(const RdpdrMessage& message) {
    return Reader(message.body).u32_le("DeviceId");
}

Result<DeviceIoRequest> decode_io_request(const RdpdrMessage& message) {
    Reader r(message.body);
    DeviceIoRequest request;
    LUCID_TRY(request.device, r.u32_le("DeviceId"));
    LUCID_TRY(request.file, r.u32_le("FileId"));
    LUCID_TRY(request.completion, r.u32_le("CompletionId"));
    LUCID_TRY(request.major, r.u32_le("MajorFunction"));
    LUCID_TRY(request.minor, r.u32_le("MinorFunction"));
    request.parameters = r.rest();
    return request;
}

Result<CreateRequest> decode_create_request(const DeviceIoRequest& request) {
    Reader r(request.parameters);
    CreateRequest create;
    LUCID_TRY(create.desired_access, r.u32_le("DesiredAccess"));
    LUCID_CHECK(r.skip(8 + 4 + 4, "AllocationSize, FileAttributes, SharedAccess"));
    LUCID_TRY(create.disposition, r.u32_le("CreateDisposition"));
    LUCID_TRY(create.options, r.u32_le("CreateOptions"));
    LUCID_TRY(const auto length, r.u32_le("PathLength"));
    LUCID_TRY(create.path, r.take(length, "Path"));
    return create;
}

Result<std::optional<ByteView>> decode_rename_target(const DeviceIoRequest& request) {
    Reader r(request.parameters);
    LUCID_TRY(const auto information_class, r.u32_le("FsInformationClass"));
    LUCID_CHECK(r.skip(4 + 24, "Length, Padding"));
    if (information_class != file_rename_information) return std::optional<ByteView>();
    LUCID_CHECK(r.skip(1 + 1, "ReplaceIfExists, RootDirectory"));
    LUCID_TRY(const auto length, r.u32_le("FileNameLength"));
    LUCID_TRY(const auto name, r.take(length, "FileName"));
    return std::optional<ByteView>(name);
}

Result<std::optional<std::uint64_t>> decode_end_of_file(const DeviceIoRequest& request) {
    Reader r(request.parameters);
    LUCID_TRY(const auto information_class, r.u32_le("FsInformationClass"));
    LUCID_CHECK(r.skip(4 + 24, "Length, Padding"));
    if (information_class != file_end_of_file_information) return std::optional<std::uint64_t>();
    LUCID_TRY(const auto end, r.u64_le("EndOfFile"));
    return std::optional<std::uint64_t>(end);
}

Result<FileRange> decode_file_range(const DeviceIoRequest& request) {
    Reader r(request.parameters);
    FileRange range;
    LUCID_TRY(range.length, r.u32_le("Length"));
    LUCID_TRY(range.offset, r.u64_le("Offset"));
    if (request.major != irp_mj_write) return range;
    LUCID_CHECK(r.skip(range_padding_bytes, "write padding"));
    LUCID_TRY(range.data, r.take(range.length, "WriteData"));
    return range;
}

Result<DeviceIoCompletion> decode_io_completion(const RdpdrMessage& message) {
    Reader r(message.body);
    DeviceIoCompletion completion;
    LUCID_TRY(completion.device, r.u32_le("DeviceId"));
    LUCID_TRY(completion.completion, r.u32_le("CompletionId"));
    LUCID_TRY(completion.status, r.u32_le("IoStatus"));
    completion.parameters = r.rest();
    return completion;
}

Result<std::uint32_t> decode_created_file(const DeviceIoCompletion& completion) {
    return Reader(completion.parameters).u32_le("FileId");
}

Result<ByteView> decode_read_data(const DeviceIoCompletion& completion) {
    Reader r(completion.parameters);
    LUCID_TRY(const auto length, r.u32_le("Length"));
    return r.take(length, "ReadData");
}

Bytes encode_read_request(std::uint32_t device, std::uint32_t file, std::uint32_t completion,
                          std::uint64_t offset, std::uint32_t bytes) {
    Writer w;
    put_header(w, RdpdrPacket::device_io_request);
    w.u32_le(device).u32_le(file).u32_le(completion).u32_le(irp_mj_read).u32_le(0);
    w.u32_le(bytes).u64_le(offset).zeros(range_padding_bytes);
    return w.take();
}

Bytes encode_write_request(std::uint32_t device, std::uint32_t file, std::uint32_t completion,
                           std::uint64_t offset, ByteView data) {
    Writer w(data.size() + 64);
    put_header(w, RdpdrPacket::device_io_request);
    w.u32_le(device).u32_le(file).u32_le(completion).u32_le(irp_mj_write).u32_le(0);
    w.u32_le(static_cast<std::uint32_t>(data.size())).u64_le(offset).zeros(range_padding_bytes);
    w.bytes(data);
    return w.take();
}

Bytes encode_read_completion(std::uint32_t device, std::uint32_t completion, ByteView data) {
    Writer w(data.size() + 32);
    put_header(w, RdpdrPacket::device_io_completion);
    w.u32_le(device).u32_le(completion).u32_le(0);
    w.u32_le(static_cast<std::uint32_t>(data.size())).bytes(data);
    return w.take();
}

Bytes encode_write_completion(std::uint32_t device, std::uint32_t completion, std::uint32_t bytes) {
    Writer w;
    put_header(w, RdpdrPacket::device_io_completion);
    w.u32_le(device).u32_le(completion).u32_le(0).u32_le(bytes).u8(0);
    return w.take();
}

Bytes encode_io_failure(std::uint32_t device, std::uint32_t completion, std::uint32_t status) {
    Writer w;
    put_header(w, RdpdrPacket::device_io_completion);
    w.u32_le(device).u32_le(completion).u32_le(status).u32_le(0).u8(0);
    return w.take();
}

}  // namespace lucid::rdp::proto::channels

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>

// What a client says in the devices' channel, and what only it reads (MS-RDPEFS 2.2).

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::uint16_t version_major = 1;
constexpr std::uint16_t version_minor = 12;
constexpr std::uint16_t cap_general = 1;
constexpr std::uint16_t cap_drive = 4;
constexpr std::uint16_t general_bytes = 44;
constexpr std::uint16_t drive_bytes = 8;
constexpr std::size_t capability_sets_max = 16;

Writer begin(RdpdrPacket packet) {
    Writer w;
    w.u16_le(static_cast<std::uint16_t>(RdpdrComponent::core));
    w.u16_le(static_cast<std::uint16_t>(packet));
    return w;
}

}  // namespace

Bytes encode_client_announce_reply(std::uint32_t client_id) {
    auto w = begin(RdpdrPacket::client_id_confirm);
    w.u16_le(version_major).u16_le(version_minor).u32_le(client_id);
    return w.take();
}

Bytes encode_client_name(ByteView name_utf16) {
    constexpr std::uint32_t is_unicode = 1;
    auto w = begin(RdpdrPacket::client_name);
    w.u32_le(is_unicode).u32_le(0).u32_le(static_cast<std::uint32_t>(name_utf16.size() + 2));
    w.bytes(name_utf16).u16_le(0);
    return w.take();
}

Bytes encode_client_capabilities() {
    constexpr std::uint32_t version_2 = 2;
    constexpr std::uint32_t io_requests_all = 0x0000ffff;
    // RDPDR_DEVICE_REMOVE_PDUS, CLIENT_DISPLAY_NAME_PDU, USER_LOGGEDON_PDU
    constexpr std::uint32_t extended_pdus = 1 | 2 | rdpdr_user_loggedon_pdu;
    auto w = begin(RdpdrPacket::client_capability);
    w.u16_le(2).u16_le(0);
    w.u16_le(cap_general).u16_le(general_bytes).u32_le(version_2).u32_le(0).u32_le(0);
    w.u16_le(version_major).u16_le(version_minor).u32_le(io_requests_all).u32_le(0);
    w.u32_le(extended_pdus).u32_le(0).u32_le(0).u32_le(0);
    w.u16_le(cap_drive).u16_le(drive_bytes).u32_le(version_2);
    return w.take();
}

Bytes encode_drive_entry(std::uint32_t id, std::string_view name) {
    constexpr std::size_t name_bytes = 8;
    name = name.substr(0, name_bytes - 1);
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(DeviceType::filesystem)).u32_le(id);
    w.text(name).zeros(name_bytes - name.size()).u32_le(0);
    return w.take();
}

Result<std::uint32_t> decode_extended_pdus(const RdpdrMessage& message) {
    Reader r(message.body);
    LUCID_TRY(const auto count, r.u16_le("numCapabilities"));
    if (count > capability_sets_max) return fail(Errc::limit_exceeded, "numCapabilities", count);
    LUCID_CHECK(r.skip(2, "Padding"));
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto type, r.u16_le("CapabilityType"));
        LUCID_TRY(const auto length, r.u16_le("CapabilityLength"));
        if (length < 8) return fail(Errc::bad_length, "CapabilityLength", length);
        LUCID_TRY(const auto body, r.take(length - 4U, "capability"));
        if (type != cap_general) continue;
        Reader general(body);
        LUCID_CHECK(general.skip(4 + 4 + 4 + 2 + 2 + 4 + 4, "Version to ioCode2"));
        return general.u32_le("extendedPDU");
    }
    return 0;
}

Bytes encode_io_completion(std::uint32_t device, std::uint32_t completion, std::uint32_t status,
                           ByteView parameters) {
    auto w = begin(RdpdrPacket::device_io_completion);
    w.u32_le(device).u32_le(completion).u32_le(status).bytes(parameters);
    return w.take();
}

Result<DirectoryQuery> decode_directory_query(const DeviceIoRequest& request) {
    Reader r(request.parameters);
    DirectoryQuery query;
    LUCID_TRY(query.information_class, r.u32_le("FsInformationClass"));
    LUCID_TRY(const auto is_first, r.u8("InitialQuery"));
    query.is_first = is_first != 0;
    LUCID_TRY(const auto length, r.u32_le("PathLength"));
    LUCID_CHECK(r.skip(23, "Padding"));
    LUCID_TRY(query.path, r.take(length, "Path"));
    return query;
}

Result<SetInformation> decode_set_information(const DeviceIoRequest& request) {
    Reader r(request.parameters);
    SetInformation set;
    LUCID_TRY(set.information_class, r.u32_le("FsInformationClass"));
    LUCID_TRY(const auto length, r.u32_le("Length"));
    LUCID_CHECK(r.skip(24, "Padding"));
    LUCID_TRY(set.buffer, r.take(length, "SetBuffer"));
    return set;
}

Result<RenameInformation> decode_rename_information(ByteView buffer) {
    Reader r(buffer);
    RenameInformation rename;
    LUCID_TRY(const auto replace, r.u8("ReplaceIfExists"));
    rename.replace = replace != 0;
    LUCID_TRY(rename.root_directory, r.u8("RootDirectory"));
    LUCID_TRY(const auto length, r.u32_le("FileNameLength"));
    LUCID_TRY(rename.path, r.take(length, "FileName"));
    return rename;
}

Result<std::int64_t> decode_last_write_time(ByteView buffer) {
    Reader r(buffer);
    LUCID_CHECK(r.skip(8 + 8, "CreationTime, LastAccessTime"));
    LUCID_TRY(const auto time, r.u64_le("LastWriteTime"));
    LUCID_CHECK(r.skip(8 + 4, "ChangeTime, FileAttributes"));
    return static_cast<std::int64_t>(time);
}

Result<std::uint32_t> decode_information_class(const DeviceIoRequest& request) {
    return Reader(request.parameters).u32_le("FsInformationClass");
}

}  // namespace lucid::rdp::proto::channels

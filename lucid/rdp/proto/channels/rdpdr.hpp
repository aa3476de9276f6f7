// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Device redirection messages (MS-RDPEFS 2.2) of the static channel "rdpdr": the header, the lists
/// by which devices come and go, and the I/O requests and completions as far as a filter needs
/// them.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <vector>

namespace lucid::rdp::proto::channels {

/// RDPDR_HEADER (2.2.1.1).
enum class RdpdrComponent : std::uint16_t { core = 0x4472, printer = 0x5052 };
enum class RdpdrPacket : std::uint16_t {
    server_announce = 0x496e,
    client_id_confirm = 0x4343,  ///< of either side
    client_name = 0x434e,
    device_list_announce = 0x4441,
    device_reply = 0x6472,
    device_io_request = 0x4952,
    device_io_completion = 0x4943,
    server_capability = 0x5350,
    client_capability = 0x4350,
    device_list_remove = 0x444d,
    user_logged_on = 0x554c,
    printer_cache_data = 0x5043,  ///< MS-RDPEPC 2.2.2.3 to 2.2.2.6
    printer_using_xps = 0x5543,   ///< MS-RDPEPC 2.2.2.2
};

struct RdpdrMessage {
    RdpdrComponent component{};
    RdpdrPacket packet{};
    ByteView body;
};
Result<RdpdrMessage> decode_rdpdr_message(ByteView message);

/// DeviceType of DEVICE_ANNOUNCE (2.2.1.3).
enum class DeviceType : std::uint32_t {
    serial = 0x01,
    parallel = 0x02,
    printer = 0x04,
    filesystem = 0x08,
    smart_card = 0x20,
};

struct DeviceAnnounce {
    DeviceType type{};
    std::uint32_t id = 0;
    ByteView name;   ///< PreferredDosName, eight bytes as sent
    ByteView data;   ///< DeviceData
    ByteView whole;  ///< the entry as sent
};
inline constexpr std::size_t devices_max = 64;

/// 2.2.2.9 Client Device List Announce Request.
Result<std::vector<DeviceAnnounce>> decode_device_list(const RdpdrMessage& message);
/// PrintName of DR_PRN_DEVICE_ANNOUNCE (MS-RDPEPC 2.2.2.1), from its DeviceData.
struct PrinterName {
    ByteView text;
    bool is_ascii = false;  ///< otherwise UTF-16LE
};
Result<PrinterName> decode_printer_name(ByteView device_data);
/// A whole message from entries as sent.
[[nodiscard]] Bytes encode_device_list(const std::vector<ByteView>& entries);
/// 2.2.3.2 Client Drive Device List Remove.
Result<std::vector<std::uint32_t>> decode_device_remove(const RdpdrMessage& message);
[[nodiscard]] Bytes encode_device_remove(const std::vector<std::uint32_t>& ids);
/// The DeviceId that every reply, request and completion begins with.
Result<std::uint32_t> decode_device_id(const RdpdrMessage& message);

/// MajorFunction of DR_DEVICE_IOREQUEST (2.2.1.4).
inline constexpr std::uint32_t irp_mj_create = 0;
inline constexpr std::uint32_t irp_mj_close = 2;
inline constexpr std::uint32_t irp_mj_read = 3;
inline constexpr std::uint32_t irp_mj_write = 4;
inline constexpr std::uint32_t irp_mj_query_information = 5;
inline constexpr std::uint32_t irp_mj_set_information = 6;
inline constexpr std::uint32_t irp_mj_query_volume_information = 10;
inline constexpr std::uint32_t irp_mj_directory_control = 12;
inline constexpr std::uint32_t irp_mj_device_control = 14;
inline constexpr std::uint32_t irp_mn_query_directory = 1;

struct DeviceIoRequest {
    std::uint32_t device = 0;
    std::uint32_t file = 0;
    std::uint32_t completion = 0;
    std::uint32_t major = 0;
    std::uint32_t minor = 0;  ///< of directory control
    ByteView parameters;
};
Result<DeviceIoRequest> decode_io_request(const RdpdrMessage& message);
/// DR_CREATE_REQ (2.2.1.4.1); values of disposition and options: MS-SMB2 2.2.13.
struct CreateRequest {
    std::uint32_t desired_access = 0;
    std::uint32_t disposition = 0;
    std::uint32_t options = 0;
    ByteView path;  ///< UTF-16LE with its terminator where one was sent
};
inline constexpr std::uint32_t create_disposition_supersede = 0;
inline constexpr std::uint32_t create_disposition_open = 1;
inline constexpr std::uint32_t create_disposition_create = 2;
inline constexpr std::uint32_t create_disposition_open_if = 3;
inline constexpr std::uint32_t create_disposition_overwrite = 4;
inline constexpr std::uint32_t create_disposition_overwrite_if = 5;
inline constexpr std::uint32_t create_option_directory = 0x00000001;
inline constexpr std::uint32_t create_option_delete_on_close = 0x00001000;
Result<CreateRequest> decode_create_request(const DeviceIoRequest& request);
/// FileName of DR_DRIVE_SET_INFORMATION_REQ with FileRenameInformation (MS-RDPEFS 2.2.3.3.9),
/// UTF-16LE; nothing for other classes.
Result<std::optional<ByteView>> decode_rename_target(const DeviceIoRequest& request);
/// EndOfFile of DR_DRIVE_SET_INFORMATION_REQ with FileEndOfFileInformation (MS-RDPEFS 2.2.3.3.9,
/// MS-FSCC 2.4.13); nothing for other classes.
Result<std::optional<std::uint64_t>> decode_end_of_file(const DeviceIoRequest& request);
struct FileRange {
    std::uint64_t offset = 0;
    std::uint32_t length = 0;
    ByteView data;  ///< of a write
};
/// 2.2.1.4.3 and 2.2.1.4.4.
Result<FileRange> decode_file_range(const DeviceIoRequest& request);

struct DeviceIoCompletion {
    std::uint32_t device = 0;
    std::uint32_t completion = 0;
    std::uint32_t status = 0;  ///< NTSTATUS
    ByteView parameters;
};
Result<DeviceIoCompletion> decode_io_completion(const RdpdrMessage& message);
/// FileId of a create completion (2.2.1.5.1).
Result<std::uint32_t> decode_created_file(const DeviceIoCompletion& completion);
/// Data of a read completion (2.2.1.5.3).
Result<ByteView> decode_read_data(const DeviceIoCompletion& completion);
/// Requests and completions of reads and writes (2.2.1.4.3, 2.2.1.4.4, 2.2.1.5.3, 2.2.1.5.4).
[[nodiscard]] Bytes encode_read_request(std::uint32_t device, std::uint32_t file,
                                        std::uint32_t completion, std::uint64_t offset,
                                        std::uint32_t bytes);
[[nodiscard]] Bytes encode_write_request(std::uint32_t device, std::uint32_t file,
                                         std::uint32_t completion, std::uint64_t offset,
                                         ByteView data);
[[nodiscard]] Bytes encode_read_completion(std::uint32_t device, std::uint32_t completion,
                                           ByteView data);
[[nodiscard]] Bytes encode_write_completion(std::uint32_t device, std::uint32_t completion,
                                            std::uint32_t bytes);
/// A failing completion, readable as the answer to every request: one zero u32 and padding follow.
[[nodiscard]] Bytes encode_io_failure(std::uint32_t device, std::uint32_t completion,
                                      std::uint32_t status);

/// What a client without requests of its own says (2.2.2.3 Client Announce Reply, 2.2.2.4 Client
/// Name Request, 2.2.2.8 Client Core Capability Response with a general and a drive set).
[[nodiscard]] Bytes encode_client_announce_reply(std::uint32_t client_id);
[[nodiscard]] Bytes encode_client_name(ByteView name_utf16);
[[nodiscard]] Bytes encode_client_capabilities();
/// A file system in a device list (2.2.3.1); the name has 7 ASCII characters at most.
[[nodiscard]] Bytes encode_drive_entry(std::uint32_t id, std::string_view name);
/// extendedPDU of the general set in a Server Core Capability Request (2.2.2.7); 0 without one.
Result<std::uint32_t> decode_extended_pdus(const RdpdrMessage& message);
inline constexpr std::uint32_t rdpdr_user_loggedon_pdu = 4;
/// A completion with these parameters (2.2.1.5).
[[nodiscard]] Bytes encode_io_completion(std::uint32_t device, std::uint32_t completion,
                                         std::uint32_t status, ByteView parameters);

/// Server Drive Query Directory Request (2.2.3.3.10).
struct DirectoryQuery {
    std::uint32_t information_class = 0;  ///< MS-FSCC 2.4
    bool is_first = false;
    ByteView path;  ///< UTF-16LE, with a pattern as its last part; of the first query
};
Result<DirectoryQuery> decode_directory_query(const DeviceIoRequest& request);
/// DR_DRIVE_SET_INFORMATION_REQ (MS-RDPEFS 2.2.3.3.9): what a file is to become.
struct SetInformation {
    std::uint32_t information_class = 0;  ///< MS-FSCC 2.4
    ByteView buffer;
};
Result<SetInformation> decode_set_information(const DeviceIoRequest& request);
/// The buffer of FileRenameInformation as RDP has it: ReplaceIfExists, RootDirectory and
/// FileNameLength without the padding of MS-FSCC 2.4.37.
struct RenameInformation {
    bool replace = false;
    std::uint8_t root_directory = 0;  ///< has to be 0
    ByteView path;                    ///< UTF-16LE
};
Result<RenameInformation> decode_rename_information(ByteView buffer);
/// LastWriteTime of FileBasicInformation (MS-FSCC 2.4.7), FILETIME; 0 or negative: it stays.
Result<std::int64_t> decode_last_write_time(ByteView buffer);

/// FsInformationClass, with which queries of files and volumes begin.
Result<std::uint32_t> decode_information_class(const DeviceIoRequest& request);

}  // namespace lucid::rdp::proto::channels

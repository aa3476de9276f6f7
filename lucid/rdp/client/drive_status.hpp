// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a drive answers with: NTSTATUS values ([MS-ERREF] 2.3.1), FsInformationClass and access
/// bits, shared by the two halves of Drive.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/drive.hpp>

namespace lucid::rdp::client {

inline constexpr std::uint32_t status_success = 0;
inline constexpr std::uint32_t status_no_more_files = 0x80000006;
inline constexpr std::uint32_t status_unsuccessful = 0xc0000001;
inline constexpr std::uint32_t status_invalid_handle = 0xc0000008;
inline constexpr std::uint32_t status_invalid_parameter = 0xc000000d;
inline constexpr std::uint32_t status_no_such_file = 0xc000000f;
inline constexpr std::uint32_t status_access_denied = 0xc0000022;
inline constexpr std::uint32_t status_object_name_invalid = 0xc0000033;
inline constexpr std::uint32_t status_object_name_not_found = 0xc0000034;
inline constexpr std::uint32_t status_object_name_collision = 0xc0000035;
inline constexpr std::uint32_t status_disk_full = 0xc000007f;
inline constexpr std::uint32_t status_file_is_a_directory = 0xc00000ba;
inline constexpr std::uint32_t status_not_supported = 0xc00000bb;
inline constexpr std::uint32_t status_directory_not_empty = 0xc0000101;
inline constexpr std::uint32_t status_not_a_directory = 0xc0000103;
inline constexpr std::uint32_t status_too_many_opened_files = 0xc000011f;

/// FsInformationClass of files and folders (MS-FSCC 2.4).
inline constexpr std::uint32_t file_directory_information = 1;
inline constexpr std::uint32_t file_full_directory_information = 2;
inline constexpr std::uint32_t file_both_directory_information = 3;
inline constexpr std::uint32_t file_basic_information = 4;
inline constexpr std::uint32_t file_standard_information = 5;
inline constexpr std::uint32_t file_rename_information = 10;
inline constexpr std::uint32_t file_names_information = 12;
inline constexpr std::uint32_t file_disposition_information = 13;
inline constexpr std::uint32_t file_allocation_information = 19;
inline constexpr std::uint32_t file_end_of_file_information = 20;
inline constexpr std::uint32_t file_attribute_tag_information = 35;

/// The status that says best what a DriveFolder, or a limit, did not allow.
[[nodiscard]] std::uint32_t drive_status_of(const Error& error);

/// What every request reads as a refusal: no length, no file.
[[nodiscard]] inline DriveAnswer refuse_drive_request(std::uint32_t status) {
    return {status, Bytes(5)};
}
/// A length and that many bytes, as most answers have it.
[[nodiscard]] inline Bytes with_length(ByteView content) {
    return Writer().u32_le(static_cast<std::uint32_t>(content.size())).bytes(content).take();
}

}  // namespace lucid::rdp::client

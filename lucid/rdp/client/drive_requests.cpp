// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/drive_status.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <algorithm>

// Answers to the I/O requests of a host (MS-RDPEFS 2.2.1.4, 2.2.3.4; structures of MS-FSCC 2.4).

namespace lucid::rdp::client {

namespace channels = proto::channels;
using channels::DeviceIoRequest;

namespace {

constexpr std::uint32_t attribute_readonly = 0x00000001;
constexpr std::uint32_t attribute_directory = 0x00000010;
constexpr std::uint32_t attribute_normal = 0x00000080;

/// FsInformationClass of volumes (MS-FSCC 2.5).
constexpr std::uint32_t fs_volume_information = 1;
constexpr std::uint32_t fs_size_information = 3;
constexpr std::uint32_t fs_device_information = 4;
constexpr std::uint32_t fs_attribute_information = 5;
constexpr std::uint32_t fs_full_size_information = 7;

/// DesiredAccess bits that change something: write, append, delete, attributes, generic write.
constexpr std::uint32_t access_changes =
    0x00000002 | 0x00000004 | 0x00000040 | 0x00010000 | 0x00000100 | 0x00000010 | 0x40000000;

std::uint32_t attributes_of(const DriveEntry& entry, bool may_write) {
    if (entry.is_folder) return attribute_directory;
    return may_write ? attribute_normal : attribute_normal | attribute_readonly;
}

void put_times(Writer& w, const DriveEntry& entry) {
    for (int i = 0; i < 4; ++i) w.u64_le(entry.modified_filetime);
}

Bytes utf16_name(const std::string& name) {
    const auto wide = proto::utf16_of(as_bytes(name));
    return wide ? to_bytes(wide->expose()) : Bytes{};
}

/// One entry of a listing (MS-FSCC 2.4.10, 2.4.17, 2.4.8, 2.4.33).
Bytes directory_entry(std::uint32_t information_class, const DriveEntry& entry, bool may_write) {
    const auto name = utf16_name(entry.name);
    const auto name_bytes = static_cast<std::uint32_t>(name.size());
    Writer w;
    w.u32_le(0).u32_le(0);  // NextEntryOffset, FileIndex
    if (information_class == file_names_information) return w.u32_le(name_bytes).bytes(name).take();
    put_times(w, entry);
    w.u64_le(entry.bytes).u64_le(entry.bytes);
    w.u32_le(attributes_of(entry, may_write)).u32_le(name_bytes);
    if (information_class != file_directory_information) w.u32_le(0);  // EaSize
    if (information_class == file_both_directory_information)
        w.u8(0).zeros(24);  // ShortNameLength, ShortName; RDP leaves out the byte between them
    return w.bytes(name).take();
}

bool is_listing(std::uint32_t information_class) {
    return information_class == file_directory_information ||
           information_class == file_full_directory_information ||
           information_class == file_both_directory_information ||
           information_class == file_names_information;
}

}  // namespace

Result<DriveAnswer> Drive::answer(const DeviceIoRequest& request) {
    if (folder_ == nullptr || !name_) return Answer{status_not_supported, Bytes(5)};
    if (request.major == channels::irp_mj_create) return create(request);
    if (request.major == channels::irp_mj_query_volume_information) return query_volume(request);
    const auto found = files_.find(request.file);
    if (found == files_.end()) return Answer{status_invalid_handle, Bytes(5)};
    switch (request.major) {
        case channels::irp_mj_close:
            return close(found);
        case channels::irp_mj_read:
            return read(request, found->second);
        case channels::irp_mj_query_information:
            return query(request, found->second);
        case channels::irp_mj_directory_control:
            if (request.minor == channels::irp_mn_query_directory)
                return query_directory(request, found->second);
            return Answer{status_not_supported, Bytes(5)};
        case channels::irp_mj_write:
            return write(request, found->second);
        case channels::irp_mj_set_information:
            return set_information(request, found->second);
        default:
            return Answer{status_not_supported, Bytes(5)};
    }
}

Result<DriveAnswer> Drive::create(const DeviceIoRequest& request) {
    // Information (MS-RDPEFS 2.2.1.5.1): FILE_SUPERSEDED is "a new file was created" there.
    constexpr std::uint8_t made = 0;
    constexpr std::uint8_t opened = 1;
    constexpr std::uint8_t overwritten = 3;
    constexpr std::uint32_t option_non_directory = 0x00000040;
    LUCID_TRY(const auto create, channels::decode_create_request(request));
    const auto path = drive_path(create.path);
    if (!path) return refuse_drive_request(status_access_denied);
    const auto disposition = create.disposition;
    if (disposition > channels::create_disposition_overwrite_if)
        return refuse_drive_request(status_invalid_parameter);
    const bool only_opens = disposition == channels::create_disposition_open ||
                            disposition == channels::create_disposition_open_if;
    const bool goes = (create.options & channels::create_option_delete_on_close) != 0;
    if (!may_write() && (!only_opens || goes || (create.desired_access & access_changes) != 0))
        return refuse_drive_request(status_access_denied);
    if (goes && path->empty()) return refuse_drive_request(status_access_denied);
    if (files_.size() >= drive_files_max) return refuse_drive_request(status_too_many_opened_files);
    auto entry = folder_->look(*path);
    const bool exists = entry.has_value();
    const bool wants_old = disposition == channels::create_disposition_open ||
                           disposition == channels::create_disposition_overwrite;
    if (!exists && (wants_old || entry.error().code != make_error_code(Errc::not_found)))
        return refuse_drive_request(drive_status_of(entry.error()));
    if (exists && disposition == channels::create_disposition_create)
        return refuse_drive_request(status_object_name_collision);
    if (exists && !entry->is_folder && (create.options & channels::create_option_directory) != 0)
        return refuse_drive_request(status_not_a_directory);
    if (exists && entry->is_folder && (!only_opens || (create.options & option_non_directory) != 0))
        return refuse_drive_request(status_file_is_a_directory);
    if (!exists || !only_opens) {
        if (const auto done = make_or_empty(create, *path, exists); !done)
            return refuse_drive_request(drive_status_of(done.error()));
        entry = folder_->look(*path);
        if (!entry) return refuse_drive_request(drive_status_of(entry.error()));
    }
    const auto id = next_file_++;
    files_[id] = File{*path, std::move(*entry), {}, 0, 0, goes};
    const auto information = !exists ? made : only_opens ? opened : overwritten;
    return DriveAnswer{status_success, Writer().u32_le(id).u8(information).take()};
}

Result<DriveAnswer> Drive::read(const DeviceIoRequest& request, const File& file) {
    LUCID_TRY(const auto range, channels::decode_file_range(request));
    if (file.entry.is_folder) return Answer{status_file_is_a_directory, Bytes(4)};
    const auto content =
        folder_->read(file.path, range.offset, std::min(range.length, drive_read_bytes_max));
    if (!content) return Answer{drive_status_of(content.error()), Bytes(4)};
    return Answer{status_success, with_length(*content)};
}

Result<DriveAnswer> Drive::query(const DeviceIoRequest& request, const File& file) {
    LUCID_TRY(const auto information_class, channels::decode_information_class(request));
    // As it is now: the host may have written since it opened the file.
    const auto found = folder_->look(file.path);
    if (!found) return Answer{drive_status_of(found.error()), Bytes(4)};
    const auto& entry = *found;
    const auto attributes = attributes_of(entry, may_write());
    Writer w;
    switch (information_class) {
        case file_basic_information:
            put_times(w, entry);
            w.u32_le(attributes);
            break;
        case file_standard_information:
            w.u64_le(entry.bytes).u64_le(entry.bytes).u32_le(1);
            w.u8(file.goes_with_close ? 1 : 0).u8(entry.is_folder ? 1 : 0);
            break;
        case file_attribute_tag_information:
            w.u32_le(attributes).u32_le(0);
            break;
        default:
            return Answer{status_not_supported, Bytes(4)};
    }
    return Answer{status_success, with_length(w.view())};
}

Result<DriveAnswer> Drive::query_volume(const DeviceIoRequest& request) {
    constexpr std::uint32_t device_disk = 7;
    constexpr std::uint32_t read_only_device = 2;
    // FILE_CASE_PRESERVED_NAMES, FILE_UNICODE_ON_DISK
    constexpr std::uint32_t volume_flags = 0x00000002 | 0x00000004;
    constexpr std::uint32_t read_only_volume = 0x00080000;
    constexpr std::uint32_t name_units_max = 255;
    constexpr std::uint32_t sector_bytes = 512;
    constexpr std::uint32_t sectors_of_unit = 8;
    LUCID_TRY(const auto information_class, channels::decode_information_class(request));
    const auto label = utf16_name(*name_);
    const auto label_bytes = static_cast<std::uint32_t>(label.size());
    const auto space = folder_->space();
    if (!space) return Answer{drive_status_of(space.error()), Bytes(4)};
    constexpr std::uint64_t unit_bytes = std::uint64_t{sector_bytes} * sectors_of_unit;
    const auto units = space->bytes / unit_bytes;
    // No more than the host may use.
    const auto free_units = std::min(space->free_bytes, growth_left_.value_or(0)) / unit_bytes;
    Writer w;
    switch (information_class) {
        case fs_volume_information:
            w.u64_le(0).u32_le(0).u32_le(label_bytes).u8(0).bytes(label);
            break;
        case fs_size_information:
            w.u64_le(units).u64_le(free_units).u32_le(sectors_of_unit).u32_le(sector_bytes);
            break;
        case fs_full_size_information:
            w.u64_le(units).u64_le(free_units).u64_le(space->free_bytes / unit_bytes);
            w.u32_le(sectors_of_unit).u32_le(sector_bytes);
            break;
        case fs_attribute_information:
            w.u32_le(may_write() ? volume_flags : volume_flags | read_only_volume);
            w.u32_le(name_units_max).u32_le(label_bytes).bytes(label);
            break;
        case fs_device_information:
            w.u32_le(device_disk).u32_le(may_write() ? 0 : read_only_device);
            break;
        default:
            return Answer{status_not_supported, Bytes(4)};
    }
    return Answer{status_success, with_length(w.view())};
}

Result<DriveAnswer> Drive::query_directory(const DeviceIoRequest& request, File& file) {
    LUCID_TRY(const auto directory, channels::decode_directory_query(request));
    if (!is_listing(directory.information_class)) return Answer{status_not_supported, Bytes(5)};
    if (directory.is_first) {
        const auto path = drive_path(directory.path);
        if (!path) return Answer{status_access_denied, Bytes(5)};
        const auto slash = path->rfind('/');
        const auto pattern = slash == std::string::npos ? *path : path->substr(slash + 1);
        auto listing = folder_->list(slash == std::string::npos ? "" : path->substr(0, slash));
        if (!listing) return Answer{drive_status_of(listing.error()), Bytes(5)};
        file.listing.clear();
        std::copy_if(listing->begin(), listing->end(), std::back_inserter(file.listing),
                     [&](const DriveEntry& e) { return matches_pattern(e.name, pattern); });
        file.listed = 0;
        if (file.listing.empty()) return Answer{status_no_such_file, Bytes(5)};
    }
    if (file.listed == file.listing.size()) return Answer{status_no_more_files, Bytes(5)};
    return Answer{status_success,
                  with_length(directory_entry(directory.information_class,
                                              file.listing[file.listed++], may_write()))};
}

}  // namespace lucid::rdp::client

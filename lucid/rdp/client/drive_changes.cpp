// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/client/drive_status.hpp>

#include <limits>

// What a host may change in a drive that is more than readable (MS-RDPEFS 2.2.1.4.1, 2.2.1.4.4,
// 2.2.3.3.9). Every growth is paid for out of one account.

namespace lucid::rdp::client {

namespace channels = proto::channels;
using channels::DeviceIoRequest;
using channels::SetInformation;

namespace {

/// Sizes of files are signed.
constexpr std::uint64_t file_bytes_max = std::numeric_limits<std::int64_t>::max();

}  // namespace

std::uint32_t drive_status_of(const Error& error) {
    const auto is = [&error](auto code) { return error.code == make_error_code(code); };
    if (is(Errc::not_found)) return status_object_name_not_found;
    if (is(Errc::refused)) return status_access_denied;
    if (is(Errc::already_exists)) return status_object_name_collision;
    if (is(Errc::bad_value)) return status_object_name_invalid;
    if (is(Errc::bad_length)) return status_invalid_parameter;
    if (is(Errc::limit_exceeded) || error.code == std::errc::no_space_on_device ||
        error.code == std::errc::file_too_large)
        return status_disk_full;
    if (error.code == std::errc::directory_not_empty) return status_directory_not_empty;
    if (error.code == std::errc::filename_too_long) return status_object_name_invalid;
    if (error.code == std::errc::read_only_file_system ||
        error.code == std::errc::permission_denied ||
        error.code == std::errc::operation_not_permitted)
        return status_access_denied;
    return status_unsuccessful;
}

Result<void> Drive::make_or_empty(const channels::CreateRequest& create, const std::string& path,
                                  bool exists) {
    if (!may_write()) return fail(Errc::refused, "drive is read-only");
    if (exists) return folder_->resize(path, 0);
    if (!is_new_name(path)) return fail(Errc::bad_value, "name of a new file");
    if (created_ >= drive_created_max) return fail(Errc::limit_exceeded, "files of the host");
    LUCID_CHECK(folder_->create(path, (create.options & channels::create_option_directory) != 0));
    ++created_;
    changes_.push_back({"created", path, "", 0});
    return {};
}

Result<void> Drive::grow(const std::string& path, std::uint64_t to_bytes) {
    if (to_bytes > file_bytes_max) return fail(Errc::bad_length, "file size", to_bytes);
    LUCID_TRY(const auto entry, folder_->look(path));
    if (entry.is_folder) return fail(Errc::refused, "size of a folder");
    if (to_bytes <= entry.bytes) return {};
    const auto more = to_bytes - entry.bytes;
    if (more > *growth_left_) return fail(Errc::limit_exceeded, "drive_growth_bytes_max", more);
    *growth_left_ -= more;
    return {};
}

Result<DriveAnswer> Drive::write(const DeviceIoRequest& request, File& file) {
    LUCID_TRY(const auto range, channels::decode_file_range(request));
    if (!may_write()) return refuse_drive_request(status_access_denied);
    if (file.entry.is_folder) return refuse_drive_request(status_file_is_a_directory);
    if (range.offset > file_bytes_max) return refuse_drive_request(status_invalid_parameter);
    if (const auto paid = grow(file.path, range.offset + range.data.size()); !paid)
        return refuse_drive_request(drive_status_of(paid.error()));
    if (const auto done = folder_->write(file.path, range.offset, range.data); !done)
        return refuse_drive_request(drive_status_of(done.error()));
    file.written_bytes += range.data.size();
    return DriveAnswer{status_success, Writer().u32_le(range.length).u8(0).take()};
}

Result<DriveAnswer> Drive::set_information(const DeviceIoRequest& request, File& file) {
    LUCID_TRY(const auto set, channels::decode_set_information(request));
    if (!may_write()) return refuse_drive_request(status_access_denied);
    Result<void> done;
    switch (set.information_class) {
        case file_basic_information: {
            // Other times and the attributes have no place in a folder of this kind.
            const auto time = channels::decode_last_write_time(set.buffer);
            if (!time) return refuse_drive_request(status_invalid_parameter);
            if (*time > 0 && !file.path.empty())
                done = folder_->set_modified(file.path, static_cast<std::uint64_t>(*time));
            break;
        }
        case file_end_of_file_information:
        case file_allocation_information:
            done = set_size(set, file);
            break;
        case file_rename_information:
            done = rename(set.buffer, file);
            break;
        case file_disposition_information:
            done = dispose(set.buffer, file);
            break;
        default:
            return refuse_drive_request(status_not_supported);
    }
    if (!done) return refuse_drive_request(drive_status_of(done.error()));
    const auto length = static_cast<std::uint32_t>(set.buffer.size());
    return DriveAnswer{status_success, Writer().u32_le(length).u8(0).take()};
}

Result<void> Drive::set_size(const SetInformation& set, const File& file) {
    const auto bytes = Reader(set.buffer).u64_le("EndOfFile");
    if (!bytes) return fail(Errc::bad_length, "EndOfFile");
    if (set.information_class == file_end_of_file_information) {
        LUCID_CHECK(grow(file.path, *bytes));
        return folder_->resize(file.path, *bytes);
    }
    // An allocation (MS-FSCC 2.4.4) cuts a longer file; nothing is set aside for a shorter one.
    LUCID_TRY(const auto entry, folder_->look(file.path));
    if (*bytes >= entry.bytes) return {};
    return folder_->resize(file.path, *bytes);
}

Result<void> Drive::rename(ByteView buffer, const File& file) {
    const auto asked = channels::decode_rename_information(buffer);
    if (!asked || asked->root_directory != 0) return fail(Errc::bad_length, "rename");
    LUCID_TRY(const auto to, drive_path(asked->path));
    if (file.path.empty()) return fail(Errc::refused, "rename of the drive");
    if (!is_new_name(to)) return fail(Errc::bad_value, "new name");
    const auto from = file.path;
    LUCID_CHECK(folder_->rename(from, to, asked->replace));
    changes_.push_back({"renamed", from, to, 0});
    // What is open goes along, in a folder too.
    for (auto& [id, open] : files_)
        if (open.path == from || open.path.starts_with(from + "/"))
            open.path = to + open.path.substr(from.size());
    return {};
}

Result<void> Drive::dispose(ByteView buffer, File& file) {
    // Hosts may leave the buffer out (MS-RDPEFS 2.2.3.3.9): then it is to go.
    const bool goes = buffer.empty() || buffer[0] != 0;
    if (goes && file.path.empty()) return fail(Errc::refused, "removal of the drive");
    if (goes && file.entry.is_folder) {
        LUCID_TRY(const auto content, folder_->list(file.path));
        if (!content.empty())
            return tl::unexpected<Error>(
                Error{make_error_code(std::errc::directory_not_empty), "folder to remove", 0});
    }
    file.goes_with_close = goes;
    return {};
}

Result<DriveAnswer> Drive::close(std::map<std::uint32_t, File>::iterator file) {
    const auto closed = std::move(file->second);
    files_.erase(file);
    if (closed.written_bytes != 0)
        changes_.push_back({"written", closed.path, "", closed.written_bytes});
    if (!closed.goes_with_close) return DriveAnswer{status_success, Bytes(5)};
    if (const auto done = folder_->remove(closed.path); !done)
        return refuse_drive_request(drive_status_of(done.error()));
    changes_.push_back({"removed", closed.path, "", 0});
    return DriveAnswer{status_success, Bytes(5)};
}

}  // namespace lucid::rdp::client

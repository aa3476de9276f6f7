// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder as a drive of the host (MS-RDPEFS 3.2): it may list and read, nothing else. Which files
/// there are is said by a DriveFolder of the driver.

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>

#include <map>
#include <optional>

namespace lucid::rdp::client {

/// Files and folders that the host has open.
inline constexpr std::size_t drive_files_max = 256;
/// Bytes of one read.
inline constexpr std::uint32_t drive_read_bytes_max = 1 << 20;
/// One message of the devices' channel.
inline constexpr std::size_t drive_message_bytes_max = std::size_t{4} << 20;

struct DriveEntry {
    std::string name;  ///< UTF-8, without folders
    bool is_folder = false;
    std::uint64_t bytes = 0;
    std::uint64_t modified_filetime = 0;  ///< 100 ns since 1601
};

/// Paths are UTF-8, relative, with '/' between parts, "" is the folder itself; none has a part "."
/// or "..". Errc::not_found, Errc::refused, or another error of the system.
class DriveFolder {
  public:
    virtual ~DriveFolder() = default;
    virtual Result<DriveEntry> look(const std::string& path) = 0;
    /// Of a folder; without "." and "..".
    virtual Result<std::vector<DriveEntry>> list(const std::string& path) = 0;
    /// At most `bytes`, fewer at the end of the file.
    virtual Result<Bytes> read(const std::string& path, std::uint64_t offset,
                               std::uint32_t bytes) = 0;
};

/// A host's path as one for DriveFolder. Errc::refused: it leaves the folder or is no text.
Result<std::string> drive_path(ByteView utf16);
/// '*' and '?' as in MS-FSCC 2.1.4.4, letters of ASCII without case.
[[nodiscard]] bool matches_pattern(std::string_view name, std::string_view pattern);

class Drive {
  public:
    /// `name`: none: the channel is answered, and nothing is announced.
    Drive(std::string client_name, std::optional<std::string> name, DriveFolder* folder)
        : client_name_(std::move(client_name)), name_(std::move(name)), folder_(folder) {}

    /// One whole channel message; answers go to `out`, news to `events`.
    Result<void> message(ByteView message, Messages& out, std::vector<Event>& events);

  private:
    struct File {
        std::string path;
        DriveEntry entry;
        std::vector<DriveEntry> listing;
        std::size_t listed = 0;
    };
    void announce(Messages& out);
    Result<void> io_request(const proto::channels::RdpdrMessage& message, Messages& out);
    /// Status and parameters of the answer.
    struct Answer {
        std::uint32_t status = 0;
        Bytes parameters;
    };
    Result<Answer> answer(const proto::channels::DeviceIoRequest& request);
    Result<Answer> create(const proto::channels::DeviceIoRequest& request);
    Result<Answer> read(const proto::channels::DeviceIoRequest& request, const File& file);
    Result<Answer> query(const proto::channels::DeviceIoRequest& request, const File& file);
    Result<Answer> query_volume(const proto::channels::DeviceIoRequest& request);
    Result<Answer> query_directory(const proto::channels::DeviceIoRequest& request, File& file);

    std::string client_name_;
    std::optional<std::string> name_;
    DriveFolder* folder_;
    bool waits_for_logon_ = false;
    bool announced_ = false;
    std::map<std::uint32_t, File> files_;
    std::uint32_t next_file_ = 1;
};

}  // namespace lucid::rdp::client

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A folder as a drive of the host (MS-RDPEFS 3.2): it may list and read, and where that is allowed
/// also write, up to a limit. Which files there are is said by a DriveFolder of the driver.

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>

#include <map>
#include <optional>

namespace lucid::rdp::client {

/// Files and folders that the host has open.
inline constexpr std::size_t drive_files_max = 256;
/// Files and folders that the host may make in one connection.
inline constexpr std::size_t drive_created_max = 65536;
/// Bytes of one read.
inline constexpr std::uint32_t drive_read_bytes_max = 1 << 20;
/// A file's name, in bytes of UTF-8, that the host may give.
inline constexpr std::size_t drive_name_bytes_max = 255;
/// One message of the devices' channel; it bounds one write.
inline constexpr std::size_t drive_message_bytes_max = std::size_t{4} << 20;

struct DriveEntry {
    std::string name;  ///< UTF-8, without folders
    bool is_folder = false;
    std::uint64_t bytes = 0;
    std::uint64_t modified_filetime = 0;  ///< 100 ns since 1601
};

struct DriveSpace {
    std::uint64_t bytes = 0;
    std::uint64_t free_bytes = 0;
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
    virtual Result<DriveSpace> space() = 0;

    // The rest is asked for only where the host may write. None has the path "".

    /// Empty. Errc::already_exists: there is something of that name.
    virtual Result<void> create(const std::string& path, bool is_folder) = 0;
    /// All of `data`, over what is there and beyond the file's end.
    virtual Result<void> write(const std::string& path, std::uint64_t offset, ByteView data) = 0;
    /// The rest of a longer file goes, a shorter one gets zeros.
    virtual Result<void> resize(const std::string& path, std::uint64_t bytes) = 0;
    /// Errc::already_exists: without `replace`, or because that is a folder.
    virtual Result<void> rename(const std::string& from, const std::string& to, bool replace) = 0;
    /// A file, or a folder with nothing in it.
    virtual Result<void> remove(const std::string& path) = 0;
    virtual Result<void> set_modified(const std::string& path, std::uint64_t filetime) = 0;
};

/// A host's path as one for DriveFolder. Errc::refused: it leaves the folder or is no text.
Result<std::string> drive_path(ByteView utf16);
/// '*' and '?' as in MS-FSCC 2.1.4.4, letters of ASCII without case.
[[nodiscard]] bool matches_pattern(std::string_view name, std::string_view pattern);
/// Whether a host may give this name to something: what MS-FSCC 2.1.5.2 allows of a path's parts,
/// and no longer than drive_name_bytes_max.
[[nodiscard]] bool is_new_name(std::string_view path);

/// NTSTATUS of an answer ([MS-ERREF] 2.3.1), parameters behind it.
struct DriveAnswer {
    std::uint32_t status = 0;
    Bytes parameters;
};

class Drive {
  public:
    /// `name`: none: the channel is answered, and nothing is announced. `growth_bytes_max`: by how
    /// much the host may make files longer, altogether; none: it may change nothing.
    Drive(std::string client_name, std::optional<std::string> name,
          std::optional<std::uint64_t> growth_bytes_max, DriveFolder* folder)
        : client_name_(std::move(client_name)),
          name_(std::move(name)),
          growth_left_(growth_bytes_max),
          folder_(folder) {}

    /// One whole channel message; answers go to `out`, news to `events`.
    Result<void> message(ByteView message, Messages& out, std::vector<Event>& events);

  private:
    struct File {
        std::string path;
        DriveEntry entry;
        std::vector<DriveEntry> listing;
        std::size_t listed = 0;
        std::uint64_t written_bytes = 0;
        bool goes_with_close = false;
    };
    using Answer = DriveAnswer;
    using Request = proto::channels::DeviceIoRequest;
    [[nodiscard]] bool may_write() const { return growth_left_.has_value(); }
    void announce(Messages& out);
    Result<void> io_request(const proto::channels::RdpdrMessage& message, Messages& out);
    Result<Answer> answer(const Request& request);
    Result<Answer> create(const Request& request);
    Result<Answer> close(std::map<std::uint32_t, File>::iterator file);
    Result<Answer> read(const Request& request, const File& file);
    Result<Answer> query(const Request& request, const File& file);
    Result<Answer> query_volume(const Request& request);
    Result<Answer> query_directory(const Request& request, File& file);

    // drive_changes.cpp
    Result<void> make_or_empty(const proto::channels::CreateRequest& create,
                               const std::string& path, bool exists);
    Result<void> grow(const std::string& path, std::uint64_t to_bytes);
    Result<Answer> write(const Request& request, File& file);
    Result<Answer> set_information(const Request& request, File& file);
    Result<void> set_size(const proto::channels::SetInformation& set, const File& file);
    Result<void> rename(ByteView buffer, const File& file);
    Result<void> dispose(ByteView buffer, File& file);

    std::string client_name_;
    std::optional<std::string> name_;
    std::optional<std::uint64_t> growth_left_;
    std::size_t created_ = 0;
    DriveFolder* folder_;
    bool waits_for_logon_ = false;
    bool announced_ = false;
    std::map<std::uint32_t, File> files_;
    std::uint32_t next_file_ = 1;
    std::vector<DriveChanged> changes_;  ///< of the message at hand
};

}  // namespace lucid::rdp::client

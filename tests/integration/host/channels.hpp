// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FreeRDP's channel servers as objects: each reports what its client does (report.hpp) and offers
/// the actions of the script. Their threads are FreeRDP's.

#include <lucid/common/bytes/reader.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "library.hpp"

namespace lucid::test_host {

class Connection;

/// DisplayControl (MS-RDPEDISP): layouts of the client.
class Display {
  public:
    explicit Display(Connection& connection);
    ~Display();

  private:
    static UINT on_layout(DispServerContext* context,
                          const DISPLAY_CONTROL_MONITOR_LAYOUT_PDU* layout);
    Connection& connection_;
    DispServerContext* context_;
};

/// Drives and printers of the client (MS-RDPEFS), on the plain channel. All calls on the
/// connection's thread.
class Devices {
  public:
    explicit Devices(Connection& connection);
    ~Devices();
    [[nodiscard]] bool drive_known() const { return drive_ != 0; }
    [[nodiscard]] bool printer_known() const { return printer_ != 0; }
    void list(const std::string& path);
    /// Reads up to 64 KiB of it.
    void read(const std::string& path);
    void write(const std::string& path, const std::string& text);
    void remove(const std::string& path);
    void rename(const std::string& from, const std::string& to);
    void make_folder(const std::string& path);
    /// One job.
    void print(const std::string& text);
    /// Takes what has arrived.
    void poll();

  private:
    /// What is to happen with an open file.
    struct Job {
        enum class Kind { list, read, write, print, remove, rename, make_folder } kind{};
        std::string path;
        std::string text;
        std::uint32_t device = 0;
        std::uint32_t file = 0;
        std::uint32_t asked = 0;  ///< MajorFunction that is being answered
    };
    void send(ByteView message);
    void create(Job job, std::uint32_t access, std::uint32_t disposition, std::uint32_t options);
    void request(std::uint32_t completion, std::uint32_t major, std::uint32_t minor,
                 ByteView parameters);
    void close(std::uint32_t completion);
    Result<void> take(ByteView message);
    Result<void> on_devices(Reader& r);
    Result<void> on_completion(Reader& r);
    Result<void> on_opened(std::uint32_t completion, Reader& r);
    Result<void> on_listed(Reader& r);
    void greet();

    Connection& connection_;
    HANDLE handle_ = nullptr;
    std::uint32_t drive_ = 0;
    std::uint32_t printer_ = 0;
    std::map<std::uint32_t, Job> jobs_;
    std::uint32_t next_completion_ = 1;
};

/// The clipboard (MS-RDPECLIP). Formats: text, html, image (24 bits, one colour), png, files.
class Clip {
  public:
    explicit Clip(Connection& connection);
    ~Clip();
    /// Offers it; the client's requests are reported. `text`: RRGGBB of an image; of files "NAME
    /// TEXT": a folder "box" with that file in it.
    void copy(const std::string& format, const std::string& text);
    /// Fetches what the client offers; of files the content too.
    void paste(const std::string& format);

  private:
    static Clip& of(CliprdrServerContext* context);
    static UINT on_list(CliprdrServerContext* context, const CLIPRDR_FORMAT_LIST* list);
    static UINT on_request(CliprdrServerContext* context,
                           const CLIPRDR_FORMAT_DATA_REQUEST* request);
    static UINT on_response(CliprdrServerContext* context,
                            const CLIPRDR_FORMAT_DATA_RESPONSE* response);
    static UINT on_file_request(CliprdrServerContext* context,
                                const CLIPRDR_FILE_CONTENTS_REQUEST* request);
    static UINT on_file_response(CliprdrServerContext* context,
                                 const CLIPRDR_FILE_CONTENTS_RESPONSE* response);
    void take_files(const CLIPRDR_FORMAT_DATA_RESPONSE& response);
    void ask_for_file();

    Connection& connection_;
    CliprdrServerContext* context_;
    std::mutex mutex_;
    std::map<std::string, std::uint32_t> theirs_;  ///< what the client offers
    std::string asked_;
    std::string ours_;
    Bytes data_;
    std::string file_text_;
    struct File {
        std::uint32_t index = 0;
        std::string name;
        std::uint64_t bytes = 0;
    };
    std::vector<File> files_;  ///< of the client, not fetched yet
};

/// Sound to the client (MS-RDPEA), PCM 44100 Hz stereo.
class Sound {
  public:
    explicit Sound(Connection& connection);
    ~Sound();
    /// False until the client has chosen a format.
    bool ready();
    void play(unsigned milliseconds);

  private:
    static void on_activated(RdpsndServerContext* context);
    static UINT on_confirmed(RdpsndServerContext* context, BYTE block, UINT16 timestamp);
    Connection& connection_;
    RdpsndServerContext* context_;
    AUDIO_FORMAT format_{};
    std::mutex mutex_;
    bool ready_ = false;
};

/// A file of AAC frames (ADTS) as sound, past the library, which has no encoder for it: played as
/// soon as the client has agreed. All calls on the connection's thread.
class SoundFile {
  public:
    SoundFile(Connection& connection, const std::string& path);
    ~SoundFile();
    /// Takes what has arrived.
    void poll();

  private:
    void send(Bytes message);
    void play();
    Connection& connection_;
    Bytes content_;
    HANDLE handle_ = nullptr;
    unsigned heard_ = 0;
};

/// Touch of the client (MS-RDPEI): contacts are reported. All calls on the connection's thread.
class Touch {
  public:
    explicit Touch(Connection& connection);
    ~Touch();
    /// The library opens this channel in "the current session", which its own table does not know:
    /// there it becomes that of the thread's connection.
    static WtsApiFunctionTable* table_with_sessions(const WtsApiFunctionTable* table);
    /// Sent past the library, which never takes its client for ready and refuses to.
    void suspend();
    void resume();
    /// Takes what has arrived.
    void poll();

  private:
    void say(std::uint16_t event);
    Connection& connection_;
    RdpeiServerContext* context_;
    HANDLE handle_ = nullptr;
    bool open_ = false;
};

/// Remote programs (MS-RDPERP): handshake, and what the client asks to be started.
class Rail {
  public:
    explicit Rail(Connection& connection);
    ~Rail();
    /// False when the client has no such channel.
    [[nodiscard]] bool open() const { return open_; }

  private:
    Connection& connection_;
    RailServerContext* context_;
    bool open_ = false;
};

}  // namespace lucid::test_host

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One client of the scripted host: FreeRDP's peer, its channels, and the script that drives both.
/// Runs on a thread of its own; FreeRDP's channel threads report and set flags only.

#include <atomic>
#include <memory>

#include "library.hpp"
#include "report.hpp"
#include "script.hpp"

namespace lucid::test_host {

struct HostOptions {
    bool nla = false;
    std::string user;
    std::string password;
    std::string certificate_file;
    std::string key_file;
    /// Read anew for each connection.
    std::string script_file;
};

class Display;
class Clip;
class Devices;
class Sound;
class SoundFile;
class Touch;
class Rail;

class Connection {
  public:
    Connection(const HostOptions& options, int number, freerdp_peer* peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    /// Until the client or the script ends it.
    void run();

    Report& report() { return report_; }
    freerdp_peer* peer() { return peer_; }
    rdpSettings* settings() { return peer_->settings; }
    HANDLE channels() { return channels_; }
    /// As the library counts them.
    DWORD session();
    [[nodiscard]] const HostOptions& options() const { return options_; }

    /// FreeRDP's callbacks.
    bool on_capabilities();
    bool on_post_connect();
    bool on_activate();
    /// A layout that the client asks for; any thread.
    void on_layout(unsigned width, unsigned height);

    void paint(unsigned rgb);
    void resize(unsigned width, unsigned height);
    /// Sends text in a channel and reports what comes back for a while.
    void static_channel(const std::string& name, const std::string& text);
    void dynamic_channel(const std::string& name, const std::string& text);

  private:
    enum class Outcome { done, again, end };
    bool turn();
    bool run_script();
    Outcome perform(const Step& step);
    Outcome perform_session(const Step& step);
    Outcome perform_channel(const Step& step);
    Outcome perform_device(const Step& step);
    Outcome wait(const Step& step);
    bool redirect(const Step& step);
    void send_cookie();
    void read_channels();

    HostOptions options_;
    Report report_;
    freerdp_peer* peer_;
    HANDLE channels_ = nullptr;
    Script script_;
    std::size_t at_ = 0;
    std::chrono::steady_clock::time_point step_since_;
    bool active_ = false;
    unsigned colour_ = 0x204060;
    std::atomic<unsigned> wanted_width_{0};
    std::atomic<unsigned> wanted_height_{0};
    struct OpenChannel {
        std::string name;
        HANDLE handle;
        std::string text;  ///< not sent yet: the client has not answered
    };
    std::vector<OpenChannel> open_;
    std::unique_ptr<Display> display_;
    std::unique_ptr<Devices> devices_;
    std::unique_ptr<Clip> clip_;
    std::unique_ptr<Sound> sound_;
    std::unique_ptr<SoundFile> sound_file_;
    std::unique_ptr<Touch> touch_;
    std::unique_ptr<Rail> rail_;
};

}  // namespace lucid::test_host

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// ExportFiles of another process, over a local channel (docs/design/processes.md, "lucid session
/// export ↔ lucid-pictures"): the asking side is in a jail, what it asks for is checked.

#include <lucid/core/net/frame_channel.hpp>
#include <lucid/sessions/replay/export_files.hpp>

namespace lucid::sessions::replay {

/// Answers until the other side is gone. An error: it said what no exporter says.
Result<void> serve_export(core::net::FrameChannel& channel, ExportFiles& files);

/// The asking side.
class RemoteExportFiles final : public ExportFiles {
  public:
    explicit RemoteExportFiles(core::net::FrameChannel channel) : channel_(std::move(channel)) {}
    Result<void> begin_parts(const std::string& kind) override;
    Result<bool> has(const ExportPiece& piece) override;
    Result<core::net::Fd> create(const ExportPiece& piece) override;
    Result<core::net::Fd> open(const ExportPiece& piece) override;
    Result<void> keep(const ExportPiece& piece) override;

  private:
    struct Answer;
    Result<Answer> ask(const char* op, const ExportPiece& piece, const std::string& kind);
    Result<core::net::Fd> ask_for_file(const char* op, const ExportPiece& piece);

    core::net::FrameChannel channel_;
};

}  // namespace lucid::sessions::replay

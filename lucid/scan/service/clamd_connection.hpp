// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One scan over one connection to clamd, without blocking. Failures are verdicts: `unavailable`
/// with the reason.

#include <lucid/scan/proto/clamd.hpp>
#include <lucid/scan/service/scanner_address.hpp>

namespace lucid::scan::service {

class ClamdConnection {
  public:
    /// Above this no more pieces are wanted.
    static constexpr std::size_t out_bytes_max = 256 * 1024;

    static Result<ClamdConnection> open(const ScannerAddress& to);

    [[nodiscard]] int fd() const { return socket_.get(); }
    /// What to poll for.
    [[nodiscard]] short events() const;
    [[nodiscard]] bool has_room() const { return out_.size() - sent_ < out_bytes_max; }
    /// `bytes` is not empty.
    void piece(ByteView bytes);
    void end();
    /// After poll() saw something: sends and receives. The verdict once it is there.
    std::optional<proto::ScanResult> on_ready();

  private:
    explicit ClamdConnection(core::net::Fd socket);
    /// Nothing while all is well.
    std::optional<proto::ScanResult> send_some();
    std::optional<proto::ScanResult> receive_some();

    core::net::Fd socket_;
    Bytes out_;
    std::size_t sent_ = 0;
    proto::ClamdAnswer answer_;
};

}  // namespace lucid::scan::service

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Scans of one session: numbers them, bounds what is held for them, and says which verdicts let a
/// file pass. Shared by the filters that hold files.

#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>

namespace lucid::rdp::relay {

class ScanDesk {
  public:
    /// Both must outlive the desk.
    ScanDesk(const Policy& policy, Sink& sink) : policy_(policy), sink_(sink) {}

    [[nodiscard]] bool wanted() const { return policy_.scan_files; }
    /// Room for more bytes of held files, of the one budget that the session has
    /// (Policy::scan_bytes_max).
    [[nodiscard]] bool reserve(std::size_t bytes) {
        if (bytes > policy_.scan_bytes_max - held_bytes_) return false;
        held_bytes_ += bytes;
        return true;
    }
    void release(std::size_t bytes) { held_bytes_ -= bytes; }
    /// The verdict comes to Relay::on_verdict() under the number that is given.
    [[nodiscard]] std::uint32_t submit(std::shared_ptr<const Bytes> content) {
        sink_.scan(++last_, std::move(content));
        return last_;
    }
    [[nodiscard]] bool passes(const scan::proto::ScanResult& result) const {
        switch (result.verdict) {
            case scan::proto::Verdict::clean:
                return true;
            case scan::proto::Verdict::infected:
                return false;
            case scan::proto::Verdict::too_large:
                return policy_.scan_too_large_passes;
            case scan::proto::Verdict::unavailable:
            case scan::proto::Verdict::timed_out:
                return policy_.scan_unavailable_passes;
        }
        return false;
    }

  private:
    const Policy& policy_;
    Sink& sink_;
    std::size_t held_bytes_ = 0;
    std::uint32_t last_ = 0;
};

/// The verdict on what is more than may be held.
[[nodiscard]] inline scan::proto::ScanResult too_large_to_hold() {
    return {scan::proto::Verdict::too_large, "more than is held"};
}

}  // namespace lucid::rdp::relay

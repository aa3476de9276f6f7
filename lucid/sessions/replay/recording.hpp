// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recording opened with the owner's key: its events in time order.

#include <lucid/common/crypto/age.hpp>
#include <lucid/sessions/format/bundle.hpp>
#include <lucid/sessions/format/event.hpp>
#include <lucid/sessions/format/manifest.hpp>

namespace lucid::sessions::replay {

struct RecordedEvent {
    format::EventClass event_class{};
    std::uint8_t kind = 0;
    std::uint64_t time_us = 0;
    Bytes payload;
    std::size_t order = 0;  ///< position as sealed
};

struct Recording {
    format::Manifest manifest;
    std::vector<RecordedEvent>
        events;  ///< by time; events of one time in the order they were sealed
};

/// Reads and opens all of it. Verification is `format::verify`'s: call that first.
/// Errc::limit_exceeded above 2 GiB of events.
Result<Recording> open_recording(format::BundleSource& source,
                                 const crypto::age::Identity& identity);

/// Who the recording is of, from the note in its first chunk that opens the manifest's commitment.
/// Errc::refused when the identity is no recipient, Errc::not_found without such a note.
Result<format::Parties> read_parties(format::BundleSource& source,
                                     const crypto::age::Identity& identity);

}  // namespace lucid::sessions::replay

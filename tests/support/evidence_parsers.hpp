// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The readers of the recording format, each with what must hold for whatever it accepts: shared by
/// tests and fuzz targets. A broken promise aborts.

#include <lucid/sessions/format/bundle.hpp>

namespace lucid::test {

/// True when the bytes were accepted.
bool parse_segment_header(ByteView bytes);
bool parse_events(ByteView bytes);
bool parse_chunk(ByteView bytes);
bool parse_manifest(ByteView bytes);
bool parse_receipts(ByteView bytes);
bool parse_anchor_record(ByteView bytes);
bool parse_trust(ByteView bytes);
bool parse_opening_note(ByteView bytes);

/// A bundle from one run of bytes: for each file u8 name length ‖ name ‖ u16 LE length ‖ content.
sessions::format::MemoryBundle bundle_of(ByteView bytes);
Bytes bytes_of(const sessions::format::MemoryBundle& bundle);
/// The verifier, with and without a trust file; never verified, because nobody signed it.
bool parse_bundle(ByteView bytes);

}  // namespace lucid::test

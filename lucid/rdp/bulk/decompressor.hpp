// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The bulk decompression of one direction of a connection: the method is named in each packet
/// (MS-RDPBCGR 3.1.8.3). Contexts are made when first used.
///
///   Decompressor bulk;
///   LUCID_TRY(auto plain, bulk.decompress(update.compression, update.data));

#include <lucid/rdp/bulk/mppc.hpp>
#include <lucid/rdp/bulk/ncrush.hpp>
#include <lucid/rdp/bulk/xcrush.hpp>

#include <memory>

namespace lucid::rdp::bulk {

/// Which history of a Decompressor.
enum class BulkHistory : std::uint8_t { mppc_8k, mppc_64k, ncrush, xcrush_level_2, xcrush };
struct BulkSlice {
    BulkHistory history{};
    HistorySlice slice;
};

class Decompressor {
  public:
    /// `flags`: compressionFlags of a fast-path update or compressedType of a share data header.
    /// The view is valid until the next call. Errc::unsupported: a type above RDP 6.1.
    Result<ByteView> decompress(std::uint8_t flags, ByteView data);

    void save(Writer& w, SavedHistory history = SavedHistory::whole) const;
    Result<void> restore(Reader& r);

    /// HistoryWatch over all histories there are.
    void mark();
    std::vector<BulkSlice> take_slices();
    /// Errc::bad_value: no such history, or outside of it.
    Result<void> patch(const BulkSlice& slice);

  private:
    std::unique_ptr<Mppc> mppc_8k_;
    std::unique_ptr<Mppc> mppc_64k_;
    std::unique_ptr<Ncrush> ncrush_;
    std::unique_ptr<Xcrush> xcrush_;
};

}  // namespace lucid::rdp::bulk

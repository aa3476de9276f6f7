// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/decompressor.hpp>

namespace lucid::rdp::bulk {
namespace {

enum CompressionType : std::uint8_t { type_8k = 0, type_64k = 1, type_rdp6 = 2, type_rdp61 = 3 };
constexpr std::uint8_t any_flag = packet_compressed | packet_at_front | packet_flushed;

template <class T, class... Arguments>
T& made(std::unique_ptr<T>& context, Arguments... arguments) {
    if (!context) context = std::make_unique<T>(arguments...);
    return *context;
}

template <class T>
void save_context(Writer& w, const std::unique_ptr<T>& context, SavedHistory history) {
    w.u8(context ? 1 : 0);
    if (context) context->save(w, history);
}

template <class T, class... Arguments>
Result<void> restore_context(Reader& r, std::unique_ptr<T>& context, Arguments... arguments) {
    LUCID_TRY(const auto present, r.u8("bulk context"));
    if (present > 1) return fail(Errc::bad_value, "bulk context", present);
    context.reset();
    if (present == 0) return {};
    return made(context, arguments...).restore(r);
}

}  // namespace

Result<ByteView> Decompressor::decompress(std::uint8_t flags, ByteView data) {
    if ((flags & any_flag) == 0) return data;
    switch (flags & compression_type_mask) {
        case type_8k:
            return made(mppc_8k_, MppcHistory::rdp4_8k).decompress(flags, data);
        case type_64k:
            return made(mppc_64k_, MppcHistory::rdp5_64k).decompress(flags, data);
        case type_rdp6:
            return made(ncrush_).decompress(flags, data);
        case type_rdp61:
            return made(xcrush_).decompress(flags, data);
        default:
            return fail(Errc::unsupported, "bulk compression type", flags);
    }
}

void Decompressor::save(Writer& w, SavedHistory history) const {
    save_context(w, mppc_8k_, history);
    save_context(w, mppc_64k_, history);
    save_context(w, ncrush_, history);
    save_context(w, xcrush_, history);
}

Result<void> Decompressor::restore(Reader& r) {
    LUCID_CHECK(restore_context(r, mppc_8k_, MppcHistory::rdp4_8k));
    LUCID_CHECK(restore_context(r, mppc_64k_, MppcHistory::rdp5_64k));
    LUCID_CHECK(restore_context(r, ncrush_));
    return restore_context(r, xcrush_);
}

void Decompressor::mark() {
    if (mppc_8k_) mppc_8k_->mark();
    if (mppc_64k_) mppc_64k_->mark();
    if (ncrush_) ncrush_->mark();
    if (xcrush_) xcrush_->mark();
}

std::vector<BulkSlice> Decompressor::take_slices() {
    std::vector<BulkSlice> all;
    const auto take = [&](BulkHistory history, auto* context) {
        if (context == nullptr) return;
        for (auto& slice : context->take_slices()) all.push_back({history, std::move(slice)});
    };
    take(BulkHistory::mppc_8k, mppc_8k_.get());
    take(BulkHistory::mppc_64k, mppc_64k_.get());
    take(BulkHistory::ncrush, ncrush_.get());
    take(BulkHistory::xcrush_level_2, xcrush_ ? &xcrush_->level_2() : nullptr);
    take(BulkHistory::xcrush, xcrush_.get());
    return all;
}

Result<void> Decompressor::patch(const BulkSlice& slice) {
    const auto apply = [&](auto* context) -> Result<void> {
        if (context == nullptr) return fail(Errc::bad_value, "bulk history");
        return context->patch(slice.slice);
    };
    switch (slice.history) {
        case BulkHistory::mppc_8k:
            return apply(mppc_8k_.get());
        case BulkHistory::mppc_64k:
            return apply(mppc_64k_.get());
        case BulkHistory::ncrush:
            return apply(ncrush_.get());
        case BulkHistory::xcrush_level_2:
            return apply(xcrush_ ? &xcrush_->level_2() : nullptr);
        case BulkHistory::xcrush:
            return apply(xcrush_.get());
    }
    return fail(Errc::bad_value, "bulk history");
}

}  // namespace lucid::rdp::bulk

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/picture/state.hpp>

#include <algorithm>

namespace lucid::rdp::picture {
namespace {

void cut(std::vector<std::uint32_t>& lengths, std::size_t bytes) {
    while (bytes > 0) {
        const auto page = std::min(bytes, state_page_bytes_max);
        lengths.push_back(static_cast<std::uint32_t>(page));
        bytes -= page;
    }
}

}  // namespace

void StateWriter::pages(ByteView bytes, std::span<const std::size_t> cuts) {
    std::size_t done = 0;
    for (const auto at : cuts) {
        LUCID_ASSERT(at >= done && at <= bytes.size());
        cut(lengths_, at - done);
        done = at;
    }
    cut(lengths_, bytes.size() - done);
    append(pages_, bytes);
}

void StateWriter::sized_pages(ByteView bytes, std::span<const std::size_t> cuts) {
    fields_.u32_le(static_cast<std::uint32_t>(bytes.size()));
    pages(bytes, cuts);
}

Snapshot StateWriter::take() && {
    Writer head(sizeof(std::uint32_t) + fields_.offset() + pages_.size());
    head.u32_le(static_cast<std::uint32_t>(fields_.offset())).bytes(fields_.view());
    Snapshot snapshot;
    cut(snapshot.pages, head.offset());
    snapshot.pages.insert(snapshot.pages.end(), lengths_.begin(), lengths_.end());
    head.bytes(pages_);
    snapshot.bytes = head.take();
    return snapshot;
}

Result<StateReader> StateReader::open(ByteView snapshot) {
    Reader r(snapshot);
    LUCID_TRY(const auto length, r.u32_le("snapshot fields"));
    LUCID_TRY(const auto fields, r.take(length, "snapshot fields"));
    return StateReader(fields, r.rest());
}

Result<ByteView> StateReader::sized_pages(std::size_t bytes_max, const char* what) {
    LUCID_TRY(const auto length, fields_.u32_le(what));
    if (length > bytes_max) return fail(Errc::limit_exceeded, what, length);
    return pages_.take(length, what);
}

Result<void> StateReader::finish() const {
    LUCID_CHECK(fields_.finish("snapshot fields"));
    return pages_.finish("snapshot pages");
}

}  // namespace lucid::rdp::picture

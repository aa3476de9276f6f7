// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/chunk_writer.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>

namespace lucid::sessions::recorder {

using core::runtime::write_all;

bool ChunkWriter::has_room_for(ByteView segment) const {
    const auto trailer =
        (segments_.size() + 1) * format::trailer_entry_bytes + sizeof(std::uint32_t);
    return !file_.valid() || size_ + segment.size() + trailer <= format::chunk_bytes_max;
}

Result<void> ChunkWriter::open() {
    file_ = core::net::Fd(
        ::open((folder_ + "/open.lchk").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file_.valid()) return fail_errno(errno, "create chunk");
    const auto head = format::encode_chunk_header(id_, static_cast<std::uint32_t>(chunks_.size()),
                                                  leaves_.size());
    LUCID_CHECK(write_all(file_, head, "write chunk"));
    hash_.update(head);
    size_ = head.size();
    return core::runtime::sync_directory(folder_);
}

Result<void> ChunkWriter::append(ByteView segment, const format::SegmentHeader& header) {
    if (!file_.valid()) LUCID_CHECK(open());
    LUCID_CHECK(write_all(file_, segment, "write chunk"));
    hash_.update(segment);
    segments_.push_back({size_, segment.size(), header});
    size_ += segment.size();
    stored_bytes_ += segment.size();
    leaves_.push_back(format::segment_leaf(segment));
    return {};
}

Result<void> ChunkWriter::sync() {
    if (file_.valid() && ::fdatasync(file_.get()) != 0) return fail_errno(errno, "sync chunk");
    return {};
}

Result<void> ChunkWriter::finish() {
    if (!file_.valid()) return {};
    const auto trailer = format::encode_chunk_trailer(segments_);
    LUCID_CHECK(write_all(file_, trailer, "write chunk"));
    hash_.update(trailer);
    LUCID_CHECK(sync());
    const auto hash = hash_.finish();
    if (::rename((folder_ + "/open.lchk").c_str(),
                 (folder_ + "/" + to_hex(hash) + ".lchk").c_str()) != 0)
        return fail_errno(errno, "name chunk");
    LUCID_CHECK(core::runtime::sync_directory(folder_));
    chunks_.push_back({hash, size_ + trailer.size(), leaves_.size() - segments_.size()});
    segments_.clear();
    file_.reset();
    return {};
}

}  // namespace lucid::sessions::recorder

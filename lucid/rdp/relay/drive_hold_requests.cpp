// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/drive_hold.hpp>

#include <algorithm>
#include <iterator>

// The requests of a host that a held file serves.

namespace lucid::rdp::relay {

using namespace proto::channels;
using scan::proto::ScanResult;
using scan::proto::Verdict;

namespace {

constexpr std::uint32_t status_access_denied = 0xc0000022;

DeviceIoRequest decoded(const Bytes& message) {
    // It was decoded when it came.
    return *decode_io_request(*decode_rdpdr_message(message));
}

/// Adds [from, to) to the ranges, joined with what it touches.
void mark(std::map<std::uint64_t, std::uint64_t>& ranges, std::uint64_t from, std::uint64_t to) {
    auto at = ranges.upper_bound(from);
    if (at != ranges.begin() && std::prev(at)->second >= from) --at;
    while (at != ranges.end() && at->first <= to) {
        from = std::min(from, at->first);
        to = std::max(to, at->second);
        at = ranges.erase(at);
    }
    ranges.emplace(from, to);
}

/// What lies behind a new end is written no more.
void cut(std::map<std::uint64_t, std::uint64_t>& ranges, std::uint64_t end) {
    ranges.erase(ranges.lower_bound(end), ranges.end());
    if (!ranges.empty()) {
        auto& last = std::prev(ranges.end())->second;
        last = std::min(last, end);
    }
}

bool same_path(const std::string& a, const std::string& b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

bool DriveHold::takes(const DeviceIoRequest& io) const {
    const auto found = images_.find({io.device, io.file});
    if (found == images_.end()) return false;
    const auto& image = found->second;
    if (image.unheld && image.dirty.empty() && image.queue.empty() && !image.busy()) return false;
    if (io.major == irp_mj_set_information) {
        const auto size = decode_end_of_file(io);
        return size && *size;
    }
    return io.major == irp_mj_read || io.major == irp_mj_write || io.major == irp_mj_close;
}

Result<void> DriveHold::request(const DeviceIoRequest& io, ByteView message, Outbox& out) {
    const Key key{io.device, io.file};
    auto& image = images_.at(key);
    if (io.major == irp_mj_read || io.major == irp_mj_write) {
        LUCID_CHECK(decode_file_range(io));
    }
    image.queue.push_back({io.completion, io.major, to_bytes(message)});
    advance(key, image, out);
    return {};
}

bool DriveHold::serve(const Key& key, Image& image, const Waiting& waiting, Outbox& out) {
    if (image.unheld) {
        if (!image.dirty.empty()) {
            image.flushing = true;
            flush(key, image, out);
            return false;
        }
        if (image.flushing) tell(image, Side::host, too_large_to_hold(), true);
        drop_content(image);
        send_on(waiting, out);
        return true;
    }
    switch (waiting.major) {
        case irp_mj_read:
            return serve_read(key, image, waiting, out);
        case irp_mj_write:
            return serve_write(key, image, waiting, out);
        case irp_mj_close:
            return serve_close(key, image, waiting, out);
        default:
            return serve_size(key, image, waiting, out);
    }
}

bool DriveHold::serve_read(const Key& key, Image& image, const Waiting& waiting, Outbox& out) {
    if (!load(key, image, out)) return false;
    if (image.unheld) return serve(key, image, waiting, out);
    if (!image.refused) {
        if (!judge(image)) return false;
        if (!desk_.passes(*image.result)) {
            const auto result = *image.result;
            give_up(image, Side::client, result);
            // Where no scanner answers, the next read asks again.
            image.refused = result.verdict == Verdict::infected;
            deny(key, waiting, out);
            return true;
        }
    }
    if (image.refused) {
        deny(key, waiting, out);
        return true;
    }
    if (!image.told && !image.content->empty()) tell(image, Side::client, *image.result, true);
    image.told = true;
    const auto range = *decode_file_range(decoded(waiting.message));
    const ByteView all(*image.content);
    const auto from = static_cast<std::size_t>(std::min<std::uint64_t>(range.offset, all.size()));
    const auto part = all.subspan(from, std::min<std::size_t>(range.length, all.size() - from));
    answer(waiting.completion, encode_read_completion(key.first, waiting.completion, part), out,
           true);
    return true;
}

bool DriveHold::serve_write(const Key& key, Image& image, const Waiting& waiting, Outbox& out) {
    if (!image.refused && written_elsewhere(key, image)) {
        sink_.note("file refused", "written by two at once " + image.path);
        deny(key, waiting, out);
        return true;
    }
    if (!load(key, image, out)) return false;
    if (image.unheld) return serve(key, image, waiting, out);
    if (image.refused) {
        deny(key, waiting, out);
        return true;
    }
    const auto io = decoded(waiting.message);
    const auto range = *decode_file_range(io);
    // Beyond what is held the sum could wrap.
    const auto end = range.offset > policy_.scan_bytes_max
                         ? std::uint64_t{policy_.scan_bytes_max} + 1
                         : range.offset + range.length;
    if (end > image.content->size() && !resize(image, end)) {
        on_too_large(image);
        return serve_write(key, image, waiting, out);
    }
    std::copy(range.data.begin(), range.data.end(),
              image.content->begin() + static_cast<std::ptrdiff_t>(range.offset));
    if (range.length > 0) mark(image.dirty, range.offset, end);
    image.result.reset();
    image.told = false;
    answer(waiting.completion, encode_write_completion(key.first, waiting.completion, range.length),
           out, false);
    return true;
}

bool DriveHold::serve_size(const Key& key, Image& image, const Waiting& waiting, Outbox& out) {
    const auto size = *decode_end_of_file(decoded(waiting.message));
    if (image.refused) {
        deny(key, waiting, out);
        return true;
    }
    if (image.loaded && size) {
        if (!resize(image, *size)) {
            on_too_large(image);
            if (image.unheld) return serve(key, image, waiting, out);
            deny(key, waiting, out);
            return true;
        }
        cut(image.dirty, *size);
        image.result.reset();
        image.told = false;
    }
    send_on(waiting, out);
    return true;
}

bool DriveHold::serve_close(const Key& key, Image& image, const Waiting& waiting, Outbox& out) {
    if (!image.dirty.empty()) {
        if (!judge(image)) return false;
        const auto result = *image.result;
        if (desk_.passes(result)) {
            image.flushing = true;
            flush(key, image, out);
            return false;
        }
        give_up(image, Side::host, result);
    }
    if (image.flushing) tell(image, Side::host, *image.result, true);
    if (image.refused) failing_closes_.insert(waiting.completion);
    send_on(waiting, out);
    return true;
}

bool DriveHold::written_elsewhere(const Key& key, const Image& image) const {
    return std::any_of(images_.begin(), images_.end(), [&](const auto& item) {
        return item.first != key && item.first.first == key.first && !item.second.dirty.empty() &&
               same_path(item.second.path, image.path);
    });
}

void DriveHold::send_on(const Waiting& waiting, Outbox& out) const {
    out.push_back({Side::client, waiting.message, true});
}

void DriveHold::answer(std::uint32_t completion, Bytes message, Outbox& out, bool has_body) {
    answered_.push_back(completion);
    out.push_back({Side::host, std::move(message), has_body});
}

void DriveHold::deny(const Key& key, const Waiting& waiting, Outbox& out) {
    answer(waiting.completion,
           encode_io_failure(key.first, waiting.completion, status_access_denied), out, false);
}

}  // namespace lucid::rdp::relay

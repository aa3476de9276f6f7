// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/drive_hold.hpp>

#include <algorithm>

// What a held file goes through; the requests it serves are in drive_hold_requests.cpp.

namespace lucid::rdp::relay {

using namespace proto::channels;
using scan::proto::ScanResult;
using scan::proto::Verdict;

namespace {

/// Of a read behind the end (MS-ERREF 2.3.1).
constexpr std::uint32_t status_end_of_file = 0xc0000011;

}  // namespace

void DriveHold::opened(const Key& key, std::string path, bool is_new) {
    forget(key);
    auto& image = images_[key];
    image.path = std::move(path);
    image.loaded = is_new;
}

void DriveHold::renamed(const Key& key, std::string path) {
    if (const auto found = images_.find(key); found != images_.end())
        found->second.path = std::move(path);
}

void DriveHold::advance(const Key& key, Image& image, Outbox& out) {
    while (!image.queue.empty() && !image.busy()) {
        if (!serve(key, image, image.queue.front(), out)) return;
        image.queue.pop_front();
    }
}

bool DriveHold::load(const Key& key, Image& image, Outbox& out) {
    if (image.loaded || image.unheld || image.refused) return true;
    image.errand = Errand::fetch;
    image.completion = next_completion_++;
    out.push_back({Side::client,
                   encode_read_request(key.first, key.second, image.completion,
                                       image.content->size(), piece_bytes),
                   false});
    return false;
}

bool DriveHold::judge(Image& image) {
    if (image.content->empty()) image.result = ScanResult{Verdict::clean, ""};
    if (image.result) return true;
    image.scan = desk_.submit(image.content);
    return false;
}

void DriveHold::flush(const Key& key, Image& image, Outbox& out) {
    const auto [from, to] = *image.dirty.begin();
    const auto bytes = std::min<std::uint64_t>(to - from, piece_bytes);
    image.errand = Errand::flush;
    image.completion = next_completion_++;
    const auto piece =
        ByteView(*image.content)
            .subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(bytes));
    out.push_back({Side::client,
                   encode_write_request(key.first, key.second, image.completion, from, piece),
                   true});
}

bool DriveHold::expects(const DeviceIoCompletion& completion) const {
    return std::any_of(images_.begin(), images_.end(), [&](const auto& item) {
        return item.first.first == completion.device && item.second.errand != Errand::none &&
               item.second.completion == completion.completion;
    });
}

void DriveHold::completion(const DeviceIoCompletion& completion, Outbox& out) {
    const auto found = std::find_if(images_.begin(), images_.end(), [&](const auto& item) {
        return item.first.first == completion.device && item.second.errand != Errand::none &&
               item.second.completion == completion.completion;
    });
    auto& image = found->second;
    const auto errand = std::exchange(image.errand, Errand::none);
    if (errand == Errand::flush) {
        if (completion.status != 0) {
            give_up(image, Side::host, {Verdict::unavailable, "the client does not write it"});
        } else {
            const auto [from, to] = *image.dirty.begin();
            const auto done = std::min<std::uint64_t>(to - from, piece_bytes);
            image.dirty.erase(image.dirty.begin());
            if (from + done < to) image.dirty.emplace(from + done, to);
        }
        return advance(found->first, image, out);
    }
    const bool at_end = completion.status == status_end_of_file;
    const auto data = at_end ? Result<ByteView>(ByteView()) : decode_read_data(completion);
    if ((completion.status != 0 && !at_end) || !data || data->size() > piece_bytes) {
        give_up(image, Side::client, {Verdict::unavailable, "the client does not give it"});
    } else if (data->empty()) {
        image.loaded = true;
    } else if (const auto old = image.content->size(); resize(image, old + data->size())) {
        std::copy(data->begin(), data->end(),
                  image.content->begin() + static_cast<std::ptrdiff_t>(old));
    } else {
        on_too_large(image);
    }
    advance(found->first, image, out);
}

bool DriveHold::verdict(std::uint32_t id, const ScanResult& result, Outbox& out) {
    const auto found = std::find_if(images_.begin(), images_.end(),
                                    [&](const auto& item) { return item.second.scan == id; });
    if (found == images_.end()) return false;
    found->second.scan = 0;
    found->second.result = result;
    advance(found->first, found->second, out);
    return true;
}

bool DriveHold::resize(Image& image, std::uint64_t bytes) {
    const auto old = image.content->size();
    if (bytes > policy_.scan_bytes_max) return false;
    const auto size = static_cast<std::size_t>(bytes);
    if (size > old && !desk_.reserve(size - old)) {
        // Contents that were read and can be fetched again make room.
        for (auto& [key, other] : images_)
            if (&other != &image && !other.busy() && other.dirty.empty() && other.queue.empty() &&
                other.told)
                drop_content(other);
        if (!desk_.reserve(size - old)) return false;
    }
    if (size < old) desk_.release(old - size);
    image.content->resize(size);
    return true;
}

void DriveHold::drop_content(Image& image) {
    desk_.release(image.content->size());
    image.content = std::make_shared<Bytes>();
    image.loaded = false;
    image.told = image.flushing = false;
    image.result.reset();
}

void DriveHold::on_too_large(Image& image) {
    const bool reads = !image.queue.empty() && image.queue.front().major == irp_mj_read;
    if (!desk_.passes(too_large_to_hold()))
        return give_up(image, reads ? Side::client : Side::host, too_large_to_hold());
    sink_.note("file passes unscanned", image.path);
    image.unheld = true;
    if (image.dirty.empty()) drop_content(image);
}

void DriveHold::give_up(Image& image, Side from, const ScanResult& result) {
    tell(image, from, result, false);
    sink_.note("file refused", to_text(result) + " " + image.path);
    image.dirty.clear();
    drop_content(image);
    image.refused = true;
}

void DriveHold::tell(const Image& image, Side from, const ScanResult& result, bool allowed) const {
    Transfer transfer;
    transfer.allowed = allowed;
    transfer.channel = "rdpdr";
    transfer.from = from;
    transfer.name = image.path;
    transfer.type = "file";
    transfer.size = image.content->size();
    transfer.sha256 = crypto::sha256(*image.content);
    transfer.scan = to_text(result);
    sink_.record(EventClass::channels, EventKind::transfer, as_bytes(transfer_json(transfer)));
}

void DriveHold::forget(const Key& key) {
    const auto found = images_.find(key);
    if (found == images_.end()) return;
    auto& image = found->second;
    if (!image.dirty.empty() || image.busy())
        tell(image, image.dirty.empty() ? Side::client : Side::host,
             {Verdict::unavailable, "it was gone first"}, false);
    desk_.release(image.content->size());
    images_.erase(found);
}

void DriveHold::end() {
    while (!images_.empty()) forget(images_.begin()->first);
}

}  // namespace lucid::rdp::relay

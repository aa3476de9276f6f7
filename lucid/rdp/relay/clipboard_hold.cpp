// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/clipboard_hold.hpp>

#include <algorithm>

namespace lucid::rdp::relay {

using namespace proto::channels;
using scan::proto::ScanResult;
using scan::proto::Verdict;

bool ClipboardHold::request(Side owner, const FileContentsRequest& request, const FileFacts& file,
                            Outbox& out) {
    const Key key{owner, request.index};
    auto& held = held_[key];
    if (held.state == State::unheld) return false;
    if (held.waiting.size() == waiting_max) {
        refuse(other_side(owner), request.stream, out);
        return true;
    }
    held.waiting.push_back(request);
    const bool handed_out = held.state == State::passing && !held.content;
    if (held.state == State::failed || handed_out) {
        held.file = file;
        begin(key, held, out);
    } else if (held.state == State::passing || held.state == State::refused) {
        answer(key, held, out);
    }
    if (held.state != State::unheld) return true;
    held.waiting.clear();
    return false;
}

void ClipboardHold::begin(const Key& key, Held& held, Outbox& out) {
    held.content = std::make_shared<Bytes>();
    held.state = State::fetching;
    if (held.file.size == 0) return scan(held);
    if (held.file.size.value_or(0) <= policy_.scan_bytes_max) return fetch_more(key, held, out);
    if (desk_.passes(too_large_to_hold()))
        pass_unscanned(held);
    else
        decide(key, held, too_large_to_hold(), out);
}

void ClipboardHold::pass_unscanned(Held& held) {
    sink_.note("file passes unscanned", held.file.name);
    held.state = State::unheld;
    drop_content(held);
}

bool ClipboardHold::expects(Side owner, std::uint32_t stream) const {
    return std::any_of(held_.begin(), held_.end(), [&](const auto& item) {
        return item.first.first == owner && item.second.state == State::fetching &&
               item.second.stream == stream;
    });
}

void ClipboardHold::fetch_more(const Key& key, Held& held, Outbox& out) {
    held.stream = next_stream_++;
    held.asked = std::min(fetch_bytes_max, policy_.clipboard_bytes_max);
    // Some owners fail a request that goes beyond the end.
    if (held.file.size)
        held.asked = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(held.asked, *held.file.size - held.content->size()));
    FileContentsRequest piece;
    piece.stream = held.stream;
    piece.index = key.second;
    piece.flags = file_contents_range;
    piece.position = held.content->size();
    piece.bytes = held.asked;
    out.push_back({key.first, encode_file_contents_request(piece), false});
}

void ClipboardHold::response(Side owner, std::uint32_t stream, bool failed, ByteView body,
                             Outbox& out) {
    const auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& item) {
        return item.first.first == owner && item.second.state == State::fetching &&
               item.second.stream == stream;
    });
    const auto& key = found->first;
    auto& held = found->second;
    if (failed || body.size() > held.asked)
        return decide(key, held, {Verdict::unavailable, "its owner does not give it"}, out);
    if (!reserve(body.size())) return decide(key, held, too_large_to_hold(), out);
    append(*held.content, body);
    const bool whole = held.file.size ? held.content->size() >= *held.file.size || body.empty()
                                      : body.size() < held.asked;
    if (!whole) return fetch_more(key, held, out);
    scan(held);
}

void ClipboardHold::scan(Held& held) {
    held.state = State::scanning;
    held.scan = desk_.submit(held.content);
}

void ClipboardHold::owner_failed(Side owner, Outbox& out) {
    for (auto& [key, held] : held_)
        if (key.first == owner && held.state == State::fetching)
            decide(key, held, {Verdict::unavailable, "its owner does not give it"}, out);
}

bool ClipboardHold::verdict(std::uint32_t id, const ScanResult& result, Outbox& out) {
    const auto found = std::find_if(held_.begin(), held_.end(), [&](const auto& item) {
        return item.second.state == State::scanning && item.second.scan == id;
    });
    if (found == held_.end()) return false;
    decide(found->first, found->second, result, out);
    return true;
}

void ClipboardHold::decide(const Key& key, Held& held, const ScanResult& result, Outbox& out) {
    // What was not fetched whole cannot be handed out from here, whatever policy says.
    const bool whole = held.state == State::scanning;
    const bool passes = desk_.passes(result);
    if (!whole && passes && result.verdict == Verdict::too_large) {
        // Those that wait fail; asked for again, pieces go from owner to taker.
        pass_unscanned(held);
        return answer(key, held, out);
    }
    const bool allowed = whole && passes;
    tell(key, held, result, allowed);
    if (allowed) {
        held.state = State::passing;
        return answer(key, held, out);
    }
    sink_.note("clipboard refused", std::string(direction_name(key.first)) + " " + to_text(result) +
                                        " " + held.file.name);
    const bool final = result.verdict == Verdict::infected || result.verdict == Verdict::too_large;
    held.state = final ? State::refused : State::failed;
    drop_content(held);
    answer(key, held, out);
}

void ClipboardHold::answer(const Key& key, Held& held, Outbox& out) {
    const Side taker = other_side(key.first);
    for (const auto& request : held.waiting) {
        if (!held.content) {
            refuse(taker, request.stream, out);
            continue;
        }
        const ByteView all(*held.content);
        const auto from =
            static_cast<std::size_t>(std::min<std::uint64_t>(request.position, all.size()));
        const auto part =
            all.subspan(from, std::min<std::size_t>(request.bytes, all.size() - from));
        Writer w(part.size() + 4);
        w.u32_le(request.stream).bytes(part);
        out.push_back(
            {taker, encode_clip_message(ClipType::file_contents_response, cb_response_ok, w.view()),
             true});
    }
    held.waiting.clear();
}

void ClipboardHold::drop_content(Held& held) {
    if (!held.content) return;
    desk_.release(held.content->size());
    held.content.reset();
}

bool ClipboardHold::reserve(std::size_t bytes) {
    if (desk_.reserve(bytes)) return true;
    for (auto& [key, held] : held_)
        if (held.state == State::passing) drop_content(held);
    return desk_.reserve(bytes);
}

void ClipboardHold::refuse(Side taker, std::uint32_t stream, Outbox& out) const {
    Writer w;
    w.u32_le(stream);
    out.push_back(
        {taker, encode_clip_message(ClipType::file_contents_response, cb_response_fail, w.view()),
         false});
}

void ClipboardHold::tell(const Key& key, const Held& held, const ScanResult& result,
                         bool allowed) const {
    Transfer transfer;
    transfer.allowed = allowed;
    transfer.channel = "cliprdr";
    transfer.from = key.first;
    transfer.name = held.file.name;
    transfer.type = "file";
    transfer.size = held.content->size();
    transfer.sha256 = crypto::sha256(*held.content);
    transfer.scan = to_text(result);
    sink_.record(EventClass::channels, EventKind::transfer, as_bytes(transfer_json(transfer)));
}

void ClipboardHold::forget(Side owner, Outbox& out) {
    for (auto item = held_.begin(); item != held_.end();) {
        if (item->first.first != owner) {
            ++item;
            continue;
        }
        auto& held = item->second;
        for (const auto& request : held.waiting) refuse(other_side(owner), request.stream, out);
        drop_content(held);
        item = held_.erase(item);
    }
}

void ClipboardHold::end() {
    for (const auto& [key, held] : held_)
        if (held.state == State::fetching || held.state == State::scanning)
            tell(key, held, {Verdict::unavailable, "the session ended first"}, false);
    held_.clear();
}

}  // namespace lucid::rdp::relay

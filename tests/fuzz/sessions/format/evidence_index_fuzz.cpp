// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/sessions/format/index.hpp>

#include <algorithm>

namespace format = lucid::sessions::format;

/// The first byte says which event of an index it is. Oracle: what is accepted and has one form is
/// written as it was read; pages have the sizes that were said.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const lucid::ByteView payload(data + 1, size - 1);
    const auto same = [&](const lucid::Bytes& again) {
        LUCID_ASSERT(std::equal(again.begin(), again.end(), payload.begin(), payload.end()));
    };
    switch (data[0]) {
        case format::kind_pages:
            if (const auto group = format::decode_page_group(payload))
                LUCID_ASSERT(group->pages.size() == format::peek_page_group(payload)->count);
            break;
        case format::kind_keyframe:
            if (const auto keyframe = format::decode_keyframe(payload))
                same(format::encode_keyframe(*keyframe));
            break;
        case format::kind_history:
            (void)format::HistoryReader().add(payload);
            break;
        case format::kind_activity:
            if (const auto activity = format::decode_activity(payload))
                same(format::encode_activity(*activity));
            break;
        case format::kind_index_map:
            if (const auto map = format::decode_index_map(payload))
                if (const auto again = format::encode_index_map(*map)) same(*again);
            break;
        case format::kind_spans:
            if (const auto spans = format::decode_spans(payload))
                same(format::encode_spans(spans->keyframe_us, spans->spans));
            break;
        default:
            break;
    }
    return 0;
}

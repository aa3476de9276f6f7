// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/relay/html_cleaner.hpp>

/// Oracle: cleaning again changes nothing, and of elements that act none is left.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid::rdp::relay;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto once = clean_html(text);
    LUCID_ASSERT(clean_html(once) == once);
    for (const auto* tag : {"<script", "<style", "<img", "<iframe", "<object", "<svg", "<!--"})
        LUCID_ASSERT(once.find(tag) == std::string::npos);
    const auto whole = clean_clipboard_html(text);
    LUCID_ASSERT(whole.find("<script") == std::string::npos);
    return 0;
}

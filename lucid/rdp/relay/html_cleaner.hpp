// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// HTML from a clipboard without anything that acts: an allow-list of elements and attributes,
/// written anew, so that nothing of the sender's spelling is left to be parsed in two ways. Not a
/// browser: what it does not know is text or gone.

#include <lucid/common/bytes/bytes.hpp>

#include <string>
#include <string_view>

namespace lucid::rdp::relay {

/// Elements are closed in order; scripts, styles, frames, objects and comments go with their
/// content; links keep http, https and mailto; pictures and everything else that would be fetched
/// go.
[[nodiscard]] std::string clean_html(std::string_view html);

/// The same for the clipboard format "HTML Format" (Microsoft, "HTML Clipboard Format"): the
/// fragment that its header names, under a header made anew. Something without such a header is
/// cleaned as a bare fragment.
[[nodiscard]] std::string clean_clipboard_html(std::string_view cf_html);

}  // namespace lucid::rdp::relay

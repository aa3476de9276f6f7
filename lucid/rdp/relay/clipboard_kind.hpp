// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a clipboard format holds (MS-RDPECLIP 1.3.1.1.2; Windows "Standard Clipboard Formats" and
/// the registered names that clients use).

#include <lucid/rdp/relay/policy.hpp>

namespace lucid::rdp::relay {

enum class ClipboardKind {
    text,
    html,  ///< CF_HTML or a bare fragment; cleaned before it passes
    image,
    files,
    other,  ///< RTF, OLE objects and all that nobody here can read
};

[[nodiscard]] ClipboardKind clipboard_kind(std::uint32_t id, std::string_view name);
[[nodiscard]] const char* to_text(ClipboardKind kind);
[[nodiscard]] bool allows(const Policy& policy, ClipboardKind kind);

}  // namespace lucid::rdp::relay

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which files may cross, by name: for clipboard and drives alike.

#include <lucid/rdp/relay/policy.hpp>

namespace lucid::rdp::relay {

/// `path` is UTF-8 with either kind of slash; its last part is judged, as Windows would see it:
/// case of ASCII letters, trailing dots and blanks do not count, and of a stream ("a.txt:b") every
/// part must be allowed. Denied patterns win; without allowed patterns everything else passes.
[[nodiscard]] bool allows_file_name(const Policy& policy, std::string_view path);

/// `*` any run, `?` any one byte; ASCII case does not count.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace lucid::rdp::relay

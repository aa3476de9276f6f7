// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/scan/proto/clamd.hpp>

namespace lucid::scan::proto {
namespace {

/// A command in its `z` form, whose answer ends with NUL as well.
Bytes command(std::string_view name) {
    Bytes out = {'z'};
    append(out, as_bytes(name));
    out.push_back(0);
    return out;
}

ByteArray<4> big_endian(std::uint32_t value) {
    return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
            static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

}  // namespace

Bytes clamd_scan_begin() {
    return command("INSTREAM");
}

ByteArray<4> clamd_piece_head(std::uint32_t bytes) {
    LUCID_ASSERT(bytes > 0);
    return big_endian(bytes);
}

ByteArray<4> clamd_scan_end() {
    return big_endian(0);
}

Bytes clamd_ping() {
    return command("PING");
}

Bytes clamd_version() {
    return command("VERSION");
}

Result<std::optional<std::string>> ClamdAnswer::take(ByteView bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (bytes[i] == 0) {
            if (i + 1 != bytes.size())
                return fail(Errc::trailing_bytes, "scanner answer", bytes.size() - i - 1);
            return std::optional(std::move(text_));
        }
        if (text_.size() == bytes_max)
            return fail(Errc::limit_exceeded, "scanner answer", bytes_max);
        text_.push_back(static_cast<char>(bytes[i]));
    }
    return std::optional<std::string>();
}

ScanResult decode_scan_answer(std::string_view answer) {
    constexpr std::string_view head = "stream: ";
    constexpr std::string_view found = " FOUND";
    constexpr std::string_view size_limit = "INSTREAM size limit exceeded";
    if (answer.starts_with(size_limit))
        return {Verdict::too_large, "the scanner takes no more (StreamMaxLength)"};
    if (answer.starts_with(head)) {
        const auto rest = answer.substr(head.size());
        if (rest == "OK") return {Verdict::clean, ""};
        if (rest.size() > found.size() && rest.ends_with(found))
            return {Verdict::infected, scan_name(rest.substr(0, rest.size() - found.size()))};
    }
    return {Verdict::unavailable, scan_name(answer)};
}

}  // namespace lucid::scan::proto

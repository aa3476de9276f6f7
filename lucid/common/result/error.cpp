// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/error.hpp>

#include <fmt/format.h>

namespace lucid {
namespace {

class ErrcCategory final : public std::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return "lucid"; }
    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<Errc>(value)) {
            case Errc::truncated:
                return "truncated";
            case Errc::trailing_bytes:
                return "trailing bytes";
            case Errc::bad_magic:
                return "wrong constant";
            case Errc::bad_version:
                return "unknown version";
            case Errc::bad_length:
                return "contradictory length";
            case Errc::bad_value:
                return "value out of range";
            case Errc::not_canonical:
                return "not canonical";
            case Errc::limit_exceeded:
                return "limit exceeded";
            case Errc::not_found:
                return "not found";
            case Errc::already_exists:
                return "already exists";
            case Errc::bad_signature:
                return "bad signature";
            case Errc::bad_mac:
                return "authentication failed";
            case Errc::hash_mismatch:
                return "hash mismatch";
            case Errc::refused:
                return "refused";
            case Errc::unsupported:
                return "not supported";
            case Errc::timed_out:
                return "timed out";
            case Errc::canceled:
                return "canceled";
            case Errc::peer_closed:
                return "closed by peer";
            case Errc::io_failed:
                return "input/output failed";
            case Errc::internal:
                return "internal error";
        }
        return "unknown error";
    }
};

}  // namespace

const std::error_category& errc_category() noexcept {
    static const ErrcCategory category;
    return category;
}

std::string Error::message() const {
    std::string text =
        context[0] != '\0' ? fmt::format("{}: {}", context, code.message()) : code.message();
    if (offset != 0) text += fmt::format(" (at {})", offset);
    return text;
}

}  // namespace lucid

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Strict JSON for evidence: RFC 8785 canonical text in, canonical text out. Private to this
/// folder's .cpp files.

#include <lucid/common/bytes/encoding.hpp>

#include <nlohmann/json.hpp>

namespace lucid::sessions::format::detail {

using Json = nlohmann::json;

/// What we write holds ASCII keys, strings, booleans and integers below 2^53: for these, sorted
/// keys without white space is RFC 8785.
[[nodiscard]] inline std::string canonical(const Json& json) {
    return json.dump();
}

/// Errc::not_canonical unless `text` is exactly canonical(parse(text)): no duplicate keys, no white
/// space, no other spelling of a value.
inline Result<Json> parse_canonical(ByteView text, const char* what) {
    auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded() || !json.is_object()) return fail(Errc::bad_value, what);
    if (canonical(json) != as_text(text)) return fail(Errc::not_canonical, what);
    return json;
}

/// Takes fields out of an object; finish() fails on what nobody asked for.
class Fields {
  public:
    Fields(const Json& json, const char* what) : json_(json), what_(what) {}

    Result<std::string> text(const char* name) {
        LUCID_TRY(const auto* value, get(name));
        if (!value->is_string()) return fail(Errc::bad_value, name);
        return value->get<std::string>();
    }
    Result<std::uint64_t> number(const char* name) {
        LUCID_TRY(const auto* value, get(name));
        if (!value->is_number_unsigned()) return fail(Errc::bad_value, name);
        const auto number = value->get<std::uint64_t>();
        if (number >> 53 != 0) return fail(Errc::bad_value, name);
        return number;
    }
    Result<bool> boolean(const char* name) {
        LUCID_TRY(const auto* value, get(name));
        if (!value->is_boolean()) return fail(Errc::bad_value, name);
        return value->get<bool>();
    }
    Result<Bytes> hex(const char* name) {
        LUCID_TRY(const auto value, text(name));
        const auto bytes = from_hex(value);
        if (!bytes || to_hex(*bytes) != value) return fail(Errc::bad_value, name);
        return *bytes;
    }
    template <std::size_t N>
    Result<ByteArray<N>> hex_array(const char* name) {
        LUCID_TRY(const auto bytes, hex(name));
        if (bytes.size() != N) return fail(Errc::bad_length, name, bytes.size());
        ByteArray<N> out;
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    }
    Result<const Json*> array(const char* name) {
        LUCID_TRY(const auto* value, get(name));
        if (!value->is_array()) return fail(Errc::bad_value, name);
        return value;
    }
    Result<const Json*> object(const char* name) {
        LUCID_TRY(const auto* value, get(name));
        if (!value->is_object()) return fail(Errc::bad_value, name);
        return value;
    }
    /// Errc::trailing_bytes when a field was not asked for.
    Result<void> finish() const {
        if (taken_ != json_.size()) return fail(Errc::trailing_bytes, what_, json_.size());
        return {};
    }

  private:
    Result<const Json*> get(const char* name) {
        const auto found = json_.find(name);
        if (found == json_.end()) return fail(Errc::not_found, name);
        ++taken_;
        return &*found;
    }
    const Json& json_;
    const char* what_;
    std::size_t taken_ = 0;
};

}  // namespace lucid::sessions::format::detail

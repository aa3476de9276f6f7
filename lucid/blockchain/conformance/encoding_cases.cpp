// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/state/trie.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <gmp.h>

// RLP, tries, ABI.

namespace lucid::blockchain::conformance {
namespace {

using proto::rlp::Decoder;
using proto::rlp::Encoder;

/// "#123…" as big-endian bytes, of any length.
Bytes big_integer(const std::string& digits) {
    mpz_t value;
    mpz_init(value);
    const bool good = mpz_set_str(value, digits.c_str(), 10) == 0;
    Bytes out((mpz_sizeinbase(value, 2) + 7) / 8);
    std::size_t written = 0;
    mpz_export(out.data(), &written, 1, 1, 1, 0, value);
    mpz_clear(value);
    if (!good) throw BadTest("not a number");
    out.resize(written);
    return out;
}

Bytes encode(const Json& value) {
    Encoder e;
    if (value.is_array()) {
        for (const auto& item : value) e.raw(encode(item));
        return e.list();
    }
    if (value.is_number_unsigned())
        e.integer(value.get<std::uint64_t>());
    else if (const auto text = value.get<std::string>(); text.starts_with("#"))
        e.bytes(big_integer(text.substr(1)));
    else
        e.bytes(as_bytes(text));
    return e.items();
}

constexpr int depth_max = 1024;

/// Every item of a sequence can be read, to the innermost list.
bool is_well_formed(Decoder d, int depth) {
    if (depth > depth_max) return false;
    while (!d.empty()) {
        if (d.next_is_list()) {
            const auto inner = d.sublist("list");
            if (!inner || !is_well_formed(*inner, depth + 1)) return false;
        } else if (!d.bytes("item")) {
            return false;
        }
    }
    return true;
}

/// Exactly one item, and nothing behind it.
bool is_one_item(ByteView bytes) {
    Decoder d(bytes);
    return d.raw("item") && d.empty() && is_well_formed(Decoder(bytes), 0);
}

Bytes raw_or_hex(const std::string& text) {
    if (text.starts_with("0x")) return data(Json(text));
    return to_bytes(as_bytes(text));
}

void check_neighbours(const std::string& name, const Json& test, const CaseContext& context) {
    state::TrieItems items;
    for (const auto& key : test["in"]) items[to_bytes(as_bytes(key.get<std::string>()))] = Bytes{1};
    bool good = true;
    for (const auto& row : test["tests"]) {
        const auto key = to_bytes(as_bytes(row[0].get<std::string>()));
        const auto after = items.upper_bound(key);
        auto before = items.lower_bound(key);
        const auto next = after == items.end() ? "" : std::string(as_text(after->first));
        const auto previous =
            before == items.begin() ? "" : std::string(as_text((--before)->first));
        good = good && previous == row[1].get<std::string>() && next == row[2].get<std::string>();
    }
    context.report.check("trie", name, good, "order of keys");
}

/// Contract ABI encoding of the four kinds of arguments that the tests have.
struct AbiPart {
    Bytes head;
    std::optional<Bytes> tail;
};

Bytes word(const Uint256& value) {
    const auto bytes = value.to_be();
    return {bytes.begin(), bytes.end()};
}
Bytes padded_right(Bytes bytes) {
    bytes.resize((bytes.size() + 31) / 32 * 32);
    return bytes;
}

AbiPart encode_argument(const std::string& type, const Json& value) {
    if (type.ends_with("[]")) {
        auto tail = word(value.size());
        for (const auto& item : value) append(tail, word(number(item)));
        return {{}, tail};
    }
    if (type == "bytes") {
        const auto text = value.get<std::string>();
        auto tail = word(text.size());
        append(tail, padded_right(to_bytes(as_bytes(text))));
        return {{}, tail};
    }
    if (type.starts_with("bytes"))
        return {padded_right(to_bytes(as_bytes(value.get<std::string>()))), std::nullopt};
    return {word(number(value)), std::nullopt};
}

Bytes encode_arguments(const Json& types, const Json& args) {
    std::vector<AbiPart> parts;
    for (std::size_t i = 0; i < types.size(); ++i)
        parts.push_back(encode_argument(types[i].get<std::string>(), args[i]));
    Bytes heads;
    Bytes tails;
    for (const auto& part : parts) {
        if (!part.tail) {
            append(heads, part.head);
            continue;
        }
        append(heads, word(parts.size() * 32 + tails.size()));
        append(tails, *part.tail);
    }
    append(heads, tails);
    return heads;
}

}  // namespace

void run_rlp_case(const std::string& name, const Json& test, const CaseContext& context) {
    const auto& in = test["in"];
    const auto out = data(test["out"]);
    if (in == "VALID") return context.report.check("rlp", name, is_one_item(out), "refused");
    if (in == "INVALID") return context.report.check("rlp", name, !is_one_item(out), "accepted");
    context.report.check("rlp", name, encode(in) == out && is_one_item(out), "encoding");
}

void run_trie_case(const std::string& name, const Json& test, const CaseContext& context) {
    if (test.contains("tests")) return check_neighbours(name, test, context);
    const bool secure = context.file.find("secure") != std::string::npos;
    state::TrieItems items;
    const auto put = [&](const std::string& raw, const Json& value) {
        auto key = raw_or_hex(raw);
        if (secure) {
            const auto hash = crypto::keccak256(key);
            key.assign(hash.begin(), hash.end());
        }
        if (value.is_null())
            items.erase(key);
        else
            items[key] = raw_or_hex(value.get<std::string>());
    };
    if (test["in"].is_array())
        for (const auto& pair : test["in"]) put(pair[0].get<std::string>(), pair[1]);
    else
        for (const auto& [key, value] : test["in"].items()) put(key, value);
    context.report.check("trie", name, state::trie_root(items) == fixed<32>(test["root"]), "root");
}

void run_abi_case(const std::string& name, const Json& test, const CaseContext& context) {
    context.report.check("abi", name,
                         encode_arguments(test["types"], test["args"]) == data(test["result"]),
                         "encoding");
}

}  // namespace lucid::blockchain::conformance

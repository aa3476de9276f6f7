// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Recursive Length Prefix (Ethereum Yellow Paper, Appendix B). Decoding is strict: only the one
/// canonical encoding of a value is accepted.

#include <lucid/blockchain/proto/uint256.hpp>
#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <algorithm>
#include <vector>

namespace lucid::blockchain::proto::rlp {

/// Builds one list, or a sequence of items.
class Encoder {
  public:
    Encoder& bytes(ByteView value);
    Encoder& integer(std::uint64_t value);
    Encoder& integer(const Uint256& value);
    /// An item that is encoded already.
    Encoder& raw(ByteView encoded);
    /// The items so far as a list.
    [[nodiscard]] Bytes list() const;
    [[nodiscard]] const Bytes& items() const { return items_; }

  private:
    Bytes items_;
};

/// RLP of a byte string.
[[nodiscard]] Bytes encode_bytes(ByteView value);
[[nodiscard]] Bytes encode_list(ByteView items);

/// Walks the items of one list (or a plain sequence).
class Decoder {
  public:
    explicit Decoder(ByteView items) : rest_(items) {}
    /// The whole input must be exactly one list.
    static Result<Decoder> list(ByteView encoded, const char* field);

    Result<ByteView> bytes(const char* field);
    template <std::size_t N>
    Result<ByteArray<N>> array(const char* field) {
        LUCID_TRY(const auto value, bytes(field));
        if (value.size() != N) return fail(Errc::bad_length, field, value.size());
        ByteArray<N> out;
        std::copy(value.begin(), value.end(), out.begin());
        return out;
    }
    Result<std::uint64_t> u64(const char* field);
    Result<Uint256> u256(const char* field);
    Result<Decoder> sublist(const char* field);
    /// The next item with its prefix, whatever it is.
    Result<ByteView> raw(const char* field);
    [[nodiscard]] bool next_is_list() const { return !rest_.empty() && rest_[0] >= 0xc0; }
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    Result<void> finish(const char* field) const;

  private:
    struct Item {
        ByteView payload;
        ByteView whole;
        bool is_list = false;
    };
    Result<Item> next(const char* field);
    ByteView rest_;
};

}  // namespace lucid::blockchain::proto::rlp

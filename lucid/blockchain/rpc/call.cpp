// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call.hpp>

namespace lucid::blockchain::rpc {
namespace {

constexpr std::size_t hash_text_size = 66;  ///< "0x" and 64 digits

std::optional<std::uint64_t> height_of_hash(const Call& call, const Json& hash) {
    const auto number = call.chain.blocks().number_of(hash_param(hash, "blockHash"));
    return number ? std::optional(*number) : std::nullopt;
}

}  // namespace

const Json& Call::at(std::size_t index, const char* what) const {
    if (!params.is_array() || params.size() <= index)
        throw RpcError{rpc_invalid_params, "missing value for required argument " +
                                               std::to_string(index) + " (" + what + ")"};
    return params[index];
}

void Call::check_time() const {
    if (clock() > deadline) throw RpcError{rpc_timeout, "request timed out"};
}

std::optional<std::uint64_t> height_of(const Call& call, const Json& tag) {
    const auto head = call.chain.height();
    if (tag.is_null()) return head;
    if (tag.is_object()) {  // EIP-1898
        if (tag.contains("blockNumber") && tag.contains("blockHash"))
            throw RpcError{
                rpc_invalid_params,
                "cannot specify both BlockHash and BlockNumber, choose one or the other"};
        return tag.contains("blockNumber") ? height_of(call, tag["blockNumber"])
                                           : height_of_hash(call, tag.value("blockHash", Json()));
    }
    // Every block here is final once it is there.
    if (tag == "latest" || tag == "pending" || tag == "safe" || tag == "finalized") return head;
    if (tag == "earliest") return 0;
    if (tag.is_string() && tag.get_ref<const std::string&>().size() == hash_text_size)
        return height_of_hash(call, tag);
    const auto number = quantity_param(tag, "block");
    return number <= head ? std::optional(number) : std::nullopt;
}

std::optional<StoredBlock> block_at(const Call& call, std::uint64_t number) {
    auto block = call.chain.blocks().block(number);
    return block ? std::optional(std::move(*block)) : std::nullopt;
}

StoredBlock known_block(const Call& call, const Json& tag) {
    const auto height = height_of(call, tag);
    auto block = height ? block_at(call, *height) : std::nullopt;
    if (!block) throw RpcError{rpc_server_error, "block not found"};
    return std::move(*block);
}

StateView state_for(const Call& call, const Json& tag) {
    const auto height = height_of(call, tag);
    if (!height) throw RpcError{rpc_server_error, "header not found"};
    auto view = call.chain.state_at(*height);
    if (!view && view.error().code == make_error_code(Errc::refused))
        throw RpcError{rpc_server_error,
                       "historical state is not available: this node keeps it from block " +
                           std::to_string(view.error().offset) + " on (chain.history_blocks)"};
    return value_or_throw(std::move(view));
}

}  // namespace lucid::blockchain::rpc

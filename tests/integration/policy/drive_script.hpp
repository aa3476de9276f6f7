// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What host and client say of one file on the client's drive: device 1, file 55, ids of
/// completions by kind of request.

#include "vector.hpp"

namespace lucid::test {

inline constexpr std::uint32_t access_denied = 0xc0000022;
inline constexpr std::uint32_t file_id = 55;
inline constexpr std::uint32_t completion_of_create = 7;
inline constexpr std::uint32_t completion_of_data = 8;
inline constexpr std::uint32_t completion_of_rename = 9;
inline constexpr std::uint32_t completion_of_close = 10;

inline Steps announced() {
    return {client(announce({drive})).passes()};
}
inline Steps opened(std::string_view path, std::uint32_t disposition = 1,
                    std::uint8_t information = 1) {
    return {host(io_request(1, 0, completion_of_create, 0, create_parameters(path, disposition)))
                .passes(),
            client(io_completion(1, completion_of_create, 0,
                                 Writer().u32_le(file_id).u8(information).take()))
                .passes()};
}
inline Bytes read_request(std::uint32_t bytes, std::uint64_t offset = 0,
                          std::uint32_t completion = completion_of_data) {
    return io_request(1, file_id, completion, 3,
                      Writer().u32_le(bytes).u64_le(offset).zeros(20).take());
}
inline Bytes read_answer(ByteView data, std::uint32_t completion = completion_of_data) {
    return io_completion(
        1, completion, 0,
        Writer().u32_le(static_cast<std::uint32_t>(data.size())).bytes(data).take());
}
inline Bytes write_request(ByteView data, std::uint64_t offset = 0,
                           std::uint32_t completion = completion_of_data) {
    return io_request(1, file_id, completion, 4,
                      Writer()
                          .u32_le(static_cast<std::uint32_t>(data.size()))
                          .u64_le(offset)
                          .zeros(20)
                          .bytes(data)
                          .take());
}
inline Bytes write_answer(std::size_t bytes, std::uint32_t completion = completion_of_data) {
    return io_completion(1, completion, 0,
                         Writer().u32_le(static_cast<std::uint32_t>(bytes)).u8(0).take());
}
inline Bytes close_request() {
    return io_request(1, file_id, completion_of_close, 2, Bytes(32));
}
inline Bytes close_answer(std::uint32_t status = 0) {
    return io_completion(1, completion_of_close, status, Bytes(5));
}
inline Steps read_whole(ByteView body) {
    return {host(read_request(static_cast<std::uint32_t>(body.size()))).passes(),
            client(read_answer(body)).passes()};
}
inline Steps written(ByteView body) {
    return {host(write_request(body)).passes(), client(write_answer(body.size())).passes()};
}
inline Steps closed() {
    return {host(close_request()).passes(), client(close_answer()).passes()};
}
/// FileRenameInformation (MS-RDPEFS 2.2.3.3.9).
inline Bytes rename_request(std::string_view name) {
    const auto text = wide(name);
    return io_request(1, file_id, completion_of_rename, 6,
                      Writer()
                          .u32_le(10)
                          .u32_le(static_cast<std::uint32_t>(6 + text.size()))
                          .zeros(24)
                          .u8(0)
                          .u8(0)
                          .u32_le(static_cast<std::uint32_t>(text.size()))
                          .bytes(text)
                          .take());
}
/// A request to file 55 that is answered here.
inline Step refused(Bytes request) {
    // CompletionId stands behind header, device and file.
    const auto completion = static_cast<std::uint32_t>(request[12] | request[13] << 8);
    return host(std::move(request)).answered(encode_io_failure(1, completion, access_denied));
}

}  // namespace lucid::test

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Dynamic virtual channels (MS-RDPEDYC 2.2): the PDUs inside the static channel "drdynvc".

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <string>
#include <vector>

namespace lucid::rdp::proto::channels {

enum class DvcCommand : std::uint8_t {
    create = 1,
    data_first = 2,
    data = 3,
    close = 4,
    capability = 5,
    data_first_compressed = 6,
    data_compressed = 7,
    soft_sync_request = 8,
    soft_sync_response = 9,
};

struct DvcPdu {
    DvcCommand command{};
    std::uint32_t channel_id = 0;   ///< all but capability and soft sync
    std::string name;               ///< create request
    std::uint32_t total_bytes = 0;  ///< data_first
    std::uint16_t version = 0;      ///< capability
    ByteView data;                  ///< data, data_first; create response: CreationStatus
};

inline constexpr std::size_t dvc_name_bytes_max = 256;

/// `from_host`: a create PDU is then a request with a name, otherwise a response with a status.
Result<DvcPdu> decode_dvc_pdu(ByteView message, bool from_host);
[[nodiscard]] Bytes encode_dvc_create_response(std::uint32_t channel_id, std::uint32_t status);
[[nodiscard]] Bytes encode_dvc_close(std::uint32_t channel_id);
[[nodiscard]] Bytes encode_dvc_data(std::uint32_t channel_id, ByteView data);
/// The PDUs that carry one message: one, or DATA_FIRST and what follows it (2.2.3.1, 2.2.3.2).
[[nodiscard]] std::vector<Bytes> encode_dvc_message(std::uint32_t channel_id, ByteView message);
/// Longest PDU of a dynamic channel (3.1.5.1.4).
inline constexpr std::size_t dvc_pdu_bytes_max = 1600;
[[nodiscard]] Bytes encode_dvc_capability_response(std::uint16_t version);
/// Where the version of a capability PDU lies in the message.
inline constexpr std::size_t dvc_version_offset = 2;

}  // namespace lucid::rdp::proto::channels

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/rdpsnd.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "channels.hpp"
#include "connection.hpp"

namespace lucid::test_host {
namespace {

using rdp::proto::channels::SoundFormat;
using rdp::proto::channels::SoundType;

/// HEAACWAVEINFO: ADTS, nothing else.
const SoundFormat aac = {0xa106, 2, 44100, 16000, 4, 16, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}};

constexpr std::size_t adts_header_bytes = 7;

Bytes read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// aac_frame_length of ADTS (ISO/IEC 13818-7, 6.2); 0: no frame.
std::size_t frame_bytes(ByteView rest) {
    if (rest.size() < adts_header_bytes || rest[0] != 0xff || (rest[1] & 0xf0) != 0xf0) return 0;
    const auto bytes = static_cast<std::size_t>((rest[3] & 3) << 11 | rest[4] << 3 | rest[5] >> 5);
    return bytes < adts_header_bytes || bytes > rest.size() ? 0 : bytes;
}

}  // namespace

SoundFile::SoundFile(Connection& connection, const std::string& path)
    : connection_(connection), content_(read_file(path)) {
    std::string name = "rdpsnd";
    handle_ = WTSVirtualChannelOpen(connection.channels(), WTS_CURRENT_SESSION, name.data());
    if (handle_ == nullptr) {
        connection_.report().say("refused", "rdpsnd");
        return;
    }
    constexpr std::uint16_t version = 8;
    send(rdp::proto::channels::encode_sound_formats(version, {aac}));
}

SoundFile::~SoundFile() {
    if (handle_ != nullptr) (void)WTSVirtualChannelClose(handle_);
}

void SoundFile::send(Bytes message) {
    ULONG written = 0;
    (void)WTSVirtualChannelWrite(handle_, reinterpret_cast<PCHAR>(message.data()),
                                 static_cast<ULONG>(message.size()), &written);
}

void SoundFile::play() {
    ByteView rest = content_;
    std::uint8_t block = 0;
    while (const auto bytes = frame_bytes(rest)) {
        Writer w;
        w.u8(static_cast<std::uint8_t>(SoundType::wave2)).u8(0);
        w.u16_le(static_cast<std::uint16_t>(12 + bytes));
        w.u16_le(0).u16_le(0).u8(block++).zeros(3).u32_le(0).bytes(rest.first(bytes));
        send(w.take());
        rest = rest.subspan(bytes);
    }
    connection_.report().say("played", std::to_string(block));
}

void SoundFile::poll() {
    if (handle_ == nullptr) return;
    Bytes buffer(4096);
    ULONG got = 0;
    while (WTSVirtualChannelRead(handle_, 0, reinterpret_cast<PCHAR>(buffer.data()),
                                 static_cast<ULONG>(buffer.size()), &got) != FALSE &&
           got > 0) {
        const auto message =
            rdp::proto::channels::decode_sound_message(ByteView(buffer).first(got));
        if (!message) continue;
        if (message->type == SoundType::formats) {
            const auto formats = rdp::proto::channels::decode_sound_formats(*message);
            const bool takes = formats && formats->formats == std::vector<SoundFormat>{aac};
            connection_.report().say("sound", takes ? "aac" : "none");
            if (takes) play();
        } else if (message->type == SoundType::wave_confirm) {
            connection_.report().say("heard", std::to_string(++heard_));
        }
    }
}

}  // namespace lucid::test_host

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A host that uses the client's drive: requests as MS-RDPEFS 2.2.1.4 has them.

#include <lucid/common/bytes/writer.hpp>

#include "scripted_host.hpp"

namespace lucid::test {

namespace channels = rdp::proto::channels;

inline constexpr std::uint32_t drive_id = 1;

inline Bytes core(std::uint16_t packet, ByteView body) {
    return Writer().u16_le(0x4472).u16_le(packet).bytes(body).take();
}

class DriveChannel : public testing::Test {
  protected:
    explicit DriveChannel(client::Settings settings = all_channels()) : host(std::move(settings)) {
        host.activate();
        host.output();
    }
    std::vector<Bytes> tell(ByteView message) {
        host.say(host_message(devices_channel, message));
        return host.messages_on(devices_channel);
    }
    void announce() {
        tell(core(0x496e, Bytes{1, 0, 12, 0, 9, 0, 0, 0}));
        tell(core(0x4343, Bytes{1, 0, 12, 0, 9, 0, 0, 0}));
    }
    struct Answer {
        std::uint32_t status = 0;
        Bytes parameters;
    };
    Answer ask(std::uint32_t file, std::uint32_t major, std::uint32_t minor, ByteView parameters) {
        Writer w;
        w.u32_le(drive_id).u32_le(file).u32_le(77).u32_le(major).u32_le(minor).bytes(parameters);
        const auto answers = tell(core(0x4952, w.view()));
        EXPECT_EQ(answers.size(), 1U);
        if (answers.empty()) return {};
        const auto completion =
            channels::decode_io_completion(*channels::decode_rdpdr_message(answers[0]));
        EXPECT_TRUE(completion);
        EXPECT_EQ(completion->completion, 77U);
        return {completion->status, to_bytes(completion->parameters)};
    }
    Answer open(std::string_view path, std::uint32_t access = 0x00120089,
                std::uint32_t disposition = 1, std::uint32_t options = 0) {
        const auto name = wide(std::string(path) + '\0');
        Writer w;
        w.u32_le(access).u64_le(0).u32_le(0).u32_le(7).u32_le(disposition).u32_le(options);
        w.u32_le(static_cast<std::uint32_t>(name.size())).bytes(name);
        return ask(0, channels::irp_mj_create, 0, w.view());
    }
    static std::uint32_t file_of(const Answer& answer) {
        EXPECT_EQ(answer.status, 0U);
        return *Reader(answer.parameters).u32_le("FileId");
    }
    Answer list(std::uint32_t folder, std::string_view pattern, bool first,
                std::uint32_t information_class = 3) {
        const auto name = wide(std::string(pattern) + '\0');
        Writer w;
        w.u32_le(information_class).u8(first ? 1 : 0);
        w.u32_le(static_cast<std::uint32_t>(name.size())).zeros(23).bytes(name);
        return ask(folder, channels::irp_mj_directory_control, 1, w.view());
    }
    Answer write(std::uint32_t file, std::uint64_t offset, std::string_view text) {
        Writer w;
        w.u32_le(static_cast<std::uint32_t>(text.size())).u64_le(offset).zeros(20).text(text);
        return ask(file, channels::irp_mj_write, 0, w.view());
    }
    Answer set(std::uint32_t file, std::uint32_t information_class, ByteView buffer) {
        Writer w;
        w.u32_le(information_class).u32_le(static_cast<std::uint32_t>(buffer.size())).zeros(24);
        return ask(file, channels::irp_mj_set_information, 0, w.bytes(buffer).view());
    }
    Host host;
};

}  // namespace lucid::test

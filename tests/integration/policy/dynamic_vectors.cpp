// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/drdynvc.hpp>

#include "vector.hpp"

// Dynamic channels by name, version and what is said on them.

namespace lucid::test {
namespace {

constexpr std::uint32_t refused_status = 0x80070005;

Bytes create(std::uint8_t id, std::string_view name) {
    return Writer().u8(0x10).u8(id).text(name).u8(0).take();
}
Bytes created(std::uint8_t id, std::uint32_t status = 0) {
    return Writer().u8(0x10).u8(id).u32_le(status).take();
}
Bytes data(std::uint8_t id, ByteView body) {
    return Writer().u8(0x30).u8(id).bytes(body).take();
}

struct NameCase {
    const char* name;
    const char* policy;
    bool allowed;
};
constexpr NameCase name_cases[] = {
    {"Microsoft::Windows::RDS::Graphics", "{}", true},
    {"Microsoft::Windows::RDS::DisplayControl", "{}", true},
    {"Microsoft::Windows::RDS::Input", "{}", true},
    {"Microsoft::Windows::RDS::Geometry::v08.01", "{}", true},
    {"ECHO", "{}", true},
    {"echo", "{}", false},
    {"AUDIO_PLAYBACK_DVC", R"({"audio_out":true})", true},
    {"AUDIO_PLAYBACK_DVC", R"({"audio_in":true})", false},
    {"AUDIO_PLAYBACK_LOSSY_DVC", R"({"audio_out":true})", true},
    {"AUDIO_PLAYBACK_LOSSY_DVC", "{}", false},
    {"AUDIO_INPUT", R"({"audio_in":true})", true},
    {"AUDIO_INPUT", R"({"audio_out":true})", false},
    {"URBDRC", "{}", false},
    {"RDCamera_Device_Enumerator", "{}", false},
    {"WebAuthN_Channel", "{}", false},
    {"FileRedirectorChannel", R"({"drive":true})", false},
    {"Microsoft::Windows::RDS::Video::Control::v08.01", "{}", false},
    {"PNPDR", "{}", false},
    {"TSMF", R"({"audio_out":true})", false},
    {"nobody knows me", "{}", false},
};

void add_names(std::vector<Vector>& all) {
    for (const auto& c : name_cases) {
        const auto name = std::string(c.name) + " by " + c.policy;
        if (c.allowed)
            all.push_back({name,
                           c.policy,
                           "drdynvc",
                           {host(create(1, c.name)).passes(), client(created(1)).passes()},
                           {}});
        else
            all.push_back(
                {name,
                 c.policy,
                 "drdynvc",
                 {host(create(1, c.name)).answered(encode_dvc_create_response(1, refused_status)),
                  host(data(1, Bytes(4))).vanishes(), client(data(1, Bytes(4))).vanishes()},
                 {note("dynamic channel refused", c.name)}});
    }
}

void add_limits(std::vector<Vector>& all) {
    Steps many;
    for (std::uint8_t id = 0; id < 64; ++id) many.push_back(host(create(id, "ECHO")).passes());
    all.push_back({"sixty-four channels", "{}", "drdynvc", many, {}});
    many.push_back(
        host(create(64, "ECHO")).answered(encode_dvc_create_response(64, refused_status)));
    all.push_back(
        {"sixty-fifth channel", "{}", "drdynvc", many, {note("dynamic channel refused", "ECHO")}});
    all.push_back({"version three of the host",
                   "{}",
                   "drdynvc",
                   {host(Bytes{0x50, 0, 3, 0}).becomes(Bytes{0x50, 0, 2, 0})},
                   {}});
    all.push_back({"version three of the client",
                   "{}",
                   "drdynvc",
                   {client(Bytes{0x50, 0, 3, 0})},
                   {},
                   {},
                   "protocol violation of the client"});
    all.push_back({"one id for two channels",
                   "{}",
                   "drdynvc",
                   {host(create(1, "ECHO")).passes(), host(create(1, "ECHO"))},
                   {},
                   {},
                   "protocol violation of the host"});
    all.push_back({"a channel that the client refuses",
                   "{}",
                   "drdynvc",
                   {host(create(1, "ECHO")).passes(), client(created(1, 0xc0000001)).passes(),
                    host(data(1, Bytes(4))).vanishes()},
                   {}});
    // Compressed data and transports beside this one were never negotiated.
    for (const int command : {6, 7, 8, 9})
        all.push_back({"command " + std::to_string(command),
                       "{}",
                       "drdynvc",
                       {host(Bytes{static_cast<std::uint8_t>(command << 4), 1, 0, 0})},
                       {},
                       {},
                       "protocol violation of the host"});
}

}  // namespace

std::vector<Vector> dynamic_vectors() {
    std::vector<Vector> all;
    add_names(all);
    add_limits(all);
    return all;
}

}  // namespace lucid::test

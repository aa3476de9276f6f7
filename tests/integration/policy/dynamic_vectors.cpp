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

Bytes data_first(std::uint8_t id, std::uint32_t total, ByteView body) {
    return Writer().u8(0x28).u8(id).u32_le(total).bytes(body).take();
}
Bytes closed(std::uint8_t id) {
    return encode_dvc_close(id);
}
Steps opened(std::string_view name, std::uint8_t id = 1) {
    return {host(create(id, name)).passes(), client(created(id)).passes()};
}
/// Said by one side, and the channel is closed for both.
Step shuts(Step step) {
    const auto message = closed(1);
    return std::move(step).becomes(message).answered(message);
}

Bytes egfx(std::uint16_t command, std::uint32_t length, std::size_t bytes) {
    return Writer().u16_le(command).u16_le(0).u32_le(length).zeros(bytes - 8).take();
}
Bytes touch(std::uint16_t event, std::uint32_t length, std::size_t bytes) {
    return Writer().u16_le(event).u32_le(length).zeros(bytes - 6).take();
}
Bytes camera_added(std::string_view channel) {
    return Writer().u8(2).u8(5).bytes(wide("Front")).u16_le(0).text(channel).u8(0).take();
}

struct GrammarCase {
    const char* what;
    const char* name;
    const char* policy;
    Side from;
    Bytes message;
    bool fits;
};
std::vector<GrammarCase> grammar_cases() {
    constexpr const char* graphics = "Microsoft::Windows::RDS::Graphics";
    constexpr const char* display = "Microsoft::Windows::RDS::DisplayControl";
    constexpr const char* input = "Microsoft::Windows::RDS::Input";
    constexpr const char* geometry = "Microsoft::Windows::RDS::Geometry::v08.01";
    constexpr const char* sound = R"({"audio_in":true,"audio_out":true})";
    constexpr const char* camera = R"({"camera":true})";
    const auto h = Side::host;
    const auto c = Side::client;
    return {
        {"graphics segment", graphics, "{}", h, Bytes{0xe0, 4, 1}, true},
        {"graphics segments", graphics, "{}", h, Bytes{0xe1, 1, 0}, true},
        {"graphics of another descriptor", graphics, "{}", h, Bytes{0xe2, 4, 1}, false},
        {"graphics acknowledgement", graphics, "{}", c, egfx(0x0d, 20, 20), true},
        {"graphics command of the host", graphics, "{}", c, egfx(0x01, 20, 20), false},
        {"graphics longer than it is", graphics, "{}", c, egfx(0x0d, 21, 20), false},
        {"file bytes as graphics", graphics, "{}", c, to_bytes(as_bytes("%PDF-1.7 x")), false},
        {"display capabilities", display, "{}", h, Writer().u32_le(5).u32_le(20).zeros(12).take(),
         true},
        {"display layout of the host", display, "{}", h,
         Writer().u32_le(2).u32_le(20).zeros(12).take(), false},
        {"display message of another type", display, "{}", c,
         Writer().u32_le(9).u32_le(20).zeros(12).take(), false},
        {"touch", input, "{}", c, touch(3, 12, 12), true},
        {"touch of another length", input, "{}", c, touch(3, 11, 12), false},
        {"touch of the host", input, "{}", h, touch(3, 12, 12), false},
        {"touch ready", input, "{}", h, touch(1, 10, 10), true},
        {"geometry", geometry, "{}", h, Writer().u32_le(12).zeros(8).take(), true},
        {"geometry of another length", geometry, "{}", h, Writer().u32_le(13).zeros(8).take(),
         false},
        {"geometry of the client", geometry, "{}", c, Writer().u32_le(12).zeros(8).take(), false},
        {"echo", "ECHO", "{}", h, Bytes(4096, 'e'), true},
        {"sound", "AUDIO_PLAYBACK_DVC", sound, h, Bytes{0x0d, 0, 2, 0, 1, 2}, true},
        {"sound of another type", "AUDIO_PLAYBACK_DVC", sound, h, Bytes{0x0e, 0, 2, 0, 1, 2},
         false},
        {"sound of the client", "AUDIO_PLAYBACK_DVC", sound, c, Bytes{0x0d, 0, 2, 0, 1, 2}, false},
        {"microphone", "AUDIO_INPUT", sound, c, Bytes{6, 1, 2}, true},
        {"microphone of the host", "AUDIO_INPUT", sound, h, Bytes{6, 1, 2}, false},
        {"camera of a version unknown", "RDCamera_Device_Enumerator", camera, c, Bytes{9, 3},
         false},
        {"camera list", "RDCamera_Device_Enumerator", camera, c, Bytes{2, 3}, true},
        {"camera sample on the list", "RDCamera_Device_Enumerator", camera, c, Bytes{2, 0x12},
         false},
        {"camera of a channel that is none", "RDCamera_Device_Enumerator", camera, c,
         camera_added("URBDRC"), false},
    };
}

void add_grammar(std::vector<Vector>& all) {
    for (const auto& c : grammar_cases()) {
        const auto message = data(1, c.message);
        if (c.fits)
            all.push_back(
                {c.what,
                 c.policy,
                 "drdynvc",
                 opened(c.name) + Steps{by(c.from, message).passes()},
                 {note("dynamic channel opened", c.name),
                  note("dynamic channel used", std::string(c.name) + " client_to_host=")}});
        else
            all.push_back(
                {c.what,
                 c.policy,
                 "drdynvc",
                 opened(c.name) + Steps{shuts(by(c.from, message)), by(c.from, message).vanishes(),
                                        by(other_of(c.from), message).vanishes()},
                 {note("dynamic channel closed", std::string(c.name) + ": ")}});
    }
    all.push_back({"echo past its message limit",
                   "{}",
                   "drdynvc",
                   opened("ECHO") + Steps{shuts(host(data(1, Bytes(4097, 'e'))))},
                   {note("dynamic channel closed", "ECHO: message too long")}});
    auto minute = client(data(1, Bytes(4096, 'e'))).passes();
    minute.times = 64;
    all.push_back({"echo up to its budget", "{}", "drdynvc", opened("ECHO") + Steps{minute}, {}});
    all.push_back({"echo past its budget",
                   "{}",
                   "drdynvc",
                   opened("ECHO") + Steps{minute, shuts(client(data(1, Bytes(1))))},
                   {note("dynamic channel closed", "ECHO: byte budget used up"),
                    note("dynamic channel used", "ECHO client_to_host=262145")}});
    all.push_back(
        {"message in two fragments",
         "{}",
         "drdynvc",
         opened("ECHO") + Steps{host(data_first(1, 6, Bytes(3))).passes(),
                                host(data(1, Bytes(3))).passes(), host(data(1, Bytes(3))).passes()},
         {}});
    all.push_back({"fragments of more than was said",
                   "{}",
                   "drdynvc",
                   opened("ECHO") + Steps{host(data_first(1, 6, Bytes(3))).passes(),
                                          shuts(host(data(1, Bytes(4))))},
                   {note("dynamic channel closed", "ECHO: message longer than said")}});
    all.push_back({"message inside another",
                   "{}",
                   "drdynvc",
                   opened("ECHO") + Steps{host(data_first(1, 6, Bytes(3))).passes(),
                                          shuts(host(data_first(1, 6, Bytes(3))))},
                   {note("dynamic channel closed", "ECHO: message inside another")}});
    all.push_back({"id of a channel that was closed here",
                   "{}",
                   "drdynvc",
                   opened("ECHO") +
                       Steps{shuts(host(data(1, Bytes(4097)))), host(create(1, "ECHO")).passes()},
                   {}});
}

void add_cameras(std::vector<Vector>& all) {
    const auto list = opened("RDCamera_Device_Enumerator", 1);
    const auto added = client(data(1, camera_added("RDCamera_Device_0"))).passes();
    all.push_back(
        {"camera that was announced",
         R"({"camera":true})",
         "drdynvc",
         list + Steps{added, host(create(2, "RDCamera_Device_0")).passes(),
                      client(created(2)).passes(), host(data(2, Bytes{2, 7})).passes(),
                      client(data(2, Bytes{2, 0x12, 0, 1, 2})).passes()},
         {note("camera offered", "Front"), note("dynamic channel opened", "RDCamera_Device_0")}});
    all.push_back(
        {"camera that was not announced",
         R"({"camera":true})",
         "drdynvc",
         list + Steps{added, host(create(2, "RDCamera_Device_1"))
                                 .answered(encode_dvc_create_response(2, refused_status))},
         {note("dynamic channel refused", "RDCamera_Device_1")}});
}

/// ADD_DEVICE (MS-RDPEUSB 2.2.4.2) of a device with these compatibility ids.
Bytes usb_device(std::string_view ids) {
    const auto text = [](Writer& w, std::string_view value) {
        const auto units = wide(value);
        w.u32_le(static_cast<std::uint32_t>(units.size() / 2 + 2)).bytes(units).zeros(4);
    };
    Writer w;
    w.u32_le(0x40000001).u32_le(7).u32_le(0x101).u32_le(1).u32_le(4);
    text(w, "USB\\0001");
    text(w, "USB\\VID_0781&PID_5567");
    text(w, ids);
    w.u32_le(0).zeros(28);
    return w.take();
}

void add_usb(std::vector<Vector>& all) {
    struct Case {
        const char* what;
        const char* policy;
        const char* ids;
        bool allowed;
    };
    for (const auto& c :
         {Case{"usb without classes", R"({"usb":true})", "USB\\Class_08&SubClass_06&Prot_50", true},
          Case{"usb of an allowed class", R"({"usb":true,"usb_classes":["03","0B"]})",
               "USB\\Class_0b&SubClass_00&Prot_00", true},
          Case{"usb of another class", R"({"usb":true,"usb_classes":["03","0B"]})",
               "USB\\Class_08&SubClass_06&Prot_50", false},
          Case{"usb of no class", R"({"usb":true,"usb_classes":["03"]})", "USB\\COMPOSITE",
               false}}) {
        const auto message = data(1, usb_device(c.ids));
        if (c.allowed)
            all.push_back({c.what,
                           c.policy,
                           "drdynvc",
                           opened("URBDRC") + Steps{client(message).passes()},
                           {note("usb device redirected", "USB\\VID_0781&PID_5567 class ")}});
        else
            all.push_back({c.what,
                           c.policy,
                           "drdynvc",
                           opened("URBDRC") + Steps{shuts(client(message))},
                           {note("usb device refused", "USB\\VID_0781&PID_5567"),
                            note("dynamic channel closed", "URBDRC: usb class")}});
    }
    // What a stick holds is nobody's recording.
    const auto payload = Bytes(600, 'S');
    all.push_back({"usb payload",
                   R"({"usb":true})",
                   "drdynvc",
                   opened("URBDRC") +
                       Steps{host(data(1, payload)).passes(), client(data(1, payload)).passes()},
                   {note("dynamic channel used", "URBDRC client_to_host=600 host_to_client=600")},
                   {std::string(100, 'S')}});
}

}  // namespace

std::vector<Vector> dynamic_vectors() {
    std::vector<Vector> all;
    add_grammar(all);
    add_cameras(all);
    add_usb(all);
    add_names(all);
    add_limits(all);
    return all;
}

}  // namespace lucid::test

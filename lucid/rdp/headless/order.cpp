// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/headless/order.hpp>

#include <array>
#include <utility>

#include <nlohmann/json.hpp>

namespace lucid::rdp::headless {

using Json = nlohmann::json;

namespace {

constexpr std::array<std::pair<std::string_view, client::Graphics>, 5> graphics_names = {{
    {"bitmap", client::Graphics::bitmap},
    {"remotefx", client::Graphics::remotefx},
    {"gfx", client::Graphics::pipeline},
    {"avc420", client::Graphics::avc420},
    {"avc444", client::Graphics::avc444},
}};

std::string_view name_of(client::Graphics graphics) {
    for (const auto& [name, value] : graphics_names)
        if (value == graphics) return name;
    return "";
}

}  // namespace

std::optional<client::Graphics> graphics_named(std::string_view name) {
    for (const auto& [known, value] : graphics_names)
        if (known == name) return value;
    return std::nullopt;
}

crypto::Secret encode_order(const Order& order) {
    Json json = {{"address", order.address},
                 {"port", order.port},
                 {"nla", order.nla},
                 {"user", order.user},
                 {"domain", order.domain},
                 {"password", to_hex(order.password.expose())},
                 {"graphics", std::string(name_of(order.graphics))},
                 {"width", order.width},
                 {"height", order.height},
                 {"bits_per_pixel", order.bits_per_pixel},
                 {"clipboard", order.clipboard},
                 {"sound_file", order.sound_file},
                 {"script", order.script},
                 {"json", order.json},
                 {"reconnects", order.reconnects},
                 {"login_limit_s", order.login_limit.count()}};
    for (const auto& monitor : order.monitors)
        json["monitors"].push_back({monitor.left, monitor.top, monitor.width, monitor.height});
    if (order.pin) json["pin"] = to_hex(*order.pin);
    if (order.drive) {
        json["drive"] = {{"name", order.drive->name}, {"path", order.drive->path}};
        if (const auto growth = order.drive->growth_bytes_max)
            json["drive"]["growth_bytes_max"] = *growth;
    }
    const auto text = json.dump();
    return crypto::Secret::copy_of(as_bytes(text));
}

Result<Order> decode_order(ByteView bytes) {
    const auto json = Json::parse(as_text(bytes), nullptr, false);
    if (!json.is_object()) return fail(Errc::bad_value, "order");
    try {
        Order order;
        order.address = json.at("address");
        order.port = json.at("port");
        order.nla = json.at("nla");
        order.user = json.at("user");
        order.domain = json.at("domain");
        LUCID_TRY(auto password, from_hex(json.at("password").get_ref<const std::string&>()));
        order.password = crypto::Secret(std::move(password));
        const auto graphics = graphics_named(json.at("graphics").get<std::string>());
        if (!graphics) return fail(Errc::bad_value, "graphics");
        order.graphics = *graphics;
        order.width = json.at("width");
        order.height = json.at("height");
        for (const auto& monitor : json.value("monitors", Json::array()))
            order.monitors.push_back({monitor.at(0), monitor.at(1), monitor.at(2), monitor.at(3)});
        order.bits_per_pixel = json.at("bits_per_pixel");
        order.clipboard = json.at("clipboard");
        order.sound_file = json.at("sound_file");
        order.script = json.at("script");
        order.json = json.at("json");
        order.reconnects = json.at("reconnects");
        order.login_limit = std::chrono::seconds(json.at("login_limit_s").get<int>());
        if (json.contains("pin")) {
            LUCID_TRY(order.pin, hash32_from_hex(json.at("pin").get<std::string>()));
        }
        if (json.contains("drive")) {
            const auto& drive = json.at("drive");
            order.drive = Drive{drive.at("name"), drive.at("path"), std::nullopt};
            if (drive.contains("growth_bytes_max"))
                order.drive->growth_bytes_max = drive.at("growth_bytes_max").get<std::uint64_t>();
        }
        return order;
    } catch (const Json::exception&) {
        return fail(Errc::bad_value, "order");
    }
}

}  // namespace lucid::rdp::headless

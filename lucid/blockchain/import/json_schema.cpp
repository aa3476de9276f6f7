// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/json_schema.hpp>

#include <algorithm>
#include <regex>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::import {
namespace {

using Json = nlohmann::json;

bool is_of_type(const std::string& type, const Json& value) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == value.type_name();
}

std::string type_problem(const Json& schema, const Json& value, const std::string& where) {
    const auto type = schema.find("type");
    if (type == schema.end()) return "";
    const auto list = type->is_array() ? *type : Json::array({*type});
    const bool fits = std::any_of(list.begin(), list.end(), [&](const Json& one) {
        return is_of_type(one.get<std::string>(), value);
    });
    return fits ? "" : where + ": not of type " + type->dump();
}

/// WHY: std::regex goes as deep as the text is long. What is longer here is data in hex.
bool matches(const std::string& text, const std::string& pattern) {
    constexpr std::size_t searched_bytes_max = 2048;
    if (text.size() <= searched_bytes_max) return std::regex_search(text, std::regex(pattern));
    return text.starts_with("0x") &&
           text.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string::npos;
}

std::string value_problem(const Json& schema, const Json& value, const std::string& where) {
    if (schema.contains("enum")) {
        const auto& list = schema["enum"];
        if (std::find(list.begin(), list.end(), value) == list.end())
            return where + ": not one of " + list.dump();
    }
    if (schema.contains("const") && value != schema["const"])
        return where + ": not " + schema["const"].dump();
    if (schema.contains("pattern") && value.is_string() &&
        !matches(value.get<std::string>(), schema["pattern"].get<std::string>()))
        return where + ": does not match " + schema["pattern"].dump();
    if (value.is_number() && ((schema.contains("minimum") && value < schema["minimum"]) ||
                              (schema.contains("maximum") && value > schema["maximum"])))
        return where + ": out of range";
    return "";
}

std::string object_problem(const Json& schema, const Json& value, const std::string& where) {
    for (const auto& name : schema.value("required", Json::array()))
        if (!value.contains(name.get<std::string>()))
            return where + ": lacks " + name.get<std::string>();
    const auto properties = schema.value("properties", Json::object());
    const auto additional = schema.value("additionalProperties", Json(true));
    for (const auto& [name, item] : value.items()) {
        std::string problem;
        if (properties.contains(name))
            problem = schema_problem(properties[name], item, where + "." + name);
        else if (additional == false)
            problem = where + ": has " + name;
        else if (additional.is_object())
            problem = schema_problem(additional, item, where + "." + name);
        if (!problem.empty()) return problem;
    }
    return "";
}

std::string choice_problem(const Json& schema, const Json& value, const std::string& where) {
    for (const auto* name : {"oneOf", "anyOf"}) {
        if (!schema.contains(name)) continue;
        std::string first;
        bool any = false;
        for (const auto& one : schema[name]) {
            const auto problem = schema_problem(one, value, where);
            any = any || problem.empty();
            if (first.empty()) first = problem;
        }
        if (!any) return first;
    }
    for (const auto& one : schema.value("allOf", Json::array()))
        if (auto problem = schema_problem(one, value, where); !problem.empty()) return problem;
    return "";
}

}  // namespace

std::string schema_problem(const Json& schema, const Json& value, const std::string& where) {
    if (!schema.is_object()) return "";
    for (const auto& check : {type_problem, value_problem, choice_problem})
        if (auto problem = check(schema, value, where); !problem.empty()) return problem;
    if (value.is_object())
        if (auto problem = object_problem(schema, value, where); !problem.empty()) return problem;
    if (value.is_array() && schema.contains("items"))
        for (std::size_t i = 0; i < value.size(); ++i)
            if (auto problem = schema_problem(schema["items"], value[i],
                                              where + "[" + std::to_string(i) + "]");
                !problem.empty())
                return problem;
    return "";
}

std::string shape_problem(const Json& example, const Json& value, const std::string& where) {
    if (std::string_view(example.type_name()) != value.type_name())
        return where + ": is " + value.type_name() + ", not " + example.type_name();
    if (example.is_object())
        for (const auto& [name, item] : example.items()) {
            if (!value.contains(name)) return where + ": lacks " + name;
            if (auto problem = shape_problem(item, value[name], where + "." + name);
                !problem.empty())
                return problem;
        }
    if (example.is_array()) {
        if (example.size() != value.size())
            return where + ": has " + std::to_string(value.size()) + " items, not " +
                   std::to_string(example.size());
        for (std::size_t i = 0; i < example.size(); ++i)
            if (auto problem =
                    shape_problem(example[i], value[i], where + "[" + std::to_string(i) + "]");
                !problem.empty())
                return problem;
    }
    return "";
}

}  // namespace lucid::blockchain::import

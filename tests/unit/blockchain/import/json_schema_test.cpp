// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/json_schema.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::blockchain::import::test {
namespace {

using Json = nlohmann::json;

TEST(JsonSchema, kinds_and_values) {
    EXPECT_EQ(schema_problem({{"type", "string"}}, "a"), "");
    EXPECT_NE(schema_problem({{"type", "string"}}, 1), "");
    EXPECT_EQ(schema_problem({{"type", {"string", "null"}}}, nullptr), "");
    EXPECT_EQ(schema_problem({{"type", "integer"}, {"minimum", 2}}, 2), "");
    EXPECT_NE(schema_problem({{"type", "integer"}, {"minimum", 2}}, 1), "");
    EXPECT_NE(schema_problem({{"type", "integer"}}, 1.5), "");
    EXPECT_NE(schema_problem({{"enum", {"a", "b"}}}, "c"), "");
    EXPECT_NE(schema_problem({{"const", 4}}, 5), "");
    const Json hex = {{"pattern", "^0x[0-9a-f]*$"}};
    EXPECT_EQ(schema_problem(hex, "0x1f"), "");
    EXPECT_NE(schema_problem(hex, "1f"), "");
    EXPECT_EQ(schema_problem(hex, "0x" + std::string(100'000, 'a')), "");
    EXPECT_NE(schema_problem(hex, "0x" + std::string(100'000, 'g')), "");
}

TEST(JsonSchema, objects_and_lists_say_where) {
    const Json schema = {{"type", "object"},
                         {"required", {"a"}},
                         {"properties", {{"a", {{"items", {{"type", "string"}}}}}}},
                         {"additionalProperties", false}};
    EXPECT_EQ(schema_problem(schema, {{"a", {"x"}}}), "");
    EXPECT_EQ(schema_problem(schema, Json::object()), "result: lacks a");
    EXPECT_EQ(schema_problem(schema, {{"a", Json::array()}, {"b", 1}}), "result: has b");
    EXPECT_EQ(schema_problem(schema, {{"a", {"x", 3}}}), "result.a[1]: not of type \"string\"");
    const Json any = {{"additionalProperties", {{"type", "string"}}}};
    EXPECT_EQ(schema_problem(any, {{"z", "x"}}), "");
    EXPECT_NE(schema_problem(any, {{"z", 1}}), "");
}

TEST(JsonSchema, one_of_several) {
    const Json schema = {{"oneOf", {{{"type", "null"}}, {{"type", "string"}}}}};
    EXPECT_EQ(schema_problem(schema, nullptr), "");
    EXPECT_EQ(schema_problem(schema, "x"), "");
    EXPECT_NE(schema_problem(schema, 1), "");
}

TEST(JsonShape, names_and_kinds_count_values_do_not) {
    const Json example = {{"a", 1}, {"b", {"x", "y"}}};
    EXPECT_EQ(shape_problem(example, {{"a", 2}, {"b", {"p", "q"}}, {"c", 0}}), "");
    EXPECT_EQ(shape_problem(example, {{"b", {"p", "q"}}}), "result: lacks a");
    EXPECT_EQ(shape_problem(example, {{"a", "2"}, {"b", {"p", "q"}}}),
              "result.a: is string, not number");
    EXPECT_EQ(shape_problem(example, {{"a", 2}, {"b", {"p"}}}), "result.b: has 1 items, not 2");
}

}  // namespace
}  // namespace lucid::blockchain::import::test

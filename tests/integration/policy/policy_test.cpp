// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

/// Policy vectors through the real gateway: door, relay, recorder and scanner processes, TLS on
/// both legs.

#include "roles.hpp"
#include "run_vector.hpp"
#include <gtest/gtest.h>

namespace lucid::test {

/// For GoogleTest.
static void PrintTo(const Vector& vector, std::ostream* out) {
    *out << vector.name << " with " << vector.policy;
}

namespace {

World* world = nullptr;

class WorldOwner : public testing::Environment {
  public:
    void SetUp() override {
        owned_ = std::make_unique<World>();
        world = owned_.get();
    }
    void TearDown() override {
        world = nullptr;
        owned_.reset();
    }

  private:
    std::unique_ptr<World> owned_;
};

class PolicyVectors : public testing::TestWithParam<Vector> {};

TEST_P(PolicyVectors, hold) {
    EXPECT_EQ(run_vector(*world, GetParam()), "");
}

std::string test_name(const testing::TestParamInfo<Vector>& info) {
    std::string name;
    for (const char c : info.param.name)
        name.push_back(
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(Clipboard, PolicyVectors, testing::ValuesIn(clipboard_vectors()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(ClipboardFiles, PolicyVectors, testing::ValuesIn(clipboard_file_vectors()),
                         test_name);
INSTANTIATE_TEST_SUITE_P(Drive, PolicyVectors, testing::ValuesIn(drive_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Devices, PolicyVectors, testing::ValuesIn(device_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Dynamic, PolicyVectors, testing::ValuesIn(dynamic_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Scan, PolicyVectors, testing::ValuesIn(scan_vectors()), test_name);
INSTANTIATE_TEST_SUITE_P(Session, PolicyVectors, testing::ValuesIn(session_vectors()), test_name);

}  // namespace
}  // namespace lucid::test

int main(int argc, char** argv) {
    if (const auto code = lucid::test::run_role(argc, argv)) return *code;
    testing::InitGoogleTest(&argc, argv);
    testing::AddGlobalTestEnvironment(new lucid::test::WorldOwner);
    return RUN_ALL_TESTS();
}

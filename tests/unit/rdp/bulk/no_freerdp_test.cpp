// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

TEST(FreeRdp, gives_the_same_bytes) {
    GTEST_SKIP() << "freerdp2-dev is not installed";
}

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "chain_setup.hpp"

namespace lucid::app {

Result<void> set_up_chain(const core::runtime::DataDir& data) {
    (void)data;
    return {};
}

}  // namespace lucid::app

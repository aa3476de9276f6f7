// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fills a desktop with one colour by bitmap updates, which every client understands.

#include "library.hpp"

namespace lucid::test_host {

void fill_desktop(freerdp_peer& peer, unsigned rgb);

}  // namespace lucid::test_host

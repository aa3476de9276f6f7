// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Creation code of the genesis contracts, hex, taken from contracts/artifacts when Lucid is built;
/// the constructor's arguments follow it.

namespace lucid::blockchain::chain {

extern const char* const timelock_creation_code;
extern const char* const governor_creation_code;
extern const char* const nodes_creation_code;
extern const char* const params_creation_code;
extern const char* const anchors_creation_code;
extern const char* const chunks_creation_code;
extern const char* const work_creation_code;

}  // namespace lucid::blockchain::chain

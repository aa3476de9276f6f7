// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/sessions/format/anchor_record.hpp>

namespace lucid::app {

/// Makes genesis with this node as the first validator and writes trust.json.
Result<void> set_up_chain(const core::runtime::DataDir& data);

/// True when this program makes another first block of chain/genesis.json than trust.json names:
/// the data was made by a version whose chain had other rules.
Result<bool> is_other_chain(const core::runtime::DataDir& data);

/// Begins that chain anew: the old one's store goes to `chain/before-<hash>/`, its trust file to
/// `trust.<hash>.json`, where recordings that were anchored in it are verified from. May be
/// repeated; trust.json is written last.
Result<void> begin_chain_anew(const core::runtime::DataDir& data);

/// The trust file of this node for a recording: that of the chain it is anchored in, trust.json
/// where it is in none.
Result<sessions::format::Trust> trust_for(const core::runtime::DataDir& data,
                                          const std::string& recording);

}  // namespace lucid::app

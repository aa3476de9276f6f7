// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace lucid::bench {

/// A data directory as the recorder needs it: keys and one user to seal to. Fails by assertion.
void make_data_dir(const std::string& path);
/// `role NAME [DATA]` of this program: relay, door or the real recorder.
int run_role(int argc, char** argv);

}  // namespace lucid::bench

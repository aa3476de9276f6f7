// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One declaration per role file of this folder.

namespace lucid::app {

int run_chain(int argc, char** argv);
int run_door(int argc, char** argv);
int run_recorder(int argc, char** argv);
int run_scanner(int argc, char** argv);
int run_relay(int argc, char** argv);

}  // namespace lucid::app

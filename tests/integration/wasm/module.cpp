// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/integration/wasm/case.hpp>

// What the module gives to JavaScript: room for a case, its run, its result.

namespace {
lucid::Bytes input;
lucid::Bytes output;
}  // namespace

extern "C" {
__attribute__((export_name("case_input"))) std::uint8_t* case_input(std::uint32_t size) {
    input.resize(size);
    return input.data();
}
__attribute__((export_name("case_run"))) std::uint32_t case_run() {
    output = lucid::test::run_case(input);
    return static_cast<std::uint32_t>(output.size());
}
__attribute__((export_name("case_output"))) std::uint8_t* case_output() {
    return output.data();
}
}

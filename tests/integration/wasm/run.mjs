// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Runs cases in the WebAssembly module.
//   node run.mjs MODULE compare FOLDER       each NAME.case must give NAME.pixels; prints how many did
//   node run.mjs MODULE time FILE ROUNDS     milliseconds of one run, best of the rounds
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [modulePath, command, path, rounds] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(modulePath));
// The C library wants a few WASI calls for a standard error it never writes to.
const imports = {};
for (const { module: space, name } of WebAssembly.Module.imports(module)) {
  imports[space] ??= {};
  imports[space][name] = () => 0;
}
const { exports } = new WebAssembly.Instance(module, imports);
exports._initialize();

function give(bytes) {
  const at = exports.case_input(bytes.length);
  new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
}

function result() {
  const size = exports.case_run();
  return Buffer.from(exports.memory.buffer, exports.case_output(), size);
}

if (command === 'compare') {
  let equal = 0;
  const different = [];
  for (const file of readdirSync(path).filter((f) => f.endsWith('.case')).sort()) {
    give(readFileSync(join(path, file)));
    const expected = readFileSync(join(path, file.replace(/\.case$/, '.pixels')));
    if (result().equals(expected)) equal += 1;
    else different.push(file);
  }
  console.log(`${equal} equal, ${different.length} different ${different.slice(0, 5).join(' ')}`);
  process.exit(different.length === 0 && equal > 0 ? 0 : 1);
}
if (command === 'time') {
  give(readFileSync(path));
  let best = Infinity;
  for (let i = 0; i < Number(rounds); i += 1) {
    const start = process.cpuUsage();
    exports.case_run();
    const used = process.cpuUsage(start);
    best = Math.min(best, (used.user + used.system) / 1000);
  }
  console.log(best.toFixed(3));
  process.exit(0);
}
console.error('usage: run.mjs MODULE compare FOLDER | time FILE ROUNDS');
process.exit(2);

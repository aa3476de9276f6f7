// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// A file with one contract to {abi, bytecode}. usage: compile.mjs FILE.sol > contract.json
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
const solc = createRequire(join(process.env.LUCID_NPM, 'x.js'))('solc')
const out = JSON.parse(solc.compile(JSON.stringify({
  language: 'Solidity', sources: { 'contract.sol': { content: readFileSync(process.argv[2], 'utf8') } },
  settings: { evmVersion: 'prague', outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
})))
const errors = (out.errors ?? []).filter((e) => e.severity === 'error')
if (errors.length) { console.error(errors[0].formattedMessage); process.exit(1) }
const { abi, evm } = Object.values(out.contracts['contract.sol'])[0]
console.log(JSON.stringify({ abi, bytecode: '0x' + evm.bytecode.object }))

// SPDX-License-Identifier: Apache-2.0
// Compiles src/ with npm's solc for Prague and writes an artifact per contract, or with --check compares the committed ones.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const npm = process.env.LUCID_NPM ?? here
const solc = createRequire(join(npm, 'x.js'))('solc')
const compiler = solc.version().split('+')[0]

/** What is deployed: the chain's genesis contracts, and the two that stand on TRON. */
const deployed = {
  LucidAnchors: 'src/LucidAnchors.sol',
  LucidChunkStore: 'src/LucidChunkStore.sol',
  LucidGovernor: 'src/LucidGovernor.sol',
  NodeRegistry: 'src/NodeRegistry.sol',
  ParamRegistry: 'src/ParamRegistry.sol',
  PayoutRouterKYC: 'src/PayoutRouterKYC.sol',
  PayoutRouterV0: 'src/PayoutRouterV0.sol',
  TimelockController: '@openzeppelin/contracts/governance/TimelockController.sol',
  WorkLedger: 'src/WorkLedger.sol',
}

const source = (path) => readFileSync(path.startsWith('@') ? join(npm, 'node_modules', path) : join(here, path), 'utf8')
const input = {
  language: 'Solidity',
  sources: Object.fromEntries(Object.values(deployed).map((path) => [path, { content: source(path) }])),
  settings: {
    evmVersion: 'prague',
    optimizer: { enabled: true, runs: 200 },
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.methodIdentifiers', 'storageLayout'] } },
  },
}
const importCallback = (path) => {
  try { return { contents: source(path) } } catch (error) { return { error: error.message } }
}
const output = JSON.parse(solc.compile(JSON.stringify(input), { import: importCallback }))
const errors = (output.errors ?? []).filter((e) => e.severity === 'error')
if (errors.length > 0) {
  console.error(errors.map((e) => e.formattedMessage).join('\n'))
  process.exit(1)
}

let stale = 0
for (const [name, path] of Object.entries(deployed)) {
  const c = output.contracts[path][name]
  const artifact = JSON.stringify({
    contract: name,
    compiler,
    evmVersion: 'prague',
    storage: c.storageLayout.storage.map((s) => `${s.slot}+${s.offset} ${s.label}: ${c.storageLayout.types[s.type].label}`),
    methods: c.evm.methodIdentifiers,
    abi: 'lines',
    bytecode: c.evm.bytecode.object,
  }, null, 1).replace('"lines"', `[\n${c.abi.map((entry) => '  ' + JSON.stringify(entry)).join(',\n')}\n ]`) + '\n'
  const file = join(here, 'artifacts', `${name}.json`)
  if (!process.argv.includes('--check')) {
    writeFileSync(file, artifact)
  } else if (readFileSync(file, 'utf8') !== artifact) {
    console.error(`${name}: the committed artifact is not what solc makes; run: node contracts/compile.mjs`)
    stale++
  }
}
const unknown = readdirSync(join(here, 'artifacts')).filter((file) => !(file.replace('.json', '') in deployed))
for (const file of unknown) console.error(`artifacts/${file}: no such contract is deployed`)
if (stale + unknown.length > 0) process.exit(1)
console.log(`${Object.keys(deployed).length} artifacts are what solc ${compiler} makes`)

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Runs random programs in anvil and in another node and compares gas, output, calls and state.
// usage: compare.mjs ANVIL-URL OTHER-URL COUNT [FIRST-SEED]
// Prints "same COUNT in SECONDS s", or the seed and both answers of the first programs that differ; exit code 1 then.
import { harness, program } from './programs.mjs'

const [urlA, urlB] = process.argv.slice(2)
const count = Number(process.argv[4])
const first = Number(process.argv[5] ?? 1)
const batch = 40
const shown = 5
const from = '0x00000000000000000000000000000000000d1ff0'
// What programs see of their block must be the same.
const blockOverrides = { number: '0x1234', time: '0x68000000', gasLimit: '0x1c9c380', feeRecipient: '0x00000000000000000000000000000000000fee00', prevRandao: `0x${'5a'.repeat(32)}`, baseFeePerGas: '0x0' }

async function send(url, requests) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(requests) })
  const list = await answer.json()
  return list.sort((a, b) => a.id - b.id)
}

function requests(seeds) {
  return seeds.flatMap((seed, i) => {
    const call = { from, data: harness(program(seed)), gas: '0xf4240' }
    const options = [{ tracer: 'callTracer' }, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } }]
    return options.map((o, k) => ({ jsonrpc: '2.0', id: 2 * i + k, method: 'debug_traceCall', params: [call, 'latest', { ...o, blockOverrides }] }))
  })
}

/// What counts of a frame; the texts of errors are each node's own, and anvil's outermost frame lacks the intrinsic gas.
const counts = (c) => c.type !== 'SELFDESTRUCT'
function frame(f, depth = 0) {
  return { type: f.type, from: f.from, to: f.error ? null : f.to, gas: depth === 0 ? null : f.gas, gasUsed: f.gasUsed, input: f.input, output: f.output ?? '0x', value: f.value ?? '0x0', failed: Boolean(f.error), calls: (f.calls ?? []).filter(counts).map((c) => frame(c, depth + 1)) }
}
const storageOf = (side) => Object.fromEntries(Object.entries(side ?? {}).filter(([, a]) => a.storage && Object.keys(a.storage).length).map(([address, a]) => [address, a.storage]).sort())
const codeOf = (side) => Object.fromEntries(Object.entries(side ?? {}).filter(([, a]) => a.code && a.code !== '0x').map(([address, a]) => [address, a.code]).sort())
const sorted = (value) => (value && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort().map(([k, v]) => [k, sorted(v)])) : Array.isArray(value) ? value.map(sorted) : value)

function digest([calls, state]) {
  if (calls.error || state.error) return JSON.stringify([calls.error, state.error])
  return JSON.stringify(sorted({ frame: frame(calls.result), storage: storageOf(state.result.post), code: codeOf(state.result.post) }))
}

async function ask(url, method, ...params) {
  const [answer] = await send(url, [{ jsonrpc: '2.0', id: 0, method, params }])
  return answer.result
}
async function start(url) {
  for (let i = 0; ; i++) {
    try { return await ask(url, 'eth_chainId') } catch (error) { if (i === 100) throw new Error(`${url} does not answer: ${error.message}`) }
    await new Promise((r) => setTimeout(r, 100))
  }
}

await Promise.all([urlA, urlB].map(start))
// The block's own account is warm from the start: it must be the same.
await ask(urlA, 'anvil_setCoinbase', (await ask(urlB, 'eth_getBlockByNumber', 'latest', false)).miner)
const begun = Date.now()
let different = 0
let tooLong = 0  // for a trace of Lucid's, which has a limit (trace_bytes_max)
let succeeded = 0
for (let at = first; at < first + count; at += batch) {
  const seeds = Array.from({ length: Math.min(batch, first + count - at) }, (_, i) => at + i)
  const asked = requests(seeds)
  const [a, b] = await Promise.all([send(urlA, asked), send(urlB, asked)])
  seeds.forEach((seed, i) => {
    if (b[2 * i].error?.code === -32005) { ++tooLong; return }
    const one = digest(a.slice(2 * i, 2 * i + 2)), other = digest(b.slice(2 * i, 2 * i + 2))
    if (!a[2 * i].error && a[2 * i].result.output !== undefined) succeeded++
    if (one === other) return
    if (++different <= shown) {
      let k = 0
      while (one[k] === other[k]) k++
      console.log(`# seed ${seed}: ${program(seed)}\n# A …${one.slice(Math.max(0, k - 200), k + 200)}\n# B …${other.slice(Math.max(0, k - 200), k + 200)}`)
    }
  })
}
const said = tooLong === 0 ? '' : `, ${tooLong} left out: their trace is too long`
console.log(`${different === 0 ? 'same' : `${different} different of`} ${count - tooLong} in ${((Date.now() - begun) / 1000).toFixed(1)} s, ${succeeded} ran to their end${said}`)
process.exit(different === 0 && succeeded > count / 2 ? 0 : 1)

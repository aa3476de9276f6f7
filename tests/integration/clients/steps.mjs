// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// What the client scripts share: where packages are, the contract, and answers one a line, "name<TAB>JSON", for comparison.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const require = createRequire(join(process.env.LUCID_NPM, 'x.js'))
export const [url, boxFile] = process.argv.slice(2)
export const box = JSON.parse(readFileSync(boxFile, 'utf8'))
/// An account with money and no past, one for each client.
export const key = process.env.CLIENT_KEY

export function tell(name, answer) {
  console.log(`${name}\t${JSON.stringify(answer, (_, v) => (typeof v === 'bigint' ? v.toString() : v))}`)
}
export async function step(name, work) {
  try { tell(name, await work()) } catch (error) { tell(name, 'threw ' + String(error.shortMessage ?? error.message ?? error).split('\n')[0].slice(0, 300)) }
}
export async function rpc(method, ...params) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })
  return answer.json()
}

/// What counts of geth's callTracer; the texts of errors are each node's own, and anvil's outermost frame lacks the intrinsic gas.
export function frames(f, depth = 0) {
  return { type: f.type, from: f.from, to: f.to, gas: depth === 0 ? null : f.gas, gasUsed: f.gasUsed, input: f.input, output: f.output ?? '0x', value: f.value ?? '0x0', failed: Boolean(f.error), reason: f.revertReason, calls: (f.calls ?? []).map((c) => frames(c, depth + 1)), logs: (f.logs ?? []).map(({ address, topics, data }) => ({ address, topics, data })) }
}
/// geth's log of steps; what is not said is taken as nothing.
export function steps(trace) {
  return { gas: trace.gas, failed: trace.failed, returned: trace.returnValue.replace('0x', ''), steps: trace.structLogs.map((s) => [s.pc, s.op === 'SHA3' ? 'KECCAK256' : s.op, s.gas, s.gasCost, s.depth, (s.stack ?? []).join(' '), s.storage ? Object.entries(s.storage).map(([k, v]) => [k.replace('0x', ''), v.replace('0x', '')]).sort() : null]) }
}

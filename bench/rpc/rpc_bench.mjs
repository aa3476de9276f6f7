// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// The same signed transactions and calls for two nodes, in turns. Blocks are made by hand (evm_mine), so that taking in and executing
// are measured apart. usage: rpc_bench.mjs NAME=URL NAME=URL WORK.json ROUNDS TRANSFERS ANCHORS CALLS
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import http from 'node:http'
import { join } from 'node:path'
const { ethers } = createRequire(join(process.env.LUCID_NPM, 'x.js'))('ethers')

const nodes = process.argv.slice(2, 4).map((text) => { const at = text.indexOf('='); return { name: text.slice(0, at), url: new URL(text.slice(at + 1)) } })
const work = JSON.parse(readFileSync(process.argv[4], 'utf8'))
const [rounds, transfers, anchors, calls] = process.argv.slice(5).map(Number)
const chainId = 19541, batch = 200, senders = 10
// High enough for anvil's base fee, which rises with each full block: it drops what can no longer pay it.
const price = { type: 2, chainId, maxFeePerGas: 100_000_000_000n, maxPriorityFeePerGas: 0n }
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })

function post(url, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (answer) => {
      const parts = []
      answer.on('data', (part) => parts.push(part))
      answer.on('end', () => resolve(Buffer.concat(parts).toString()))
    })
    request.on('error', reject)
    request.end(body)
  })
}
async function rpc(node, method, ...params) {
  const answer = JSON.parse(await post(node.url, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })))
  if (answer.error) throw new Error(`${node.name} ${method}: ${answer.error.message}`)
  return answer.result
}
const seconds = async (task) => { const begun = process.hrtime.bigint(); await task(); return Number(process.hrtime.bigint() - begun) / 1e9 }

async function submit(node, raw) {
  const bodies = []
  for (let at = 0; at < raw.length; at += batch) bodies.push(JSON.stringify(raw.slice(at, at + batch).map((tx, id) => ({ jsonrpc: '2.0', id, method: 'eth_sendRawTransaction', params: [tx] }))))
  const answers = []
  const took = await seconds(async () => { for (const body of bodies) answers.push(await post(node.url, body)) })
  for (const answer of answers) { const bad = JSON.parse(answer).find((a) => a.error); if (bad) throw new Error(`${node.name} refused: ${bad.error.message}`) }
  return raw.length / took
}
/// Makes blocks until nothing waits; executed transactions per second.
async function mine(node, count) {
  let left = count
  const took = await seconds(async () => {
    while (left > 0) {
      await rpc(node, 'evm_mine')
      const mined = Number(await rpc(node, 'eth_getBlockTransactionCountByNumber', 'latest'))
      if (mined === 0) throw new Error(`${node.name}: an empty block with ${left} to go`)
      left -= mined
    }
  })
  return count / took
}
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
async function latency(node, call) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [call, 'latest'] })
  const took = []
  for (let i = 0; i < calls; i++) took.push(1e3 * await seconds(() => post(node.url, body)))
  took.sort((a, b) => a - b)
  return { p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
}

for (const node of nodes)
  for (let i = 0; ; i++) {
    try { await rpc(node, 'eth_chainId'); break } catch (error) { if (i === 100) throw error }
    await new Promise((r) => setTimeout(r, 100))
  }

// --- accounts with money, the contract
const wallets = Array.from({ length: senders }, (_, i) => new ethers.Wallet('0x' + (0xa0 + i).toString(16).repeat(32)))
const funder = new ethers.Wallet('0x' + '01'.repeat(32))
let contract
for (const node of nodes) {
  if (node.name === 'anvil') for (const wallet of wallets) await rpc(node, 'anvil_setBalance', wallet.address, '0x' + (10n ** 20n).toString(16))
  else {
    const nonce = Number(await rpc(node, 'eth_getTransactionCount', funder.address, 'latest'))
    const each = BigInt(await rpc(node, 'eth_getBalance', funder.address, 'latest')) / BigInt(senders + 1)
    const raw = await Promise.all(wallets.map((w, i) => funder.signTransaction({ ...price, nonce: nonce + i, to: w.address, value: each, gasLimit: 21000n })))
    await submit(node, raw)
    await mine(node, raw.length)
  }
  const creation = await wallets[0].signTransaction({ ...price, nonce: 0, data: work.bytecode, gasLimit: 1_000_000n })
  await submit(node, [creation])
  await mine(node, 1)
  contract = (await rpc(node, 'eth_getTransactionReceipt', ethers.keccak256(creation))).contractAddress
}

const abi = new ethers.Interface(work.abi)
const nonces = wallets.map((_, i) => (i === 0 ? 1 : 0))
let ids = 0
const sign = (count, fields) => Promise.all(Array.from({ length: count }, (_, i) => { const k = i % senders; return wallets[k].signTransaction({ ...price, nonce: nonces[k]++, ...fields(i) }) }))
const results = Object.fromEntries(nodes.map((n) => [n.name, { accepted: [], transfers: [], anchors: [], p50: [], p99: [] }]))
for (let round = 0; round < rounds; round++) {
  const payments = await sign(transfers, (i) => ({ to: '0x' + (i % 1000).toString(16).padStart(40, '5'), value: 1n, gasLimit: 21000n }))
  const anchored = await sign(anchors, () => ({ to: contract, gasLimit: 120000n, data: abi.encodeFunctionData('anchor', [ethers.id(String(ids++)), ethers.ZeroHash.replace(/0$/, '1')]) }))
  const call = { to: contract, data: abi.encodeFunctionData('balanceOf', [wallets[1].address]) }
  // Who begins changes from round to round.
  for (const node of round % 2 ? [...nodes].reverse() : nodes) {
    const into = results[node.name]
    into.accepted.push(await submit(node, payments))
    into.transfers.push(await mine(node, payments.length))
    await submit(node, anchored)
    into.anchors.push(await mine(node, anchored.length))
    await latency(node, call)
    const { p50, p99 } = await latency(node, call)
    into.p50.push(p50)
    into.p99.push(p99)
  }
}

const median = (list) => quantile([...list].sort((a, b) => a - b), 0.5)
const rows = [['accepted tx/s', 'accepted', 0], ['executed transfers/s', 'transfers', 0], ['executed anchors/s', 'anchors', 0], ['eth_call p50 ms', 'p50', 3], ['eth_call p99 ms', 'p99', 3]]
const [a, b] = nodes.map((n) => n.name)
console.log(`| median of ${rounds} rounds (least – most) | ${a} | ${b} | ${b} / ${a} |\n|---|---|---|---|`)
for (const [title, field, digits] of rows) {
  const text = (name) => { const list = results[name][field]; return `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)} – ${Math.max(...list).toFixed(digits)})` }
  console.log(`| ${title} | ${text(a)} | ${text(b)} | ${(median(results[b][field]) / median(results[a][field])).toFixed(2)} |`)
}
agent.destroy()

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// ethers against a node. usage: ethers.mjs URL BOX.json
import { box, frames, key, require, rpc, step, steps, tell, url } from './steps.mjs'
const { ethers } = require('ethers')

const provider = new ethers.JsonRpcProvider(url, undefined, { pollingInterval: 100, cacheTimeout: -1 })
const wallet = new ethers.Wallet(key, provider)
const price = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 0n }
/// WHY: ethers asks for the receipt once, then at each new block. Where a block comes between the two and none follows, it waits for ever.
const mined = async (sent) => {
  while ((await provider.getTransactionReceipt(sent.hash)) === null) await new Promise((r) => setTimeout(r, 20))
  return sent.wait()
}
const receiptOf = (r) => ({ status: r.status, type: r.type, gasUsed: r.gasUsed, to: r.to, contractAddress: r.contractAddress, logs: r.logs.length })

await step('network', async () => (await provider.getNetwork()).chainId)
const contract = await new ethers.ContractFactory(box.abi, box.bytecode, wallet).deploy(7n, { value: 5n, ...price })
const hashes = {}
await step('deploy', async () => receiptOf(await mined(contract.deploymentTransaction())))
const address = await contract.getAddress()
await step('code', async () => ethers.keccak256(await provider.getCode(address)))
await step('balance of the contract', () => provider.getBalance(address))
await step('call', () => contract.value())

for (const [name, fields] of [
  ['legacy', { type: 0, gasPrice: 10n ** 10n }],
  ['access list', { type: 1, gasPrice: 10n ** 10n, accessList: [{ address, storageKeys: [ethers.ZeroHash] }] }],
  ['dynamic fee', { type: 2, ...price }],
]) await step(`set, ${name}`, async () => {
  const sent = await contract.set(42n, { gasLimit: 120000n, ...fields })
  hashes[name] = sent.hash
  const { blockHash, blockNumber, ...found } = (await provider.getTransaction(sent.hash)).toJSON()
  const receipt = receiptOf(await mined(sent))
  return { receipt, type: found.type, data: found.data, accessList: found.accessList }
})
await step('set, set code', async () => {
  const other = new ethers.Wallet('0x' + '05'.repeat(32), provider)
  // It is there already: nodes differ over whether an account that never was is (anvil's memory has every account).
  await mined(await wallet.sendTransaction({ to: other.address, value: 1n, gasLimit: 21000n, ...price }))
  const authorization = await other.authorize({ address, nonce: 0, chainId: (await provider.getNetwork()).chainId })
  const sent = await wallet.sendTransaction({ type: 4, to: other.address, data: contract.interface.encodeFunctionData('set', [43n]), gasLimit: 200000n, authorizationList: [authorization], ...price })
  const receipt = receiptOf(await mined(sent))
  return { receipt, code: await provider.getCode(other.address), value: await new ethers.Contract(other.address, box.abi, provider).value() }
})
await step('value after', () => contract.value())
await step('estimate is enough', async () => {
  const gasLimit = await contract.nested.estimateGas(77n)
  const receipt = await mined(await contract.nested(77n, { gasLimit, ...price }))
  return { status: receipt.status, close: receipt.gasUsed * 13n / 10n > gasLimit }
})
await step('a revert in a block', async () => {
  const sent = await contract.set(5000n, { gasLimit: 100000n, ...price })
  try { await mined(sent); return 'no error' } catch (error) { return { code: error.code, status: error.receipt.status, gasUsed: error.receipt.gasUsed } }
})
const failure = async (work) => { try { return await work() } catch (error) { return { code: error.code, reason: error.reason, name: error.revert?.name, args: error.revert?.args.map(String), data: error.data } } }
await step('reason', () => failure(() => contract.reason()))
await step('custom error', () => failure(() => contract.set.staticCall(2000n)))
await step('panic', () => failure(() => contract.panic(0n)))
await step('nonce too low', () => failure(() => wallet.sendTransaction({ nonce: 0, to: address, gasLimit: 21000n, ...price })))
await step('insufficient funds', () => failure(() => new ethers.Wallet('0x' + '09'.repeat(32), provider).sendTransaction({ to: address, value: 1n, gasLimit: 21000n, ...price })))
await step('gas too low', async () => (await rpc('eth_sendRawTransaction', await wallet.signTransaction({ type: 2, chainId: 19541, nonce: 100, to: address, gasLimit: 20000n, ...price }))).error.message.includes('intrinsic gas'))

await step('logs', async () => (await contract.queryFilter(contract.filters.Changed(wallet.address), 0, 'latest')).map((e) => [e.args.by, e.args.value, e.args.note]))
await step('logs by topic', async () => (await contract.queryFilter(contract.filters.Changed(null, 77n), 0, 'latest')).length)
await step('earlier state', async () => {
  const { blockNumber } = await provider.getTransactionReceipt(hashes.legacy)
  return [await contract.value({ blockTag: blockNumber - 1 }), await contract.value({ blockTag: blockNumber }), await provider.getBalance(address, blockNumber - 2)]
})
await step('filter', async () => {
  const id = (await rpc('eth_newFilter', { address })).result
  const none = (await rpc('eth_getFilterChanges', id)).result
  await mined(await contract.set(50n, { gasLimit: 100000n, ...price }))
  const one = (await rpc('eth_getFilterChanges', id)).result
  return [none.length, one.length, one[0].topics, (await rpc('eth_uninstallFilter', id)).result, (await rpc('eth_getFilterChanges', id)).error !== undefined]
})

let traced
await step('trace of a call within a call', async () => {
  traced = (await mined(await contract.nested(78n, { gasLimit: 200000n, ...price }))).hash
  return frames((await rpc('debug_traceTransaction', traced, { tracer: 'callTracer', tracerConfig: { withLog: true } })).result)
})
await step('trace: every step', async () => {
  const { steps: list, ...rest } = steps((await rpc('debug_traceTransaction', traced)).result)
  return { ...rest, count: list.length, hash: ethers.id(JSON.stringify(list)), first: list.slice(0, 3), last: list.at(-1), costs: ethers.id(JSON.stringify(list.map((s) => s[3]))), storage: list.filter((s) => s[6]) }
})
await step('trace: state before', async () => {
  const pre = (await rpc('debug_traceTransaction', traced, { tracer: 'prestateTracer' })).result
  return [Object.keys(pre).includes(address.toLowerCase()), pre[address.toLowerCase()]]
})
await step('trace: state before and after', async () => {
  const { pre, post } = (await rpc('debug_traceTransaction', traced, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } })).result
  return [pre[address.toLowerCase()].storage, post[address.toLowerCase()]]
})
await step('trace: selectors', async () => (await rpc('debug_traceTransaction', traced, { tracer: '4byteTracer' })).result)
await step('trace of the block', async () => {
  const { blockNumber, blockHash } = await provider.getTransactionReceipt(traced)
  const by_number = (await rpc('debug_traceBlockByNumber', ethers.toQuantity(blockNumber), { tracer: 'callTracer' })).result
  const by_hash = (await rpc('debug_traceBlockByHash', blockHash, { tracer: 'callTracer' })).result
  return [by_number.length, by_number[0].txHash === traced, frames(by_number[0].result), JSON.stringify(by_hash) === JSON.stringify(by_number)]
})
await step('trace of a failing call', async () => {
  const call = { from: wallet.address, to: address, data: contract.interface.encodeFunctionData('set', [2000n]), gas: '0x30d40' }
  const { result } = await rpc('debug_traceCall', call, 'latest', { tracer: 'callTracer' })
  return frames(result)
})
await step('access list', async () => {
  const call = { from: wallet.address, to: address, data: contract.interface.encodeFunctionData('set', [90n]) }
  const { result } = await rpc('eth_createAccessList', call, 'latest')
  return { list: result.accessList.map((e) => [e.address, e.storageKeys.sort()]).sort(), gasUsed: result.gasUsed }
})

const ws = new ethers.WebSocketProvider(url.replace('http', 'ws'))
await step('subscriptions', async () => {
  const seen = { block: false, event: null, pending: false }
  await ws.on('block', () => { seen.block = true })
  await ws.on('pending', () => { seen.pending = true })
  const listening = contract.connect(ws)
  await listening.on('Changed', (by, value) => { seen.event = [by, value] })
  await ws.send('eth_chainId', [])
  await new Promise((r) => setTimeout(r, 300))
  await mined(await contract.set(60n, { gasLimit: 100000n, ...price }))
  for (let i = 0; i < 50 && !(seen.block && seen.event && seen.pending); i++) await new Promise((r) => setTimeout(r, 100))
  return seen
})
await ws.destroy()
provider.destroy()
tell('end', true)
process.exit(0)

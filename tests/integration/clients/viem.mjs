// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// viem against a node; proofs are checked with @ethereumjs/mpt. usage: viem.mjs URL BOX.json
import { pathToFileURL } from 'node:url'
import { box, key, require, step, tell, url } from './steps.mjs'
const load = async (name) => import(pathToFileURL(require.resolve(name)))
const viem = await load('viem')
const { privateKeyToAccount } = await load('viem/accounts')
const { verifyMerkleProof } = await load('@ethereumjs/mpt')

const account = privateKeyToAccount(key)
const chain = viem.defineChain({ id: 19541, name: 'Lucid', nativeCurrency: { name: 'wei', symbol: 'wei', decimals: 18 }, rpcUrls: { default: { http: [url] } } })
const client = viem.createPublicClient({ chain, transport: viem.http(url), pollingInterval: 100, cacheTime: 0 })
const wallet = viem.createWalletClient({ account, chain, transport: viem.http(url) })
const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 0n }
const wait = (hash) => client.waitForTransactionReceipt({ hash, pollingInterval: 50 })
const receiptOf = (r) => ({ status: r.status, type: r.type, gasUsed: r.gasUsed, to: r.to, logs: r.logs.length })

let address
await step('deploy', async () => {
  const receipt = await wait(await wallet.deployContract({ abi: box.abi, bytecode: box.bytecode, args: [7n], value: 5n, ...fees }))
  address = receipt.contractAddress
  return receiptOf(receipt)
})
const write = (functionName, args, more = {}) => wallet.writeContract({ address, abi: box.abi, functionName, args, gas: 120000n, ...fees, ...more })
const read = (functionName, args = [], more = {}) => client.readContract({ address, abi: box.abi, functionName, args, ...more })

await step('read', () => read('value'))
await step('legacy', async () => receiptOf(await wait(await write('set', [11n], { type: 'legacy', gasPrice: 10n ** 10n, maxFeePerGas: undefined, maxPriorityFeePerGas: undefined }))))
await step('access list', async () => receiptOf(await wait(await write('set', [12n], { type: 'eip2930', gasPrice: 10n ** 10n, maxFeePerGas: undefined, maxPriorityFeePerGas: undefined, accessList: [{ address, storageKeys: ['0x' + '00'.repeat(32)] }] }))))
await step('dynamic fee', async () => receiptOf(await wait(await write('set', [13n]))))
await step('set code', async () => {
  const other = privateKeyToAccount('0x' + '06'.repeat(32))
  await wait(await wallet.sendTransaction({ to: other.address, value: 1n, gas: 21000n, ...fees }))
  const authorization = await other.signAuthorization({ contractAddress: address, chainId: chain.id, nonce: 0 })
  const receipt = await wait(await wallet.sendTransaction({ to: other.address, data: viem.encodeFunctionData({ abi: box.abi, functionName: 'set', args: [9n] }), authorizationList: [authorization], gas: 200000n, ...fees }))
  return { receipt: receiptOf(receipt), code: await client.getCode({ address: other.address }) }
})
await step('filled by the wallet alone', async () => receiptOf(await wait(await wallet.writeContract({ address, abi: box.abi, functionName: 'set', args: [14n] }))))
const failure = async (work) => { try { return await work() } catch (error) { const inner = error.walk?.((e) => e.data) ?? error; return { name: inner.name, error: inner.data?.errorName, args: inner.data?.args, reason: inner.reason } } }
await step('reason', () => failure(() => client.simulateContract({ address, abi: box.abi, functionName: 'reason', account })))
await step('custom error', () => failure(() => client.simulateContract({ address, abi: box.abi, functionName: 'set', args: [2000n], account })))
await step('panic', () => failure(() => read('panic', [0n])))
await step('nonce too low', async () => { try { await wait(await write('set', [1n], { nonce: 0 })); return 'taken' } catch (error) { return Boolean(error.walk((e) => e.name === 'NonceTooLowError')) } })
await step('logs', async () => (await client.getContractEvents({ address, abi: box.abi, eventName: 'Changed', fromBlock: 0n })).map((l) => [l.args.by, l.args.value, l.args.note]))
await step('fee history', async () => { const h = await client.getFeeHistory({ blockCount: 3, rewardPercentiles: [10, 50] }); return [h.baseFeePerGas.length, h.gasUsedRatio.length, h.reward.length] })
await step('block', async () => {
  const block = await client.getBlock({ includeTransactions: true })
  return { transactions: block.transactions.length, sender: block.transactions[0].from, uncles: block.uncles, withdrawals: Array.isArray(block.withdrawals), fields: ['hash', 'parentHash', 'baseFeePerGas', 'logsBloom', 'size', 'stateRoot'].every((f) => block[f] !== null && block[f] !== undefined) }
})
await step('filter', async () => {
  const filter = await client.createContractEventFilter({ address, abi: box.abi, eventName: 'Changed' })
  await wait(await write('set', [20n]))
  const changes = await client.getFilterChanges({ filter })
  return [changes.map((l) => l.args.value), await client.uninstallFilter({ filter })]
})

const nodes = (proof) => proof.map((n) => viem.hexToBytes(n))
await step('proof of the account and a slot', async () => {
  const block = await client.getBlock()
  const slot = viem.keccak256(viem.encodeAbiParameters([{ type: 'address' }, { type: 'uint256' }], [account.address, 1n]))
  const proof = await client.getProof({ address, storageKeys: ['0x' + '00'.repeat(32), slot, '0x' + 'ff'.repeat(32)], blockNumber: block.number })
  const kept = await verifyMerkleProof(viem.hexToBytes(viem.keccak256(address)), nodes(proof.accountProof), { useKeyHashing: false, root: viem.hexToBytes(block.stateRoot) })
  const [nonce, balance, storageRoot, codeHash] = viem.fromRlp(viem.bytesToHex(kept))
  const slots = await Promise.all(proof.storageProof.map(async (s, i) => {
    const key = ['0x' + '00'.repeat(32), slot, '0x' + 'ff'.repeat(32)][i]
    const found = await verifyMerkleProof(viem.hexToBytes(viem.keccak256(key)), nodes(s.proof), { useKeyHashing: false, root: viem.hexToBytes(proof.storageHash) })
    return [found === null ? '0x0' : viem.fromRlp(viem.bytesToHex(found)), viem.toHex(s.value)]
  }))
  return { account: storageRoot === proof.storageHash && codeHash === proof.codeHash && viem.hexToBigInt(balance === '0x' ? '0x0' : balance) === proof.balance && Number(nonce === '0x' ? 0 : nonce) === proof.nonce, slots }
})
await step('proof of an earlier state', async () => {
  const block = await client.getBlock({ blockNumber: (await client.getBlockNumber()) - 2n })
  const proof = await client.getProof({ address, storageKeys: ['0x' + '00'.repeat(32)], blockNumber: block.number })
  const found = await verifyMerkleProof(viem.hexToBytes(viem.keccak256('0x' + '00'.repeat(32))), nodes(proof.storageProof[0].proof), { useKeyHashing: false, root: viem.hexToBytes(proof.storageHash) })
  const kept = await verifyMerkleProof(viem.hexToBytes(viem.keccak256(address)), nodes(proof.accountProof), { useKeyHashing: false, root: viem.hexToBytes(block.stateRoot) })
  return [viem.fromRlp(viem.bytesToHex(found)), viem.fromRlp(viem.bytesToHex(kept))[2] === proof.storageHash]
})
await step('access list made', async () => {
  const made = await client.createAccessList({ account, to: address, data: viem.encodeFunctionData({ abi: box.abi, functionName: 'set', args: [77n] }) })
  return { list: made.accessList.map((e) => [e.address, [...e.storageKeys].sort()]).sort(), gasUsed: made.gasUsed }
})
await step('subscription', async () => {
  const socket = viem.createPublicClient({ chain, transport: viem.webSocket(url.replace('http', 'ws')) })
  const seen = { head: false, values: [] }
  const stops = [socket.watchBlocks({ onBlock: () => { seen.head = true }, onError: (e) => { seen.head = String(e) } }), socket.watchContractEvent({ address, abi: box.abi, eventName: 'Changed', onLogs: (logs) => seen.values.push(...logs.map((l) => l.args.value)), onError: (e) => { seen.values.push(String(e)) } })]
  await socket.getChainId()
  await new Promise((r) => setTimeout(r, 1000))
  await wait(await write('set', [21n]))
  for (let i = 0; i < 100 && !(seen.head && seen.values.length); i++) await new Promise((r) => setTimeout(r, 100))
  stops.forEach((stop) => stop())
  return seen
})
tell('end', true)
process.exit(0)

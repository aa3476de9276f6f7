// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// ethers and plain JSON-RPC against a running node. Prints "ok NAME" or "not ok NAME: why".
// usage: chain_test.mjs RPC-URL DATA-DIRECTORY
import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const { ethers } = createRequire(join(process.env.LUCID_NPM, 'x.js'))('ethers')
const [url, data] = process.argv.slice(2)
const artifact = JSON.parse(readFileSync(join(here, '../../../contracts/artifacts/LucidAnchors.json'), 'utf8'))
const genesis = JSON.parse(readFileSync(join(data, 'chain/genesis.json'), 'utf8'))
const slotSeconds = 120

let bad = 0
function claim(name, good, why = '') {
  if (good) console.log(`ok ${name}`)
  else { bad = 1; console.log(`not ok ${name}: ${typeof why === 'string' ? why : JSON.stringify(why)}`) }
}
async function attempt(name, work) {
  try { await work() } catch (error) { claim(name, false, String(error.stack ?? error).split('\n').slice(0, 3).join(' | ').slice(0, 400)) }
}
async function post(body) {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body) })
  return answer.json()
}
const rpc = (method, ...params) => post({ jsonrpc: '2.0', id: 1, method, params })

// One request on the node's own socket: u32 LE length and JSON, each way.
function local(method, params) {
  return new Promise((resolve, reject) => {
    const socket = connect(join(data, 'run/chain.sock'))
    let got = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('data', (part) => {
      got = Buffer.concat([got, part])
      if (got.length >= 4 && got.length >= 4 + got.readUInt32LE(0)) {
        socket.end()
        resolve(JSON.parse(got.subarray(4).toString()))
      }
    })
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [params] }))
    const head = Buffer.alloc(4)
    head.writeUInt32LE(body.length)
    socket.write(Buffer.concat([head, body]))
  })
}

const provider = new ethers.JsonRpcProvider(url, undefined, { pollingInterval: 500, cacheTimeout: -1 })
const wallet = new ethers.Wallet('0x' + readFileSync(join(data, 'keys/account.key')).toString('hex'), provider)
const contract = (await rpc('lucid_status')).result.contract
const anchors = new ethers.Contract(contract, artifact.abi, wallet)

// A tree of two segments: what verifySegment is asked about.
const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const leaves = [0, 1].map((n) => sha(Buffer.from([0]), Buffer.from(`segment ${n}`)))
const session = {
  sessionId: '0x' + randomBytes(32).toString('hex'), manifestHash: '0x' + randomBytes(32).toString('hex'), startedAt: genesis.time,
  owner: ethers.Wallet.createRandom().address.toLowerCase(), merkleRoot: '0x' + sha(Buffer.from([1]), ...leaves).toString('hex'), treeSize: 2, chunkCount: 1,
}

await attempt('ethers: network', async () => {
  claim('ethers: chain id', (await provider.getNetwork()).chainId === BigInt(genesis.chain_id))
  claim('ethers: the chain starts at block 0', await provider.getBlockNumber() === 0)
  claim('ethers: the node has its budget', await provider.getBalance(wallet.address) > 10n ** 18n)
  claim('ethers: the contract is there', (await provider.getCode(contract)).length > 1000)
  claim('ethers: the node is registered', await anchors.evidenceKey(wallet.address) === '0x' + genesis.evidence_key)
})

// What the header's hash is made of, recomputed from the RPC's fields.
function headerHash(b) {
  const q = (v) => (BigInt(v) === 0n ? '0x' : ethers.toBeHex(BigInt(v)))
  return ethers.keccak256(ethers.encodeRlp([b.parentHash, b.sha3Uncles, b.miner, b.stateRoot, b.transactionsRoot, b.receiptsRoot, b.logsBloom,
    q(b.difficulty), q(b.number), q(b.gasLimit), q(b.gasUsed), q(b.timestamp), b.extraData, b.mixHash, b.nonce, q(b.baseFeePerGas),
    b.withdrawalsRoot, q(b.blobGasUsed), q(b.excessBlobGas), b.parentBeaconBlockRoot, b.requestsHash]))
}

await attempt('blocks', async () => {
  const zero = (await rpc('eth_getBlockByNumber', 'earliest', false)).result
  claim('the genesis hash is the hash of its header', headerHash(zero) === zero.hash, zero)
  claim('a block by hash is the block by number', JSON.stringify((await rpc('eth_getBlockByHash', zero.hash, false)).result) === JSON.stringify(zero))
  claim('an unknown block is null', (await rpc('eth_getBlockByHash', '0x' + '11'.repeat(32), false)).result === null && (await rpc('eth_getBlockByNumber', '0x7777', false)).result === null)
  claim('an unknown transaction is null', (await rpc('eth_getTransactionByHash', '0x' + '11'.repeat(32))).result === null && (await rpc('eth_getTransactionReceipt', '0x' + '11'.repeat(32))).result === null)
})

await attempt('errors', async () => {
  const codes = async (...bodies) => (await Promise.all(bodies.map(post))).map((a) => a.error?.code)
  const names = ['malformed JSON', 'not a request', 'unknown method', 'missing parameter', 'wrong parameter', 'anchoring from the network', 'empty batch']
  const got = await codes('{"jsonrpc":', '{"x":1}', { id: 1, method: 'anvil_nodeInfo' }, { id: 1, method: 'eth_getBalance', params: [] },
    { id: 1, method: 'eth_getBalance', params: ['0x12', 'latest'] }, { id: 1, method: 'lucid_submitSession', params: [session] }, '[]')
  const wanted = [-32700, -32600, -32601, -32602, -32602, -32601, -32600]
  names.forEach((name, i) => claim(`error code: ${name}`, got[i] === wanted[i], `${got[i]} instead of ${wanted[i]}`))
  const batch = await post([{ id: 'a', method: 'eth_chainId' }, { id: 2, method: 'nothing_here' }, { id: 3, method: 'net_version', params: [] }])
  claim('a batch is answered in order, errors inside', batch.length === 3 && batch[0].id === 'a' && batch[1].error.code === -32601 && batch[2].result === String(genesis.chain_id), batch)
  const deep = await post(`{"id":1,"method":"eth_call","params":${'['.repeat(400_000)}${']'.repeat(400_000)}}`)
  claim('a request nested 400,000 deep is refused', deep.error !== undefined, deep)
  claim('and the node still answers', (await rpc('eth_chainId')).result !== undefined)
})

const refused = async (name, code, work) => {
  try { await work(); claim(name, false, 'it was taken') } catch (error) { claim(name, error.code === code, `${error.code}: ${error.shortMessage}`) }
}

await attempt('refused transactions', async () => {
  await refused('ethers understands: insufficient funds', 'INSUFFICIENT_FUNDS', () => {
    const poor = ethers.Wallet.createRandom().connect(provider)
    return poor.sendTransaction({ to: wallet.address, value: 1n, gasLimit: 21000n })
  })
  await refused('ethers reads the contract\'s own error', 'CALL_EXCEPTION', () => anchors.connect(provider).getSessionAnchor(wallet.address, session.sessionId))
})

// Everything below goes into one block: slots last 120 s.
const other = ethers.Wallet.createRandom()
const sent = {}
await attempt('sending', async () => {
  sent.transfer = await wallet.sendTransaction({ to: other.address, value: ethers.parseEther('2') })
  sent.deploy = await new ethers.ContractFactory(artifact.abi, '0x' + artifact.bytecode, wallet).deploy(await anchors.registry())
  sent.checkpoint = await anchors.checkpoint(99n, '0x' + 'ab'.repeat(32), 4)
  const anchored = await local('lucid_submitSession', session)
  sent.session = anchored.result
  claim('the node\'s socket takes a session', /^0x[0-9a-f]{64}$/.test(anchored.result ?? ''), anchored)
  claim('the same session waits once', (await local('lucid_submitSession', session)).result === anchored.result)
  claim('pending transactions count in the nonce', await provider.getTransactionCount(wallet.address, 'pending') === 4 && await provider.getTransactionCount(wallet.address) === 0)
  const waiting = await provider.getTransaction(sent.transfer.hash)
  claim('a waiting transaction can be looked up', waiting.blockNumber === null && waiting.value === ethers.parseEther('2'))
  const raw = await wallet.signTransaction({ type: 2, chainId: genesis.chain_id, nonce: 0, to: wallet.address, value: 1n, gasLimit: 21000n, maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: 0n })
  claim('a replacement that pays no more is refused', (await rpc('eth_sendRawTransaction', raw)).error?.message === 'replacement transaction underpriced')
  claim('no block before its slot', await provider.getBlockNumber() === 0)
})

await attempt('the block', async () => {
  const receipt = await sent.transfer.wait(1, 150_000)
  const deployed = await sent.deploy.deploymentTransaction().wait(1, 10_000)
  const checkpoint = await sent.checkpoint.wait(1, 10_000)
  claim('ethers: the transfer is in block 1', receipt.status === 1 && receipt.blockNumber === 1 && receipt.gasUsed === 21000n)
  claim('ethers: the receiver has it', await provider.getBalance(other.address) === ethers.parseEther('2'))
  claim('ethers: the deployed contract answers', await sent.deploy.evidenceKey(wallet.address) === '0x' + genesis.evidence_key)
  claim('ethers: the address is the one that ethers expects', deployed.contractAddress === await sent.deploy.getAddress())
  const block = (await rpc('eth_getBlockByNumber', 'latest', true)).result
  claim('the hash of block 1 is the hash of its header', headerHash(block) === block.hash, block)
  claim('block time is the start of its slot', (Number(block.timestamp) - genesis.time) % slotSeconds === 0)
  claim('transactions stand in order of their nonces', block.transactions.map((t) => Number(t.nonce)).join() === '0,1,2,3')
  claim('safe and finalized are the head', (await rpc('eth_getBlockByNumber', 'finalized', false)).result.hash === block.hash)
  claim('gas used is the last cumulative gas', Number(block.gasUsed) === Math.max(...(await rpc('eth_getBlockReceipts', 'latest')).result.map((r) => Number(r.cumulativeGasUsed))))

  const events = await anchors.queryFilter(anchors.filters.Checkpoint(wallet.address), 0, 'latest')
  claim('ethers: getLogs finds the checkpoint', events.length === 1 && events[0].args.slot === 99n && events[0].transactionHash === checkpoint.hash)
  claim('ethers: getLogs with another topic finds nothing', (await anchors.queryFilter(anchors.filters.Checkpoint(other.address))).length === 0)
  claim('ethers: the checkpoint can be read', await anchors.checkpointRoot(wallet.address, 99n) === '0x' + 'ab'.repeat(32))
  const kept = await anchors.getSessionAnchor(wallet.address, session.sessionId)
  claim('ethers: the session can be read', kept.merkleRoot === session.merkleRoot && kept.treeSize === 2n && kept.owner.toLowerCase() === session.owner)
  claim('ethers: a segment verifies on the chain', await anchors.verifySegment(wallet.address, session.sessionId, 1, leaves[1], [leaves[0]]) === true)
  claim('ethers: a wrong segment does not', await anchors.verifySegment(wallet.address, session.sessionId, 0, leaves[1], [leaves[0]]) === false)
  claim('a known session is refused by name', (await local('lucid_submitSession', session)).error?.code === -32010)
  try {
    await anchors.checkpoint.staticCall(99n, '0x' + 'cd'.repeat(32), 1)
    claim('ethers: a second checkpoint of a slot reverts', false, 'no error')
  } catch (error) { claim('ethers: a second checkpoint of a slot reverts', error.revert?.name === 'AlreadyAnchored', error.shortMessage) }
  await refused('ethers understands: nonce too low', 'NONCE_EXPIRED', () => wallet.sendTransaction({ nonce: 0, to: other.address, gasLimit: 21000n }))
  const fees = await provider.getFeeData()
  claim('ethers: fees are those of the chain', fees.gasPrice === 10n ** 9n && fees.maxPriorityFeePerGas === 0n, String(fees.maxFeePerGas))
  const history = (await rpc('eth_feeHistory', '0x5', 'latest', [10, 90])).result
  claim('fee history covers both blocks', history.oldestBlock === '0x0' && history.baseFeePerGas.length === 3 && history.reward.length === 2)
})
provider.destroy()
console.log(`# session ${session.sessionId}`)
process.exit(bad)

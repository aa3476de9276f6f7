// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Random EVM programs from a seed. Most keep to the stack's height, so that they run long; some do not. What differs between two
// chains by nature (block number, time, coinbase …) is left out.
const byte = (n) => n.toString(16).padStart(2, '0')
const op = { STOP: 0x00, KECCAK256: 0x20, POP: 0x50, MLOAD: 0x51, MSTORE: 0x52, MSTORE8: 0x53, SLOAD: 0x54, SSTORE: 0x55, JUMP: 0x56, JUMPI: 0x57, JUMPDEST: 0x5b, TLOAD: 0x5c, TSTORE: 0x5d, MCOPY: 0x5e, PUSH0: 0x5f, CREATE: 0xf0, CALL: 0xf1, RETURN: 0xf3, CREATE2: 0xf5, REVERT: 0xfd, INVALID: 0xfe, SELFDESTRUCT: 0xff }
/// Operands and results of what needs nothing but numbers.
const plain = [[0x01, 2], [0x02, 2], [0x03, 2], [0x04, 2], [0x05, 2], [0x06, 2], [0x07, 2], [0x08, 3], [0x09, 3], [0x0a, 2], [0x0b, 2], [0x10, 2], [0x11, 2], [0x12, 2], [0x13, 2], [0x14, 2], [0x15, 1], [0x16, 2], [0x17, 2], [0x18, 2], [0x19, 1], [0x1a, 2], [0x1b, 2], [0x1c, 2], [0x1d, 2],
  [0x30, 0], [0x32, 0], [0x33, 0], [0x34, 0], [0x35, 1], [0x36, 0], [0x38, 0], [0x3a, 0], [0x3d, 0], [0x46, 0], [0x47, 0], [0x58, 0], [0x59, 0], [0x5a, 0]]

/// mulberry32
function numbers(seed) {
  let a = seed >>> 0
  const next = () => { a = (a + 0x6d2b79f5) >>> 0; let t = Math.imul(a ^ (a >>> 15), 1 | a); t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t; return ((t ^ (t >>> 14)) >>> 0) / 4294967296 }
  return { below: (n) => Math.floor(next() * n), chance: (p) => next() < p, pick: (list) => list[Math.floor(next() * list.length)] }
}

const interesting = ['00', '01', '02', '1f', '20', '40', 'ff', '0100', 'ffff', '80'.padEnd(64, '0'), 'f'.repeat(64), '7f'.padEnd(64, 'f'), 'ffffffffffffffff', '010000000000000000']
const precompiles = 9  // those that every chain of the fork has and that take any input

class Program {
  constructor(random) { this.r = random; this.code = ''; this.height = 0; this.places = []; this.holes = [] }
  get size() { return this.code.length / 2 }
  emit(o, takes, gives) { this.code += byte(o); this.height = Math.max(0, this.height - takes) + gives }
  push(hex) { if (hex === '' || hex === '00') return this.emit(op.PUSH0, 0, 1); this.emit(0x5f + hex.length / 2, 0, 1); this.code += hex }
  number(n) { this.push(n === 0 ? '' : (n.toString(16).length % 2 ? '0' : '') + n.toString(16)) }
  any() {
    const r = this.r
    if (r.chance(0.4)) return this.push(r.pick(interesting))
    this.push(Array.from({ length: 1 + r.below(r.chance(0.3) ? 32 : 4) }, () => byte(r.below(256))).join(''))
  }
  /// Mostly small: memory is paid for.
  offset() { if (this.r.chance(0.03)) this.any(); else this.number(this.r.below(160)) }
  address() {
    const r = this.r
    if (r.chance(0.3)) this.emit(0x30, 0, 1)
    else if (r.chance(0.4)) this.number(1 + r.below(precompiles))
    else if (r.chance(0.5)) this.push('c0ffee'.padStart(40, '1'))
    else this.any()
  }
  slot() { if (this.r.chance(0.9)) this.number(this.r.below(4)); else this.any() }
  step() {
    const r = this.r
    const what = r.below(100)
    if (what < 22) return this.any()
    if (what < 50) { const [o, takes] = r.pick(plain); if (this.height < takes && r.chance(0.97)) return this.any(); return this.emit(o, takes, 1) }
    if (what < 56) { const n = 1 + r.below(16); if (this.height < n && r.chance(0.97)) return this.any(); return this.emit(0x7f + n, 0, 1) }
    if (what < 60) { const n = 1 + r.below(16); if (this.height < n + 1 && r.chance(0.97)) return this.any(); return this.emit(0x8f + n, 0, 0) }
    if (what < 62) return this.emit(op.POP, 1, 0)
    if (what < 66) { this.any(); this.offset(); return this.emit(r.chance(0.8) ? op.MSTORE : op.MSTORE8, 2, 0) }
    if (what < 69) { this.offset(); return this.emit(op.MLOAD, 1, 1) }
    if (what < 71) { this.offset(); this.offset(); return this.emit(op.KECCAK256, 2, 1) }
    if (what < 76) { this.any(); this.slot(); return this.emit(r.chance(0.8) ? op.SSTORE : op.TSTORE, 2, 0) }
    if (what < 80) { this.slot(); return this.emit(r.chance(0.8) ? op.SLOAD : op.TLOAD, 1, 1) }
    if (what < 82) { this.offset(); this.offset(); this.offset(); return this.emit(r.pick([0x37, 0x39, 0x3e, op.MCOPY]), 3, 0) }
    if (what < 84) { this.address(); return this.emit(r.pick([0x31, 0x3b, 0x3f]), 1, 1) }
    if (what < 85) { this.offset(); this.offset(); this.offset(); this.address(); return this.emit(0x3c, 4, 0) }
    if (what < 87) { const topics = r.below(5); for (let i = 0; i < topics; i++) this.any(); this.offset(); this.offset(); return this.emit(0xa0 + topics, topics + 2, 0) }
    if (what < 91) return this.call()
    if (what < 93) return this.create()
    if (what < 97) return this.jump()
    if (what < 98) { this.offset(); this.offset(); return r.chance(0.3) ? this.emit(r.pick([op.RETURN, op.REVERT]), 2, 0) : this.emit(op.POP, 1, 0) }
    if (what < 99 && r.chance(0.2)) { this.address(); return this.emit(op.SELFDESTRUCT, 1, 0) }
    if (r.chance(0.2)) return this.emit(r.chance(0.5) ? op.INVALID : r.below(256), 0, 0)
    this.places.push(this.size); this.emit(op.JUMPDEST, 0, 0)
  }
  call() {
    const kind = this.r.pick([0xf1, 0xf2, 0xf4, 0xfa])
    this.offset(); this.offset(); this.offset(); this.offset()
    const valued = kind === 0xf1 || kind === 0xf2
    if (valued) this.number(this.r.chance(0.8) ? 0 : 1)
    this.address()
    if (this.r.chance(0.8)) this.number(this.r.below(60000)); else this.emit(0x5a, 0, 1)
    this.emit(kind, valued ? 7 : 6, 1)
  }
  create() {
    // Its code comes from memory: mostly a handful of instructions that an earlier MSTORE left, or nothing.
    const second = this.r.chance(0.5)
    if (second) this.any()
    this.offset(); this.offset(); this.number(0)
    this.emit(second ? op.CREATE2 : op.CREATE, second ? 4 : 3, 1)
  }
  jump() {
    const conditional = this.r.chance(0.8)
    if (conditional) this.any()
    this.emit(0x61, 0, 1); this.holes.push(this.size); this.code += '0000'
    this.emit(conditional ? op.JUMPI : op.JUMP, conditional ? 2 : 1, 0)
    this.places.push(this.size); this.emit(op.JUMPDEST, 0, 0)
  }
  finish() {
    // Jumps go to any mark, back ones too: gas ends loops. A few miss.
    for (const hole of this.holes) {
      const to = this.r.chance(0.97) ? this.r.pick(this.places.filter((p) => p > hole || this.r.chance(0.2)).concat(this.places.slice(-1))) : this.r.below(this.size)
      this.code = this.code.slice(0, 2 * hole) + to.toString(16).padStart(4, '0') + this.code.slice(2 * hole + 4)
    }
    this.code += '60805ff3'  // what is on the stack does not count; memory does
    return this.code
  }
}

export function program(seed) {
  const random = numbers(seed)
  const made = new Program(random)
  const steps = 5 + random.below(120)
  for (let i = 0; i < steps; i++) made.step()
  return made.finish()
}

/// Creation code that makes a contract of the program, calls it twice with data, and returns what it said: the second call meets the
/// storage of the first.
export function harness(runtime) {
  const size = runtime.length / 2
  const word = (n) => '61' + n.toString(16).padStart(4, '0')
  // Deploys runtime: creation code is "copy what follows and return it" before it, put together in memory at 0x400.
  const deployer = word(size) + '600c5f39' + word(size) + '5ff3'  // 12 bytes: PUSH2 size PUSH1 12 PUSH0 CODECOPY PUSH2 size PUSH0 RETURN
  const body = deployer + runtime
  const body_size = body.length / 2
  const head = (at) => [
    word(body_size), word(at), '610400', '39',           // CODECOPY(0x400, at, body)
    word(body_size), '610400', '5f', 'f0',               // CREATE(0, 0x400, body): address on the stack
    '7f' + '0102030405060708'.repeat(4), '5f', '52',     // calldata
    ...['85', '86'].map((dup) => ['5f', '5f', '6040', '5f', '5f', dup, '620493e0', 'f1'].join('')),  // CALL(300000, address, 0, 0, 64, 0, 0)
    '3d', '5f', '61' + '0300', '3e',                     // RETURNDATACOPY(0x300, 0, size)
    '01', '6102e0', '52',                                // how many succeeded
    '3d', '6020', '01', '6102e0', 'f3',
  ].join('')
  const length = head(0).length / 2
  return '0x' + head(length) + body
}

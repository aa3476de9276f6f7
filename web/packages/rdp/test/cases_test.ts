// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// The loader in Node: cases of tests/integration/wasm (streams of others, of FreeRDP's encoders and
// our own, and the same damaged) must give the native decoders' pixels.
//   node cases_test.js MODULE FOLDER
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { CodecError, loadCodecs, type Codecs, type Stream } from '../src/codecs.js';

const [modulePath, folder] = process.argv.slice(2);
if (modulePath === undefined || folder === undefined) {
  console.error('usage: cases_test.js MODULE FOLDER');
  process.exit(2);
}

let bad = 0;
function claim(name: string, holds: boolean): void {
  console.log(`${holds ? 'ok' : 'not ok'} loader: ${name}`);
  if (!holds) bad = 1;
}
function throws(kind: new (...parts: never[]) => Error, call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    return error instanceof kind;
  }
}

const bits = [8, 15, 16, 24] as const;
function streamOf(kind: number, option: number): Stream {
  const rows = option === 1 ? 'bottomUp' : 'topDown';
  switch (kind) {
    case 0:
      return { codec: 'interleaved', bitsPerPixel: bits.find((b) => b === option) ?? 24 };
    case 1:
      return { codec: 'planar', rows };
    case 2:
      return { codec: 'nscodec', rows };
    case 3:
      return { codec: 'remotefx' };
    case 4:
      return { codec: 'progressive' };
    default:
      return { codec: 'clear' };
  }
}

/** kind u8 | option u8 | width u16 | height u16 | streams u16 | (length u32 | bytes) each */
function run(codecs: Codecs, bytes: Buffer): Buffer {
  const width = bytes.readUInt16LE(2);
  const height = bytes.readUInt16LE(4);
  const stream = streamOf(bytes.readUInt8(0), bytes.readUInt8(1));
  const decoders = codecs.makeDecoders();
  const picture = codecs.makePicture(width, height);
  let at = 8;
  for (let left = bytes.readUInt16LE(6); left > 0; left -= 1) {
    const length = bytes.readUInt32LE(at);
    const data = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    try {
      decoders.decode(stream, data, picture);
    } catch (error) {
      // A refused stream leaves what it has drawn, natively too.
      if (!(error instanceof CodecError)) throw error;
    }
  }
  const pixels = Buffer.from(picture.pixels());
  picture.free();
  decoders.free();
  return pixels;
}

const codecs = await loadCodecs(new Uint8Array(readFileSync(modulePath)));
const different: string[] = [];
const files = readdirSync(folder).filter((name) => name.endsWith('.case'));
for (const file of files) {
  const expected = readFileSync(join(folder, file.replace(/\.case$/, '.pixels')));
  if (expected.length > 0 && !run(codecs, readFileSync(join(folder, file))).equals(expected)) different.push(file);
}
claim(`pixels equal the native ones in ${files.length} cases ${different.slice(0, 5).join(' ')}`, files.length > 0 && different.length === 0);

const decoders = codecs.makeDecoders();
const picture = codecs.makePicture(16, 16);
claim('a stream that is none is a CodecError', throws(CodecError, () => decoders.decode({ codec: 'remotefx' }, Uint8Array.of(1, 2, 3), picture)));
claim('an empty one, too', throws(CodecError, () => decoders.decode({ codec: 'clear' }, new Uint8Array(0), picture)));
claim('sides have limits', throws(RangeError, () => codecs.makePicture(0, 5)) && throws(RangeError, () => codecs.makePicture(32767, 1)));
picture.free();
claim('a freed picture is not drawn on', throws(Error, () => decoders.decode({ codec: 'clear' }, Uint8Array.of(0), picture)));
decoders.free();
claim('freed decoders do not decode', throws(Error, () => decoders.decode({ codec: 'clear' }, Uint8Array.of(0), codecs.makePicture(1, 1))));
claim(
  'another module is refused',
  await loadCodecs(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)).then(
    () => false,
    (error: unknown) => error instanceof TypeError,
  ),
);
process.exit(bad);

// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// Typed loader of the pixel codecs' WebAssembly module (native/codecs.cpp, tools/dev/build_wasm.sh).
// No DOM, no network: the caller brings the module's bytes and owns the pictures.
//
//   const codecs = await loadCodecs(bytes);
//   const decoders = codecs.makeDecoders();          // one per host connection: codecs have state
//   const picture = codecs.makePicture(1280, 720);
//   decoders.decode({ codec: 'remotefx' }, data, picture);    // throws CodecError
//   picture.pixels();                                 // B G R A; valid until memory grows
//   picture.free(); decoders.free();

/** Errc of lucid/common/result: why a stream is refused. */
export class CodecError extends Error {
  public constructor(public readonly code: number) {
    super(`the stream is refused (error ${code})`);
    this.name = 'CodecError';
  }
}

export type Stream =
  | { readonly codec: 'interleaved'; readonly bitsPerPixel: 8 | 15 | 16 | 24 }
  | { readonly codec: 'planar' | 'nscodec'; readonly rows: 'topDown' | 'bottomUp' }
  | { readonly codec: 'remotefx' | 'progressive' | 'clear' };

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const codecNumbers = {
  interleaved: 0,
  planar: 1,
  nscodec: 2,
  remotefx: 3,
  progressive: 4,
  clear: 5,
} as const;

/** Sides of a picture, as natively. */
const sideMax = 32766;
const pixelBytes = 4;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly _initialize: () => void;
  readonly lucid_alloc: (bytes: number) => number;
  readonly lucid_free: (at: number) => void;
  readonly lucid_decoders_new: () => number;
  readonly lucid_decoders_delete: (decoders: number) => void;
  readonly lucid_decode: (
    decoders: number,
    codec: number,
    option: number,
    data: number,
    bytes: number,
    pixels: number,
    width: number,
    height: number,
  ) => number;
  readonly lucid_damage_count: (decoders: number) => number;
  readonly lucid_damage: (decoders: number) => number;
}

const functionNames = [
  '_initialize',
  'lucid_alloc',
  'lucid_free',
  'lucid_decoders_new',
  'lucid_decoders_delete',
  'lucid_decode',
  'lucid_damage_count',
  'lucid_damage',
] as const satisfies readonly (keyof Exports)[];

function isExports(found: WebAssembly.Exports): found is WebAssembly.Exports & Exports {
  return (
    found['memory'] instanceof WebAssembly.Memory &&
    functionNames.every((name) => typeof found[name] === 'function')
  );
}

function allocate(exports: Exports, bytes: number): number {
  const at = exports.lucid_alloc(Math.max(1, bytes));
  if (at === 0) throw new RangeError(`no memory for ${bytes} bytes`);
  return at;
}

function optionOf(stream: Stream): number {
  switch (stream.codec) {
    case 'interleaved':
      return stream.bitsPerPixel;
    case 'planar':
    case 'nscodec':
      return stream.rows === 'bottomUp' ? 1 : 0;
    default:
      return 0;
  }
}

/** Pixels in the module's memory, B G R A, rows without gaps. */
export class Picture {
  private constructor(
    private readonly exports: Exports,
    private at: number,
    public readonly width: number,
    public readonly height: number,
  ) {}

  /** @internal */
  public static make(exports: Exports, width: number, height: number): Picture {
    for (const side of [width, height])
      if (!Number.isInteger(side) || side < 1 || side > sideMax)
        throw new RangeError(`a picture has sides of 1 to ${sideMax} pixels, not ${side}`);
    const picture = new Picture(exports, allocate(exports, width * height * pixelBytes), width, height);
    picture.pixels().fill(0);
    return picture;
  }

  /** A view, not a copy: invalid once the module's memory grows (any decode, any new picture). */
  public pixels(): Uint8Array {
    return new Uint8Array(this.exports.memory.buffer, this.address(), this.width * this.height * pixelBytes);
  }

  /** @internal */
  public address(): number {
    if (this.at === 0) throw new Error('the picture was freed');
    return this.at;
  }

  public free(): void {
    if (this.at !== 0) this.exports.lucid_free(this.at);
    this.at = 0;
  }
}

/** Decoders of all codecs with what they remember of one connection. */
export class Decoders {
  private constructor(
    private readonly exports: Exports,
    private at: number,
  ) {}

  /** @internal */
  public static make(exports: Exports): Decoders {
    return new Decoders(exports, exports.lucid_decoders_new());
  }

  /**
   * Draws a stream over the whole picture. Gives the rectangles drawn where the codec tells
   * (RemoteFX, progressive), else the whole. A stream that is refused may have drawn a part.
   */
  public decode(stream: Stream, data: Uint8Array, picture: Picture): Rect[] {
    if (this.at === 0) throw new Error('the decoders were freed');
    const input = allocate(this.exports, data.length);
    try {
      new Uint8Array(this.exports.memory.buffer, input, data.length).set(data);
      const refused = this.exports.lucid_decode(
        this.at,
        codecNumbers[stream.codec],
        optionOf(stream),
        input,
        data.length,
        picture.address(),
        picture.width,
        picture.height,
      );
      if (refused !== 0) throw new CodecError(refused - 1);
    } finally {
      this.exports.lucid_free(input);
    }
    if (stream.codec !== 'remotefx' && stream.codec !== 'progressive')
      return [{ x: 0, y: 0, width: picture.width, height: picture.height }];
    return this.damage();
  }

  public free(): void {
    if (this.at !== 0) this.exports.lucid_decoders_delete(this.at);
    this.at = 0;
  }

  private damage(): Rect[] {
    const count = this.exports.lucid_damage_count(this.at);
    if (count === 0) return [];
    const view = new DataView(this.exports.memory.buffer, this.exports.lucid_damage(this.at), count * 16);
    return Array.from({ length: count }, (_, i) => ({
      x: view.getUint32(16 * i, true),
      y: view.getUint32(16 * i + 4, true),
      width: view.getUint32(16 * i + 8, true),
      height: view.getUint32(16 * i + 12, true),
    }));
  }
}

export interface Codecs {
  makeDecoders(): Decoders;
  makePicture(width: number, height: number): Picture;
}

/** Throws a TypeError for bytes that are no module of these codecs. */
export async function loadCodecs(bytes: Uint8Array<ArrayBuffer>): Promise<Codecs> {
  const module = await WebAssembly.compile(bytes);
  // The C library wants a few WASI calls for a standard error it never writes to.
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: space, name } of WebAssembly.Module.imports(module)) {
    const functions = (imports[space] ??= {});
    functions[name] = () => 0;
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  if (!isExports(exports)) throw new TypeError('not the module of the pixel codecs');
  exports._initialize();
  return {
    makeDecoders: () => Decoders.make(exports),
    makePicture: (width, height) => Picture.make(exports, width, height),
  };
}

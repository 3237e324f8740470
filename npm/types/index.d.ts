/** Features `[mels, frames]`, as `readNpy` gives them. */
export interface Features {
  data: Float32Array;
  dims: number[];
}

/** An address, in Node also the path of a folder; or the files of a bundle by name. */
export type BundleSource =
  string | URL | Map<string, ArrayBuffer | Uint8Array> | Record<string, ArrayBuffer | Uint8Array>;

/** What an utterance is made with. */
export interface StreamOptions {
  /** Of the random numbers; its low 64 bits count. The same seed gives the same samples everywhere. Default 0. */
  seed?: number | bigint;
  /** Divides the logits before drawing; above 0. Default 1. */
  temperature?: number;
  /** Embedding of who speaks, for bundles that take one. */
  speaker?: ArrayLike<number>;
  /** Frames of features that a piece is made of, at most. Default 8. */
  frames?: number;
}

/** What runs graphs. */
export interface Engine {
  graph(
    bytes: Uint8Array,
  ): Promise<{ inputNames: readonly string[]; run(inputs: Record<string, unknown>): Promise<Record<string, unknown>> }>;
}

export interface LoadOptions {
  /** Default: int8 where the bundle has it, else f32. */
  precision?: 'f32' | 'int8';
  /** Default: `wasmEngine()`. */
  engine?: Engine;
}

/** An opened bundle, exported with `--standalone`. It makes one utterance at a time, or several in turns. */
export class Vocoder {
  private constructor();
  /** @throws {BundleError} the bundle cannot be read, or lacks a graph */
  static load(source: BundleSource, options?: LoadOptions): Promise<Vocoder>;
  /** The content of `bundle.json`. */
  readonly manifest: any;
  readonly precision: 'f32' | 'int8';
  /** Samples a second. */
  readonly sampleRate: number;
  /** Whether samples can come before all features are known. */
  readonly streams: boolean;
  /**
   * Makes an utterance piece by piece.
   *
   * @throws {TypeError} features or speaker do not fit the bundle
   * @throws {RangeError} too few frames, or a temperature that is none
   */
  stream(
    features: Features | Iterable<Features> | AsyncIterable<Features>,
    options?: StreamOptions,
  ): AsyncGenerator<Int16Array, void, undefined>;
  /** Makes an utterance: all its samples. Throws what `stream` throws. */
  generate(
    features: Features | Iterable<Features> | AsyncIterable<Features>,
    options?: StreamOptions,
  ): Promise<Int16Array>;
}

/** The engine of this package: its operators in WebAssembly; `module` in place of its own. */
export function wasmEngine(module?: WebAssembly.Module | BufferSource): Engine;

/** An engine of `onnxruntime-web` or `onnxruntime-node`, which run function bodies; `options` of its sessions. */
export function ortEngine(ort: any, options?: Record<string, unknown>): Engine;

/** The files of a bundle. */
export class Bundle {
  private constructor();
  static open(source: BundleSource): Promise<Bundle>;
  readonly name: string;
  /** The content of `bundle.json`. */
  readonly manifest: any;
  has(kind: string, precision?: 'f32' | 'int8'): boolean;
  /** @throws {BundleError} there is no such graph, or it is not the one that was exported */
  graph(kind: string, precision?: 'f32' | 'int8'): Promise<Uint8Array>;
}

/** A bundle that cannot be read; the message names the file, what was expected, and what was found. */
export class BundleError extends Error {}

/** A graph, or an input of one, that is refused; the message names node and tensor. */
export class GraphError extends Error {}

/** Reads an array of float32 or float64 in C order. */
export function readNpy(bytes: Uint8Array | ArrayBuffer): Features;

/** A WAV file of one channel of 16-bit samples. */
export function wavFile(pcm: Int16Array, sampleRate: number): Uint8Array;

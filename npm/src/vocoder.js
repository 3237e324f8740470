// Features to samples.

import { Bundle } from './bundle.js';
import { count, longs, tensor } from './tensor.js';
import { wasmEngine } from './wasm.js';
import { joined } from './wav.js';

/** Frames that a call makes at most: a tenth of a second or so. */
const FRAMES_OF_A_CALL = 8;

// What holds where the manifest says nothing of utterances.
const UTTERANCE = { leadFrames: 0, tailFrames: 1 };

/** Frames on their way, each of so many values. */
class Frames {
  constructor(size) {
    this.size = size;
    this.count = 0;
    this.values = new Float32Array(0);
  }

  push(values, count) {
    const all = new Float32Array(this.values.length + values.length);
    all.set(this.values);
    all.set(values, this.values.length);
    this.values = all;
    this.count += count;
  }

  take(count) {
    const taken = this.values.slice(0, count * this.size);
    this.values = this.values.slice(taken.length);
    this.count -= count;
    return taken;
  }
}

/** An opened bundle. */
export class Vocoder {
  #graphs;

  constructor(bundle, precision, graphs) {
    this.manifest = bundle.manifest;
    this.precision = precision;
    this.#graphs = graphs;
    this.utterance = { ...UTTERANCE, ...bundle.manifest.utterance };
  }

  /**
   * Opens a bundle that was exported with `--standalone`.
   *
   * @param source as `Bundle.open` takes it
   * @param {{precision?: 'f32' | 'int8', engine?: object}} [options] int8 unless the bundle has none; our WebAssembly,
   *     unless `ortEngine` gives another engine
   */
  static async load(source, { precision, engine = wasmEngine() } = {}) {
    const bundle = await Bundle.open(source);
    const chosen = precision ?? (bundle.has('seeded_generate', 'int8') ? 'int8' : 'f32');
    const open = async (kind, of) => engine.graph(await bundle.graph(kind, of));
    const streams = Boolean(bundle.manifest.stream);
    const graphs = {
      generate: await open('seeded_generate', chosen),
      decode: await open('decode'),
      conditioner: await open(streams ? 'stream_conditioner' : 'conditioner'),
    };
    return new Vocoder(bundle, chosen, graphs);
  }

  /** Samples a second. */
  get sampleRate() {
    return this.manifest.audio.sampleRate;
  }

  /** Whether samples can come before all features are known. */
  get streams() {
    return Boolean(this.manifest.stream);
  }

  /**
   * Makes an utterance: Int16Array of all samples, those of the command `vocode`.
   *
   * @param features as `stream` takes them
   * @param [options] as `stream` takes them
   */
  async generate(features, options) {
    const pieces = [];
    for await (const piece of this.stream(features, options)) pieces.push(piece);
    return joined(pieces);
  }

  /**
   * Makes an utterance piece by piece: yields Int16Array of the next samples.
   *
   * @param features {data, dims: [mels, frames]}, or an iterable, also an asynchronous one, of such parts
   * @param {{seed?: number | bigint, temperature?: number, speaker?: Float32Array, frames?: number}} [options]
   *     frames: how many a piece has at most
   */
  async *stream(features, { seed = 0, temperature = 1, speaker, frames = FRAMES_OF_A_CALL } = {}) {
    const mels = this.manifest.features.mels;
    if (!(temperature > 0 && Number.isFinite(temperature))) {
      throw new RangeError(`expected a temperature above 0, found ${temperature}`);
    }
    if (!(Number.isInteger(frames) && frames > 0))
      throw new RangeError(`expected 1 frame or more a piece, found ${frames}`);
    const maker = new Maker(this.#graphs, this, longs([1, 1], [seed]), temperature, frames);
    const embedding = this.#speaker(speaker);
    const parts = features?.[Symbol.iterator] || features?.[Symbol.asyncIterator] ? features : [features];
    if (this.streams) {
      const conditioner = new StreamedConditioner(this.#graphs.conditioner, this.manifest, embedding);
      const size = frames * mels;
      for await (const part of parts) {
        const values = byFrame(part, mels);
        for (let at = 0; at < values.length; at += size) {
          yield* maker.make(await conditioner.push(values.subarray(at, at + size)), 'more');
        }
      }
      conditioner.require(this.utterance.leadFrames + this.utterance.tailFrames + 1);
      yield* maker.make(await conditioner.finish(), 'end');
    } else {
      const all = new Frames(mels);
      for await (const part of parts) {
        const values = byFrame(part, mels);
        all.push(values, values.length / mels);
      }
      requireFrames(all.count, this.utterance.leadFrames + this.utterance.tailFrames + 1);
      const given = { features: tensor('float32', [1, mels, all.count], byMel(all.values, mels)), ...embedding };
      yield* maker.make(await this.#graphs.conditioner.run(given), 'end');
    }
  }

  /** The input for who speaks, by name. */
  #speaker(embedding) {
    const size = this.manifest.speakerSize ?? 0;
    if (size === 0 && embedding === undefined) return {};
    if (size === 0) throw new TypeError('speaker: this bundle takes none, found one');
    if (embedding === undefined) {
      throw new TypeError(`speaker: expected the embedding that this bundle takes, [${size}], found none`);
    }
    const values = Float32Array.from(embedding);
    if (values.length !== size || !values.every(Number.isFinite)) {
      throw new TypeError(`speaker: expected finite numbers [${size}], found [${values.length}]`);
    }
    return { speaker: tensor('float32', [1, size], values) };
  }
}

/** Features [mels, frames] as [frames, mels]. */
function byFrame(features, mels) {
  const { data, dims } = features ?? {};
  if (!data || dims?.length !== 2 || dims[0] !== mels || data.length !== count(dims)) {
    throw new TypeError(
      `features: expected {data, dims: [${mels}, frames]}, found dims [${dims}] and ${data?.length} numbers`,
    );
  }
  const frames = dims[1];
  const values = new Float32Array(data.length);
  for (let mel = 0; mel < mels; mel++) {
    for (let frame = 0; frame < frames; frame++) values[frame * mels + mel] = data[mel * frames + frame];
  }
  if (!values.every(Number.isFinite)) throw new TypeError('features: expected finite numbers, found others');
  return values;
}

/** The way back. */
function byMel(values, mels) {
  const frames = values.length / mels;
  const data = new Float32Array(values.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let mel = 0; mel < mels; mel++) data[mel * frames + frame] = values[frame * mels + mel];
  }
  return data;
}

function requireFrames(found, least) {
  if (found < least) throw new RangeError(`features: expected at least ${least} frames, found ${found}`);
}

/** Conditioning of frames as they come, with padding around the utterance. */
class StreamedConditioner {
  #graph;
  #manifest;
  #speaker;
  #state;
  #left;
  #last = null;
  #frames = 0;

  constructor(graph, manifest, speaker) {
    const { leadFrames, tailFrames, state } = manifest.stream;
    this.#graph = graph;
    this.#manifest = manifest;
    this.#speaker = speaker;
    const values = Float32Array.from(state.flatMap((run) => new Array(run.count).fill(run.value)));
    this.#state = tensor('float32', [1, values.length], values);
    // The conditioning of so many frames means nothing.
    this.#left = leadFrames + tailFrames;
  }

  require(least) {
    requireFrames(this.#frames, least);
  }

  /** One frame or more, [frames, mels], to the conditioning that is known now, by name. */
  async push(values) {
    const mels = this.#manifest.features.mels;
    const given = new Frames(mels);
    if (this.#last === null) this.#pad(given, values.subarray(0, mels), this.#manifest.stream.leadFrames);
    given.push(values, values.length / mels);
    this.#last = values.slice(-mels);
    this.#frames += values.length / mels;
    return this.#conditioned(given);
  }

  /** The conditioning of the last frames. */
  async finish() {
    const given = new Frames(this.#manifest.features.mels);
    this.#pad(given, this.#last, this.#manifest.stream.tailFrames);
    return this.#conditioned(given);
  }

  #pad(given, neighbour, frames) {
    const padding = this.#manifest.stream.padding ?? null;
    const frame = padding === null ? neighbour : new Float32Array(neighbour.length).fill(padding);
    for (let i = 0; i < frames; i++) given.push(frame, 1);
  }

  async #conditioned(given) {
    const frames = given.count;
    if (frames === 0) return {};
    const features = tensor('float32', [1, frames, given.size], given.values);
    const made = await this.#graph.run({ features, state: this.#state, ...this.#speaker });
    this.#state = made.next_state ?? this.#state;
    const dropped = Math.min(this.#left, frames);
    this.#left -= dropped;
    return Object.fromEntries(
      this.#manifest.conditioning.map(({ name }) => {
        const { dims, data } = made[name];
        const first = (dims[1] / frames) * dropped;
        const kept = data.slice(first * dims[2]);
        return [name, tensor('float32', [1, dims[1] - first, dims[2]], kept)];
      }),
    );
  }
}

/** Numbers that merging bands carries along: of a tree of filters, or of a bank of them. */
function bandState({ count: bands, even, prototype }) {
  if (prototype.length > 0) return (Math.ceil(prototype.length / bands) - 1) * bands;
  return 2 * (bands - 1) * even.length;
}

/** Conditioning to samples. */
class Maker {
  #graphs;
  #manifest;
  #utterance;
  #frames;
  #carried;
  #waiting = new Map();
  #begun = false;
  #made = 0;
  #held;
  #late;
  #early;

  constructor(graphs, { manifest, utterance }, seed, temperature, frames) {
    const { network, audio, features, bands } = manifest;
    this.#graphs = graphs;
    this.#manifest = manifest;
    this.#utterance = utterance;
    this.#frames = frames;
    this.#carried = {
      seed,
      temperature: tensor('float32', [1, 1], Float32Array.of(temperature)),
      previous: tensor('float32', [1, network.initialPrevious.length], Float32Array.from(network.initialPrevious)),
      state: tensor('float32', [1, network.stateSize]),
      sample: longs([1, 1], [0]),
      samples: longs([1, 1], [0]),
      last: tensor('float32', [1, 3]),
      bands: tensor('float32', [1, bands ? bandState(bands) : 0]),
    };
    const fade = (utterance.fadeSamples ?? 0) || (audio.fadeOutFrames ?? 0) * features.hop;
    // A centred bank is late by half of its filters: that is dropped, and silence brings the end.
    this.#late = bands?.form === 'CENTRED' ? (bands.prototype.length - 1) >> 1 : 0;
    this.#early = this.#late;
    // Frames at the end wait until it is known where it is.
    this.#held = utterance.tailFrames + Math.ceil(fade / features.hop);
  }

  /** Takes conditioning by name, and yields the samples that can be made; `until` is `more` or `end`. */
  async *make(conditioning, until) {
    for (const { name, size } of this.#manifest.conditioning) {
      if (!conditioning[name]) continue;
      const { dims, data } = conditioning[name];
      if (!this.#waiting.has(name)) this.#waiting.set(name, new Frames(size * this.#vectors(name)));
      this.#waiting.get(name).push(data, dims[1] / this.#vectors(name));
    }
    const [first] = this.#waiting.values();
    if (!this.#begun && !(first?.count > this.#utterance.leadFrames)) return;
    if (!this.#begun) this.#waiting.forEach((each) => each.take(this.#utterance.leadFrames));
    this.#begun = true;
    const ended = until === 'end';
    const kept = ended ? this.#utterance.tailFrames : this.#held;
    if (ended) {
      const all = (this.#made + first.count - kept) * this.#manifest.features.hop;
      this.#carried.samples = longs([1, 1], [all]);
    }
    while (first.count > kept) {
      const pcm = await this.#next(Math.min(this.#frames, first.count - kept));
      if (pcm.length > 0) yield pcm;
    }
    if (ended && this.#late > 0) yield this.#rest();
  }

  async #next(frames) {
    const inputs = { ...this.#carried };
    for (const { name, size } of this.#manifest.conditioning) {
      const values = this.#waiting.get(name).take(frames);
      inputs[name] = tensor('float32', [1, frames * this.#vectors(name), size], values);
    }
    const made = await this.#graphs.generate.run(inputs);
    const decoded = await this.#graphs.decode.run({ ...inputs, audio: made.audio });
    this.#carry(made);
    this.#carry(decoded);
    this.#made += frames;
    const pcm = decoded.pcm.data.subarray(this.#early);
    this.#early = Math.max(0, this.#early - decoded.pcm.data.length);
    return pcm;
  }

  /** The samples that silence after the last values brings. */
  async #rest() {
    const { count } = this.#manifest.bands;
    const silence = tensor('float32', [1, Math.ceil(this.#late / count) * count]);
    const { pcm } = await this.#graphs.decode.run({ ...this.#carried, audio: silence });
    return pcm.data.subarray(this.#early, this.#late);
  }

  #carry(outputs) {
    for (const [name, value] of Object.entries(outputs)) {
      if (name.startsWith('next_')) this.#carried[name.slice('next_'.length)] = value;
    }
  }

  /** Vectors of a frame. */
  #vectors(name) {
    const { rate } = this.#manifest.conditioning.find((each) => each.name === name);
    return rate === 'FRAME' ? 1 : this.#manifest.features.hop;
  }
}

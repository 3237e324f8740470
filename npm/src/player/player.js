// Speaks in a page: a worker makes samples, and an AudioWorklet plays them while it does.

import { joined } from '../wav.js';
import { START, digest } from './digest.js';
import { channel } from './ring.js';

/** A voice in a page. */
export class Player {
  #worker;
  #node;
  #context;
  #waiting = new Map();
  #last = 0;
  #onPiece = () => {};
  #silence = () => {};

  /**
   * Opens a bundle, in a page that the user has touched, as browsers ask before a page makes sound.
   *
   * @param {string | URL | Record<string, Uint8Array>} source where the bundle is, or its files by name
   * @param {{precision?: 'f32' | 'int8'}} [options]
   */
  static async open(source, { precision } = {}) {
    const player = new Player();
    const place = typeof source === 'string' || source instanceof URL ? new URL(source, location.href).href : source;
    try {
      Object.assign(player, await player.#ask('open', { source: place, precision }));
      await player.#listen();
    } catch (error) {
      await player.close();
      throw error;
    }
    return player;
  }

  constructor() {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }) => {
      if (data.piece) {
        this.#onPiece(data.piece);
        return;
      }
      const { resolve, reject } = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error === undefined) resolve(data.result);
      else reject(new Error(data.error));
    };
    this.#worker.onerror = (event) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(event.message || 'the worker cannot be loaded'));
      this.#waiting.clear();
    };
  }

  /**
   * Makes an utterance and plays it meanwhile; one at a time.
   *
   * @param {{data: Float32Array, dims: number[]}} features [mels, frames]
   * @param {object} [options] those of `Vocoder.stream`, and
   * @param {(pcm: Int16Array) => void} [options.onPiece] called with the next samples once they are made
   * @param {number} [options.delay] seconds of sound that are there before the first is played
   * @returns what was made and played, once all of it is
   */
  async speak(features, { onPiece = () => {}, delay = 0.2, ...options } = {}) {
    const id = ++this.#last;
    const [to, from] = channel();
    const pieces = [];
    this.#onPiece = (pcm) => {
      pieces.push(pcm);
      onPiece(pcm);
    };
    await this.#context.resume();
    const played = new Promise((resolve) => {
      this.#node.port.onmessage = ({ data }) => resolve(data);
      this.#silence = () => {
        this.#node.port.postMessage({ stop: true });
        resolve(null);
      };
    });
    const first = Math.round(delay * this.sampleRate);
    this.#node.port.postMessage({ channel: from, first }, from.port ? [from.port] : []);
    const ports = to.port ? [to.port] : [];
    const made = await this.#ask('speak', { features, options, channel: to }, ports, id);
    const heard = await played;
    const pcm = joined(pieces);
    return {
      pcm,
      seconds: made.seconds,
      stopped: made.stopped || heard === null,
      gaps: heard?.gaps ?? 0,
      heardAll: heard?.samples === pcm.length && heard.heard === pcm.reduce(digest, START),
    };
  }

  /** Ends what is being spoken. */
  stop() {
    this.#worker.postMessage({ stop: this.#last });
    this.#silence();
  }

  /** Gives everything back. */
  async close() {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error('the player was closed'));
    this.#waiting.clear();
    await this.#context?.close();
  }

  async #listen() {
    this.#context = new AudioContext({ sampleRate: this.sampleRate });
    await this.#context.audioWorklet.addModule(new URL('./worklet.js', import.meta.url));
    this.#node = new AudioWorkletNode(this.#context, 'wavebridge-player', {
      numberOfInputs: 0,
      outputChannelCount: [1],
    });
    this.#node.connect(this.#context.destination);
  }

  #ask(task, content, transfer = [], id = ++this.#last) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, task, ...content }, transfer);
    });
  }
}

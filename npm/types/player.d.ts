import type { BundleSource, Features, StreamOptions } from './index.js';

export interface SpeakOptions extends StreamOptions {
  /** Called with the next samples once they are made. */
  onPiece?: (pcm: Int16Array) => void;
  /** Seconds of sound that are there before the first is played. Default 0.2. */
  delay?: number;
}

/** What was made and played. */
export interface Spoken {
  pcm: Int16Array;
  /** That making it took. */
  seconds: number;
  /** Whether `stop` ended it. */
  stopped: boolean;
  /** Blocks of sound in which the next samples came late. */
  gaps: number;
  /** Whether what was played is, sample by sample, what was made. */
  heardAll: boolean;
}

/** A voice in a page: a worker makes samples, and an AudioWorklet plays them while it does. */
export class Player {
  private constructor();
  static open(source: BundleSource, options?: { precision?: 'f32' | 'int8' }): Promise<Player>;
  readonly sampleRate: number;
  readonly precision: 'f32' | 'int8';
  /** The content of `bundle.json`. */
  readonly manifest: any;
  /** Makes an utterance and plays it meanwhile; one at a time. */
  speak(features: Features, options?: SpeakOptions): Promise<Spoken>;
  /** Ends what is being spoken. */
  stop(): void;
  close(): Promise<void>;
}

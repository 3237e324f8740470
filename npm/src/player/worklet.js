// Plays samples as they come, and says what it has played.

import { START, digest } from './digest.js';
import { reader } from './ring.js';

class WavebridgePlayer extends AudioWorkletProcessor {
  #now = null;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      this.#now = data.stop
        ? null
        : { from: reader(data.channel), first: data.first, begun: false, samples: 0, gaps: 0, heard: START };
    };
  }

  process(_, [[out]]) {
    const now = this.#now;
    if (!now) return true;
    now.begun ||= now.from.ended || now.from.length >= now.first;
    if (!now.begun) return true;
    // In this order: what was written before the end is there once the end is seen.
    const ended = now.from.ended;
    const some = now.from.read(out);
    for (let i = 0; i < some; i++) now.heard = digest(now.heard, out[i] * 32768);
    now.samples += some;
    if (some < out.length) {
      if (ended) {
        this.port.postMessage({ samples: now.samples, gaps: now.gaps, heard: now.heard });
        this.#now = null;
      } else {
        now.gaps++;
      }
    }
    return true;
  }
}

registerProcessor('wavebridge-player', WavebridgePlayer);

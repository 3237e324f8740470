// Waveform and spectrogram that grow with the sound.

const WINDOW = 512;
const FLOOR = -80;
const HANN = Float32Array.from({ length: WINDOW }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / WINDOW));

/** The power spectrum of a window, in decibels, WINDOW / 2 values. */
function spectrum(samples, from) {
  const real = new Float32Array(WINDOW);
  const imaginary = new Float32Array(WINDOW);
  for (let i = 0, j = 0; i < WINDOW; i++) {
    real[j] = (samples[from + i] ?? 0) * HANN[i];
    let bit = WINDOW >> 1;
    for (; j & bit; bit >>= 1) {
      j ^= bit;
    }
    j |= bit;
  }
  for (let size = 2; size <= WINDOW; size *= 2) {
    for (let k = 0; k < size / 2; k++) {
      const cos = Math.cos((-2 * Math.PI * k) / size);
      const sin = Math.sin((-2 * Math.PI * k) / size);
      for (let a = k; a < WINDOW; a += size) {
        const b = a + size / 2;
        const re = real[b] * cos - imaginary[b] * sin;
        const im = real[b] * sin + imaginary[b] * cos;
        real[b] = real[a] - re;
        imaginary[b] = imaginary[a] - im;
        real[a] += re;
        imaginary[a] += im;
      }
    }
  }
  return Float32Array.from({ length: WINDOW / 2 }, (_, i) =>
    10 * Math.log10((real[i] ** 2 + imaginary[i] ** 2) / (WINDOW * WINDOW / 16) + 1e-12));
}

/** A colour between the ground of the page and its accent, by loudness from 0 to 1. */
function colour(loud, dark) {
  const stops = dark
    ? [[21, 23, 26], [20, 60, 84], [32, 130, 128], [190, 220, 130], [255, 252, 230]]
    : [[255, 255, 255], [206, 226, 222], [86, 158, 158], [14, 82, 100], [20, 24, 40]];
  const at = Math.min(0.999, Math.max(0, loud)) * (stops.length - 1);
  const low = Math.floor(at);
  return stops[low].map((value, i) => value + (at - low) * (stops[low + 1][i] - value));
}

/** Both pictures of one utterance. */
export class Pictures {
  constructor(waveform, spectrogram) {
    this.waveform = waveform;
    this.spectrogram = spectrogram;
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.dark.addEventListener('change', () => this.redraw(0));
    this.clear(1);
  }

  /** Empties them for an utterance of so many samples. */
  clear(expected) {
    this.samples = new Float32Array(expected);
    this.count = 0;
    this.drawn = 0;
    for (const canvas of [this.waveform, this.spectrogram]) {
      canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height);
    }
    this.heard = 0;
  }

  /** Adds samples. */
  add(samples) {
    if (this.count + samples.length > this.samples.length) {
      const longer = new Float32Array(2 * (this.count + samples.length));
      longer.set(this.samples.subarray(0, this.count));
      this.samples = longer;
      this.drawn = 0;
    }
    this.samples.set(samples, this.count);
    this.count += samples.length;
  }

  /** Draws what was added, and the line of what is heard now. */
  redraw(heard) {
    const { width } = this.waveform;
    if (this.drawn === 0) {
      this.picture = this.spectrogram.getContext('2d').createImageData(width, this.spectrogram.height);
    }
    const scale = this.samples.length / width;
    const columns = Math.min(width, Math.floor(this.count / scale));
    for (let x = this.drawn; x < columns; x++) {
      this.#column(x, Math.floor(x * scale));
    }
    this.drawn = columns;
    this.#wave(columns, scale, heard / scale);
    const context = this.spectrogram.getContext('2d');
    context.putImageData(this.picture, 0, 0);
    this.#line(context, heard / scale, this.spectrogram.height);
  }

  #column(x, from) {
    const power = spectrum(this.samples.subarray(0, this.count), Math.max(0, from - WINDOW / 2));
    const { width, height, data } = this.picture;
    for (let y = 0; y < height; y++) {
      const bin = Math.floor(((height - 1 - y) / height) * power.length);
      const [r, g, b] = colour(1 - power[bin] / FLOOR, this.dark.matches);
      data.set([r, g, b, 255], 4 * (y * width + x));
    }
  }

  #wave(columns, scale, heard) {
    const { width, height } = this.waveform;
    const context = this.waveform.getContext('2d');
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(this.waveform).getPropertyValue('--wave');
    for (let x = 0; x < columns; x++) {
      let low = 0;
      let high = 0;
      for (let i = Math.floor(x * scale); i < (x + 1) * scale; i++) {
        low = Math.min(low, this.samples[i]);
        high = Math.max(high, this.samples[i]);
      }
      context.fillRect(x, (height / 2) * (1 - high), 1, Math.max(1, (height / 2) * (high - low)));
    }
    this.#line(context, heard, height);
  }

  #line(context, x, height) {
    if (x > 0) {
      context.fillStyle = getComputedStyle(this.waveform).color;
      context.fillRect(Math.round(x), 0, 2, height);
    }
  }
}

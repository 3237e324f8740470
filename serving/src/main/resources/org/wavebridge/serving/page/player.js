// One stream: frames go to the server by WebSocket, samples come back and are played as they come.

const FRAMES_A_MESSAGE = 64;
const HEAD_START = 0.06;

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) {
    n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  }
  return n >>> 0;
});

/** A checksum of bytes after others, to compare what two streams gave. */
function checksum(bytes, before) {
  let crc = ~before;
  for (const byte of bytes) {
    crc = CRC[(crc ^ byte) & 255] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/**
 * An utterance that is played while it is made.
 *
 * Its callbacks: started(format), samples(Float32Array, figures), ended(), failed(message).
 */
export class Utterance {
  #socket;
  #context;
  #callbacks;
  #sent = 0;
  #crc = 0;
  #next = 0;
  #chunks = [];
  #over = false;
  figures = { first: null, seconds: 0, elapsed: 0, dry: 0, crc: 0 };

  constructor(frames, settings, token, callbacks) {
    this.#callbacks = callbacks;
    this.frames = frames;
    const url = new URL('/v1/stream', location.href.replace(/^http/, 'ws'));
    this.#socket = new WebSocket(url, token ? ['wavebridge', `bearer.${token}`] : ['wavebridge']);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#socket.send(JSON.stringify({ start: settings }));
    this.#socket.onmessage = (event) =>
      typeof event.data === 'string' ? this.#control(JSON.parse(event.data)) : this.#audio(event.data);
    this.#socket.onerror = () => this.#fail('The connection could not be opened.');
    this.#socket.onclose = () => this.#fail('The connection broke off.');
  }

  #control(message) {
    if (message.started) {
      this.format = message.started;
      this.#context = new AudioContext({ sampleRate: this.format.sample_rate });
      this.#callbacks.started(this.format);
      this.#send();
    } else if (message.finished) {
      this.#over = true;
      this.#socket.close();
      const left = Math.max(0, this.#next - this.#context.currentTime);
      setTimeout(() => this.#callbacks.ended(), 1000 * left);
    } else if (message.error) {
      const wait = message.retry_after ? ` Try again in ${Math.ceil(message.retry_after)} s.` : '';
      this.#fail(message.error + wait);
    }
  }

  #send() {
    const size = FRAMES_A_MESSAGE * this.format.mels;
    this.#sent = performance.now();
    for (let at = 0; at < this.frames.length; at += size) {
      this.#socket.send(this.frames.slice(at, at + size));
    }
    this.#socket.send(JSON.stringify({ finish: true }));
  }

  #audio(buffer) {
    const now = performance.now();
    this.#crc = checksum(new Uint8Array(buffer), this.#crc);
    const pcm = new Int16Array(buffer);
    this.#chunks.push(pcm);
    const samples = Float32Array.from(pcm, (value) => value / 32768);
    const figures = this.figures;
    figures.first ??= now - this.#sent;
    figures.seconds += samples.length / this.format.sample_rate;
    figures.elapsed = (now - this.#sent) / 1000;
    figures.crc = this.#crc;
    this.#play(samples);
    this.#callbacks.samples(samples, figures);
  }

  #play(samples) {
    const sound = this.#context.createBuffer(1, samples.length, this.format.sample_rate);
    sound.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = sound;
    source.connect(this.#context.destination);
    const now = this.#context.currentTime;
    if (this.#next < now) {
      this.figures.dry += this.#next > 0 ? 1 : 0;
      this.begin ??= now + HEAD_START;
      this.#next = now + HEAD_START;
    }
    source.start(this.#next);
    this.#next += sound.duration;
  }

  /** Seconds of the utterance that have been heard. */
  heard() {
    return this.begin === undefined ? 0 : Math.max(0, this.#context.currentTime - this.begin);
  }

  #fail(message) {
    if (!this.#over) {
      this.stop();
      this.#callbacks.failed(message);
    }
  }

  /** Ends it and its sound. */
  stop() {
    this.#over = true;
    if (this.#socket.readyState <= WebSocket.OPEN) {
      this.#socket.close();
    }
    if (this.#context && this.#context.state !== 'closed') {
      this.#context.close();
    }
  }

  /** What was made so far, as a WAV file. */
  wav() {
    const bytes = this.#chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const header = new DataView(new ArrayBuffer(44));
    const text = (at, word) => [...word].forEach((c, i) => header.setUint8(at + i, c.charCodeAt(0)));
    const rate = this.format.sample_rate;
    text(0, 'RIFF');
    header.setUint32(4, 36 + bytes, true);
    text(8, 'WAVEfmt ');
    header.setUint32(16, 16, true);
    header.setUint16(20, 1, true);
    header.setUint16(22, 1, true);
    header.setUint32(24, rate, true);
    header.setUint32(28, 2 * rate, true);
    header.setUint16(32, 2, true);
    header.setUint16(34, 16, true);
    text(36, 'data');
    header.setUint32(40, bytes, true);
    return new Blob([header.buffer, ...this.#chunks], { type: 'audio/wav' });
  }
}

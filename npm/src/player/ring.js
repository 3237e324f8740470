// Samples on their way from the worker that makes them to the thread that plays them: through memory that both share,
// or, in a page that may not share memory, in messages. A channel is {buffer} or {port}, one end of a MessageChannel.

/** Samples that may be on the way. */
const CAPACITY = 1 << 16;
/** Milliseconds between two looks for room. */
const PAUSE = 20;

const WRITTEN = 0;
const READ = 1;
const ENDED = 2;
const HEADER_BYTES = 12;

/** The two ends of a channel: for the worker and for the player. */
export function channel() {
  // Pages that are isolated from those of others may share memory.
  if (globalThis.crossOriginIsolated) {
    const buffer = new SharedArrayBuffer(HEADER_BYTES + 4 * CAPACITY);
    return [{ buffer }, { buffer }];
  }
  const { port1, port2 } = new MessageChannel();
  return [{ port: port1 }, { port: port2 }];
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE));

/** The end that samples are written to: `write` waits for room, `end` says that there are no more. */
export function writer({ buffer, port }) {
  return buffer ? new RingWriter(buffer) : new MessageWriter(port);
}

/** The end that they are read from: `read` takes what is there, at most as much as fits. */
export function reader({ buffer, port }) {
  return buffer ? new RingReader(buffer) : new MessageReader(port);
}

class Ring {
  constructor(buffer) {
    this.header = new Int32Array(buffer, 0, HEADER_BYTES / 4);
    this.samples = new Float32Array(buffer, HEADER_BYTES);
  }

  /** Samples on the way; the counters wrap around. */
  get length() {
    return (Atomics.load(this.header, WRITTEN) - Atomics.load(this.header, READ)) | 0;
  }
}

class RingWriter extends Ring {
  async write(values, stopped) {
    for (let at = 0; at < values.length && !stopped();) {
      const some = Math.min(values.length - at, CAPACITY - this.length);
      const from = Atomics.load(this.header, WRITTEN);
      for (let i = 0; i < some; i++) this.samples[(from + i) & (CAPACITY - 1)] = values[at + i];
      Atomics.store(this.header, WRITTEN, (from + some) | 0);
      at += some;
      if (at < values.length) await pause();
    }
  }

  end() {
    Atomics.store(this.header, ENDED, 1);
  }
}

class RingReader extends Ring {
  get ended() {
    return Atomics.load(this.header, ENDED) === 1;
  }

  read(into) {
    const some = Math.min(into.length, this.length);
    const from = Atomics.load(this.header, READ);
    for (let i = 0; i < some; i++) into[i] = this.samples[(from + i) & (CAPACITY - 1)];
    Atomics.store(this.header, READ, (from + some) | 0);
    return some;
  }
}

class MessageWriter {
  #port;
  #onTheWay = 0;

  constructor(port) {
    this.#port = port;
    port.onmessage = ({ data }) => (this.#onTheWay -= data);
  }

  async write(values, stopped) {
    while (this.#onTheWay > CAPACITY && !stopped()) await pause();
    this.#onTheWay += values.length;
    this.#port.postMessage(values);
  }

  end() {
    this.#port.postMessage(null);
  }
}

class MessageReader {
  #port;
  #pieces = [];
  #at = 0;
  length = 0;
  ended = false;

  constructor(port) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      if (data === null) {
        this.ended = true;
      } else {
        this.#pieces.push(data);
        this.length += data.length;
      }
    };
  }

  read(into) {
    let done = 0;
    while (done < into.length && this.#pieces.length > 0) {
      const [first] = this.#pieces;
      const some = Math.min(into.length - done, first.length - this.#at);
      into.set(first.subarray(this.#at, this.#at + some), done);
      done += some;
      this.#at += some;
      if (this.#at === first.length) {
        this.#pieces.shift();
        this.#at = 0;
        this.#port.postMessage(first.length);
      }
    }
    this.length -= done;
    return done;
  }
}

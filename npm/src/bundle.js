// Reads bundles: from a server, a folder, or files at hand.

import { isNode, ofNode } from './node.js';

const FORMAT = 1;
const MANIFEST = 'bundle.json';

/** A bundle that cannot be read; the message names the file, what was expected, and what was found. */
export class BundleError extends Error {
  name = 'BundleError';
}

/** The files of a bundle. */
export class Bundle {
  #read;

  constructor(name, read, manifest) {
    this.name = name;
    this.#read = read;
    /** The content of bundle.json. */
    this.manifest = manifest;
  }

  /**
   * @param source an address (a URL, or a string with `//` or, in a browser, any) or, in Node, the path of a folder; or
   *     files by name, an object or a Map of bytes
   */
  static async open(source) {
    const [name, read] = reader(source);
    let manifest;
    try {
      manifest = JSON.parse(new TextDecoder().decode(await read(MANIFEST)));
    } catch (error) {
      if (error instanceof BundleError) throw error;
      throw new BundleError(`${name}: ${MANIFEST}: expected JSON, found ${error.message}`);
    }
    if (manifest?.formatVersion !== FORMAT) {
      throw new BundleError(
        `${name}: ${MANIFEST}: expected format version ${FORMAT}, found ${manifest?.formatVersion}; ` +
          'use the WaveBridge that wrote it, or export it again',
      );
    }
    return new Bundle(name, read, manifest);
  }

  /** Whether there is a graph of a kind, such as `decode`, in a precision, `f32` or `int8`. */
  has(kind, precision = 'f32') {
    return this.#file(kind, precision) !== undefined;
  }

  /** The bytes of a graph. */
  async graph(kind, precision = 'f32') {
    const file = this.#file(kind, precision);
    if (!file) {
      const others = this.manifest.graphs.filter((each) => each.kind === kind).map((each) => each.precision);
      throw new BundleError(
        others.length > 0
          ? `${this.name}: expected a graph '${kind}' in ${precision}, found one in ${others.join(', ')}`
          : `${this.name}: expected a graph '${kind}', found none; export the bundle with --standalone`,
      );
    }
    const bytes = await this.#read(file.file);
    const found = await sha256(bytes);
    if (found !== null && found !== file.sha256) {
      throw new BundleError(`${this.name}: ${file.file}: expected SHA-256 ${file.sha256}, found ${found}`);
    }
    return bytes;
  }

  #file(kind, precision) {
    return this.manifest.graphs.find((each) => each.kind === kind && each.precision === precision);
  }
}

/** The SHA-256 of bytes in hexadecimal digits; null in a page that came without TLS, where browsers compute none. */
export async function sha256(bytes) {
  const { subtle } = globalThis.crypto ?? (await ofNode('crypto')).webcrypto;
  if (!subtle) return null;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What a source is called, and a function from the name of a file to its bytes. */
function reader(source) {
  if (source instanceof Map) return ['files', held((name) => source.get(name))];
  if (typeof source === 'object' && !(source instanceof URL)) return ['files', held((name) => source[name])];
  const place = String(source);
  const path = isNode && (!place.includes('//') || place.startsWith('file:'));
  return [place, path ? fromFolder(place) : fromServer(place)];
}

function held(get) {
  return async (name) => {
    const bytes = get(name);
    if (!bytes) throw new BundleError(`files: expected a bundle with ${name}, found no such file`);
    return new Uint8Array(bytes);
  };
}

function fromFolder(place) {
  return async (name) => {
    const { readFile } = await ofNode('fs/promises');
    const folder = place.startsWith('file:') ? new URL(place.endsWith('/') ? place : `${place}/`) : null;
    try {
      return new Uint8Array(await readFile(folder ? new URL(name, folder) : `${place}/${name}`));
    } catch (error) {
      throw new BundleError(`${place}: expected a bundle (a folder) with ${name}, found ${error.message}`);
    }
  };
}

function fromServer(place) {
  const folder = new URL(place.endsWith('/') ? place : `${place}/`, globalThis.location?.href);
  return async (name) => {
    const answer = await fetch(new URL(name, folder));
    if (!answer.ok) throw new BundleError(`${place}: expected a bundle with ${name}, found status ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
}

// The engine of this package: our operators in WebAssembly, the rest in JavaScript.

import { Graph } from './graph.js';
import { Kernels } from './kernels.js';

const FILE = new URL('./wavebridge.wasm', import.meta.url);

let compiled;

/** The module of this package, compiled once; WAVEBRIDGE_WASM names another file in Node. */
function ofPackage() {
  compiled ??= (async () => {
    const node = globalThis.process?.versions?.node;
    if (!node) return WebAssembly.compileStreaming(fetch(FILE));
    const { readFile } = await import('node:fs/promises');
    return WebAssembly.compile(await readFile(process.env.WAVEBRIDGE_WASM || FILE));
  })();
  return compiled;
}

/**
 * The engine in WebAssembly.
 *
 * @param {WebAssembly.Module | BufferSource} [module] another module than that of this package
 */
export function wasmEngine(module) {
  let kernels;
  return {
    async graph(bytes) {
      kernels ??= Kernels.load(module ?? (await ofPackage()));
      return new Graph(bytes, await kernels);
    },
  };
}

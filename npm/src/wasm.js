// The engine of this package: our operators in WebAssembly, the rest in JavaScript.

import { Graph } from './graph.js';
import { Kernels } from './kernels.js';
import { isNode, ofNode } from './node.js';
import { GraphError } from './onnx.js';

const FILE = new URL('./wavebridge.wasm', import.meta.url);

/** The bytes of this package's module. */
async function ofPackage() {
  if (isNode) return (await ofNode('fs/promises')).readFile(FILE);
  const answer = await fetch(FILE);
  if (!answer.ok)
    throw new GraphError(`${FILE}: expected the operators of this package, found status ${answer.status}`);
  return answer.arrayBuffer();
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

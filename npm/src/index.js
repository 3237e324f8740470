// Runs WaveBridge bundles in Node and the browser, with the samples of the command `wavebridge vocode`.

export { Bundle, BundleError } from './bundle.js';
export { GraphError } from './onnx.js';
export { readNpy } from './npy.js';
export { Vocoder } from './vocoder.js';
export { wasmEngine } from './wasm.js';
export { ortEngine } from './ort.js';
export { wavFile } from './wav.js';

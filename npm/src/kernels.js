// The operators of bundles, compiled to WebAssembly.

import { GraphError } from './onnx.js';
import { count, tensor, typeOf } from './tensor.js';

const SUCCESS = 0;
const NOT_THERE = 8; // EBADF

/** What the module asks its surroundings for: a clock; it prints nothing and reads nothing. */
function surroundings(module, memory) {
  const given = {
    clock_time_get: (_, __, place) => {
      const nanoseconds = BigInt(Math.round(performance.now() * 1e6));
      new DataView(memory()).setBigInt64(place, nanoseconds, true);
      return SUCCESS;
    },
    emscripten_notify_memory_growth: () => {},
    proc_exit: () => {
      throw new GraphError('the WaveBridge operators ended; please report it');
    },
  };
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = given[name] ?? (() => NOT_THERE);
  }
  return imports;
}

/** The operators. */
export class Kernels {
  /** Functions of the module, and its memory. */
  #wasm;

  constructor(exports) {
    this.#wasm = exports;
  }

  /**
   * @param {WebAssembly.Module | BufferSource} source the module, or its bytes
   */
  static async load(source) {
    const module = source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
    let exports;
    const instance = await WebAssembly.instantiate(
      module,
      surroundings(module, () => exports.memory.buffer),
    );
    exports = instance.exports;
    exports._initialize?.();
    return new Kernels(exports);
  }

  /** A node, with its attributes by name: integers, as bigints, or numbers; one or a list. */
  node(op, name, attributes) {
    const strings = [op, name].map((text) => this.#text(text));
    const node = this.#wasm.wb_node(...strings);
    strings.forEach((place) => this.#wasm.wb_free(place));
    if (node === 0) this.#refuse(`node '${name}'`);
    for (const [key, value] of attributes) {
      const values = Array.isArray(value) ? value : [value];
      const whole = typeof values[0] === 'bigint' || (values.length === 0 && Array.isArray(value));
      const array = whole ? BigInt64Array.from(values) : Float32Array.from(values);
      const [text, data] = [this.#text(key), this.copy(array)];
      const give = whole ? this.#wasm.wb_node_integers : this.#wasm.wb_node_numbers;
      this.#check(give(node, text, data, values.length));
      this.#wasm.wb_free(text);
      this.#wasm.wb_free(data);
    }
    return new Node(this.#wasm, this, node);
  }

  /** Memory of the module with the numbers of an array. */
  copy(array) {
    const place = this.allocate(array.byteLength);
    this.set(place, array);
    return place;
  }

  allocate(bytes) {
    const place = this.#wasm.wb_allocate(Math.max(bytes, 8));
    if (place === 0) throw new GraphError(`no memory is left for ${bytes} bytes`);
    return place;
  }

  set(place, array) {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.#wasm.memory.buffer, place, bytes.length).set(bytes);
  }

  #text(text) {
    return this.copy(new TextEncoder().encode(`${text}\0`));
  }

  #check(done) {
    if (!done) this.#refuse();
  }

  #refuse(where) {
    refuse(this.#wasm, where);
  }
}

/** Throws what the function that failed last has to say. */
function refuse(wasm, where) {
  const bytes = new Uint8Array(wasm.memory.buffer, wasm.wb_error());
  const message = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  throw new GraphError(where ? `${where}: ${message}` : message);
}

/** A node of a graph. */
class Node {
  #wasm;
  #kernels;
  #node;
  /** Of each input that a run takes: its memory, and how much that is. */
  #places = [];
  #constants = [];

  constructor(wasm, kernels, node) {
    this.#wasm = wasm;
    this.#kernels = kernels;
    this.#node = node;
    /** How many inputs a run takes; those behind are constants. */
    this.inputs = wasm.wb_node_inputs(node);
  }

  /** Gives a constant, before the node is opened. */
  input(index, value) {
    const place = this.#kernels.copy(value.data);
    this.#constants.push(place);
    this.#give(index, value, place);
  }

  open() {
    const opened = this.#wasm.wb_node_open(this.#node);
    this.#constants.forEach((place) => this.#wasm.wb_free(place));
    if (!opened) refuse(this.#wasm);
  }

  /** Inputs to outputs. */
  run(inputs, outputs) {
    inputs.forEach((value, index) => {
      const place = this.#room(index, value.data.byteLength);
      this.#kernels.set(place, value.data);
      this.#give(index, value, place);
    });
    if (!this.#wasm.wb_node_run(this.#node)) refuse(this.#wasm);
    return Array.from({ length: outputs }, (_, index) => this.#output(index));
  }

  #room(index, bytes) {
    const known = this.#places[index];
    if (known && known.bytes >= bytes) return known.place;
    if (known) this.#wasm.wb_free(known.place);
    const place = this.#kernels.allocate(bytes);
    this.#places[index] = { place, bytes };
    return place;
  }

  #give(index, value, place) {
    const dims = this.#kernels.copy(BigInt64Array.from(value.dims, BigInt));
    const code = typeOf(value.type).code;
    if (!this.#wasm.wb_node_input(this.#node, index, code, dims, value.dims.length, place)) refuse(this.#wasm);
    this.#wasm.wb_free(dims);
  }

  #output(index) {
    const place = this.#wasm.wb_node_output(this.#node, index);
    if (place === 0) refuse(this.#wasm);
    const view = new DataView(this.#wasm.memory.buffer, place);
    const rank = Number(view.getBigInt64(0, true));
    const dims = Array.from({ length: rank }, (_, axis) => Number(view.getBigInt64(8 + 8 * axis, true)));
    const data = Number(view.getBigInt64(8 + 8 * rank, true));
    return tensor('float32', dims, new Float32Array(this.#wasm.memory.buffer, data, count(dims)).slice());
  }
}

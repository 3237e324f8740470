// Runs graphs whose operators are ours, in WebAssembly, and those of operators.js.

import { GraphError, readModel } from './onnx.js';
import { OPERATORS } from './operators.js';

const OURS = 'org.wavebridge';

/** A graph that is ready to run. */
export class Graph {
  #model;
  #steps;
  #constants;

  /**
   * @param {Uint8Array} bytes an ONNX model
   * @param {import('./kernels.js').Kernels} kernels the operators in WebAssembly
   */
  constructor(bytes, kernels) {
    this.#model = readModel(bytes);
    this.#constants = new Map(this.#model.initializers);
    this.#steps = this.#model.nodes.map((node) => this.#step(node, kernels)).filter(Boolean);
  }

  get inputNames() {
    return this.#model.inputs;
  }

  /** Inputs by name to outputs by name; inputs that the graph does not have are passed over. */
  async run(inputs) {
    const values = new Map(this.#constants);
    for (const name of this.#model.inputs) {
      if (!inputs[name]) throw new GraphError(`expected an input '${name}', found none`);
      values.set(name, inputs[name]);
    }
    for (const step of this.#steps) step(values);
    return Object.fromEntries(this.#model.outputs.map((name) => [name, values.get(name)]));
  }

  /** What a node does to the values; nothing is left to do of a constant. */
  #step(node, kernels) {
    const run = node.domain === OURS ? this.#ours(node, kernels) : standard(node);
    const values = (from) => node.inputs.map((name) => (name === '' ? undefined : from.get(name)));
    if (node.op === 'Constant') {
      this.#constants.set(node.outputs[0], run([]));
      return null;
    }
    return (all) => {
      const made = run(values(all));
      node.outputs.forEach((name, i) => all.set(name, Array.isArray(made) ? made[i] : made));
    };
  }

  #ours(node, kernels) {
    const kernel = kernels.node(node.op, node.name, node.attributes);
    node.inputs.forEach((name, i) => {
      if (i < kernel.inputs) return;
      const constant = this.#constants.get(name);
      if (constant) kernel.input(i, constant);
    });
    kernel.open();
    return (inputs) => kernel.run(inputs.slice(0, kernel.inputs), node.outputs.length);
  }
}

function standard(node) {
  const operator = node.domain === '' ? OPERATORS.get(node.op) : undefined;
  if (!operator) {
    const found = node.domain === '' ? node.op : `${node.domain}:${node.op}`;
    throw new GraphError(`node '${node.name}': expected an operator of bundles, found ${found}`);
  }
  // An attribute of Split since operator set 18; before, the outputs say how many there are.
  const parts = node.op === 'Split' ? [['num_outputs', BigInt(node.outputs.length)]] : [];
  const attributes = new Map([...parts, ...node.attributes]);
  return (inputs) => {
    try {
      return operator(attributes, ...inputs);
    } catch (error) {
      throw new GraphError(`node '${node.name}' (${node.op}): ${error.message}`);
    }
  };
}

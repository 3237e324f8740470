// What is refused of a graph: other operators by name, and damaged files without a crash.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../src/graph.js';
import { GraphError } from '../src/onnx.js';

const field = (number, ...content) => {
  const bytes = content.flatMap((each) => (typeof each === 'string' ? [...Buffer.from(each)] : each));
  return [(number << 3) | 2, bytes.length, ...bytes];
};
const node = (op, domain) => [
  ...field(1, 'x'),
  ...field(2, 'y'),
  ...field(3, 'n'),
  ...field(4, op),
  ...field(7, domain),
];
const model = (op, domain = '') =>
  Uint8Array.from(field(7, field(1, node(op, domain)), field(11, field(1, 'x')), field(12, field(1, 'y'))));

test('a graph runs', async () => {
  const graph = new Graph(model('Relu'));
  assert.deepEqual(graph.inputNames, ['x']);
  const { y } = await graph.run({ x: { type: 'float32', dims: [2], data: Float32Array.of(-1, 2) } });
  assert.deepEqual(Array.from(y.data), [0, 2]);
  await assert.rejects(graph.run({}), /expected an input 'x', found none/);
});

test('other operators are refused by name', () => {
  assert.throws(() => new Graph(model('Softmax')), /node 'n': expected an operator of bundles, found Softmax/);
  assert.throws(() => new Graph(model('Relu', 'com.other')), /found com\.other:Relu/);
  assert.throws(() => new Graph(Buffer.from('{}')), GraphError);
});

test('a file that is cut or changed anywhere is read or refused', () => {
  const whole = model('Relu');
  const tries = [];
  for (let at = 0; at < whole.length; at++) {
    tries.push(whole.subarray(0, at));
    for (const bit of [1, 4, 128]) tries.push(whole.map((byte, i) => (i === at ? byte ^ bit : byte)));
  }
  for (const bytes of tries) {
    try {
      new Graph(bytes);
    } catch (error) {
      assert.ok(error instanceof GraphError, `${error.stack}`);
    }
  }
});

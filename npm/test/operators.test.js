// The standard operators, by hand where ONNX' definitions are easily mistaken: signs, ends, ties, types.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPERATORS } from '../src/operators.js';
import { longs, tensor } from '../src/tensor.js';

const floats = (dims, values) => tensor('float32', dims, Float32Array.from(values));
const run = (op, attributes, ...inputs) => OPERATORS.get(op)(new Map(Object.entries(attributes)), ...inputs);
const check = (found, dims, values, type = 'float32') => {
  assert.equal(found.type, type);
  assert.deepEqual(found.dims, dims);
  assert.deepEqual(Array.from(found.data), values);
};
const square = floats([2, 3], [1, 2, 3, 4, 5, 6]);

test('arithmetic repeats along axes and rounds once', () => {
  check(run('Add', {}, square, floats([3], [10, 20, 30])), [2, 3], [11, 22, 33, 14, 25, 36]);
  check(run('Mul', {}, floats([2, 1], [1, -1]), floats([1, 2], [3, 4])), [2, 2], [3, 4, -3, -4]);
  check(run('Add', {}, floats([1], [16777216]), floats([], [1])), [1], [16777216]);
  check(run('Div', {}, longs([2], [-7, 7]), longs([], [2])), [2], [-3n, 3n], 'int64');
  assert.throws(
    () => run('Add', {}, square, floats([2], [1, 2])),
    /expected shapes that go together, found \[2,3\] and \[2\]/,
  );
});

test('ties are rounded to even, and zeros keep their sign', () => {
  const found = run('Round', {}, floats([7], [0.5, 1.5, 2.5, -0.5, -1.5, -0.25, 2.75])).data;
  assert.ok(Object.is(found[3], -0) && Object.is(found[5], -0));
  assert.deepEqual(
    Array.from(found, (x) => x + 0),
    [0, 2, 2, 0, -2, 0, 3],
  );
});

test('casts drop fractions', () => {
  check(run('Cast', { to: 7n }, floats([3], [1.9, -1.9, 4294967296])), [3], [1n, -1n, 4294967296n], 'int64');
  check(run('Cast', { to: 5n }, floats([2], [32767, -32768])), [2], [32767, -32768], 'int16');
  check(run('Cast', { to: 1n }, longs([1], [16777217])), [1], [16777216]);
  check(run('Cast', { to: 9n }, floats([3], [0, -0.5, 2])), [3], [0, 1, 1], 'bool');
});

test('slices count from the end, stop at it, and go backwards', () => {
  const slice = (...of) => run('Slice', {}, square, ...of.map((values) => longs([values.length], values)));
  check(slice([1], [100], [1]), [2, 2], [2, 3, 5, 6]);
  check(slice([-1], [9223372036854775807n], [0]), [1, 3], [4, 5, 6]);
  check(slice([-1], [-100], [1], [-1]), [2, 3], [3, 2, 1, 6, 5, 4]);
  check(slice([0], [3], [1], [2]), [2, 2], [1, 3, 4, 6]);
  check(slice([2], [1], [1]), [2, 0], []);
});

test('padding repeats, reflects, fills and cuts', () => {
  const pads = longs([4], [0, 2, 0, 1]);
  check(run('Pad', { mode: 'edge' }, square, pads), [2, 6], [1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 6, 6]);
  check(run('Pad', { mode: 'reflect' }, square, pads), [2, 6], [3, 2, 1, 2, 3, 2, 6, 5, 4, 5, 6, 5]);
  check(run('Pad', {}, square, pads, floats([], [9])), [2, 6], [9, 9, 1, 2, 3, 9, 9, 9, 4, 5, 6, 9]);
  check(run('Pad', {}, square, longs([4], [0, -1, 1, 0])), [3, 2], [2, 3, 5, 6, 0, 0]);
});

test('moves', () => {
  check(run('Transpose', { perm: [1n, 0n] }, square), [3, 2], [1, 4, 2, 5, 3, 6]);
  check(run('Gather', { axis: 1n }, square, longs([2], [-1, 0])), [2, 2], [3, 1, 6, 4]);
  check(run('Gather', {}, square, longs([], [1])), [3], [4, 5, 6]);
  assert.throws(() => run('Gather', {}, square, longs([1], [2])), /expected indices below 2, found 2/);
  check(run('Concat', { axis: -1n }, square, floats([2, 1], [7, 8])), [2, 4], [1, 2, 3, 7, 4, 5, 6, 8]);
  check(run('Split', { axis: 1n }, square, longs([2], [1, 2]))[1], [2, 2], [2, 3, 5, 6]);
  check(run('Split', { axis: 1n, num_outputs: 3n }, square)[2], [2, 1], [3, 6]);
  check(run('Split', { axis: 1n, num_outputs: 2n }, square)[1], [2, 1], [3, 6]);
  check(run('Reshape', {}, square, longs([3], [0, -1, 1])), [2, 3, 1], [1, 2, 3, 4, 5, 6]);
  check(run('Expand', {}, floats([2, 1], [1, 2]), longs([1], [3])), [2, 3], [1, 1, 1, 2, 2, 2]);
  check(run('Squeeze', {}, floats([1, 2, 1], [1, 2]), longs([1], [-1])), [1, 2], [1, 2]);
  check(run('Unsqueeze', {}, floats([2], [1, 2]), longs([2], [0, -1])), [1, 2, 1], [1, 2]);
  check(
    run('Where', {}, tensor('bool', [2, 1], Uint8Array.of(1, 0)), square, floats([], [0])),
    [2, 3],
    [1, 2, 3, 0, 0, 0],
  );
});

test('counts and compares', () => {
  check(run('Shape', { start: -1n }, square), [1], [3n], 'int64');
  check(run('Range', {}, longs([], [5]), longs([], [0]), longs([], [-2])), [3], [5n, 3n, 1n], 'int64');
  check(run('Less', {}, longs([2], [1, 2]), longs([], [2])), [2], [1, 0], 'bool');
  check(run('Clip', {}, floats([3], [-2, 0.5, 2]), floats([], [-1]), floats([], [1])), [3], [-1, 0.5, 1]);
  check(run('Relu', {}, floats([3], [-1, Number.NaN, 2])), [3], [0, 0, 2]);
  check(run('Min', {}, longs([2], [1, 5]), longs([1], [3])), [2], [1n, 3n], 'int64');
});

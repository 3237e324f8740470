// The standard operators that bundles use beside ours: all of them move values, compare, count, or round one IEEE 754
// operation for each value. So their results are the same everywhere. As ONNX defines them, version 17.

import { TYPES, count, longs, strides, tensor, typeOf } from './tensor.js';

/** Picks elements: `place(axis, i)` says which element of an axis of `x` element i of the result is. */
function pick(x, dims, place) {
  const result = tensor(x.type, dims);
  const steps = strides(x.dims);
  const rows = dims.slice(0, -1);
  const last = dims.length - 1;
  const index = new Array(rows.length).fill(0);
  for (let at = 0; at < result.data.length;) {
    let base = 0;
    for (let axis = 0; axis < last; axis++) base += place(axis, index[axis]) * steps[axis];
    for (let i = 0; i < dims[last]; i++) result.data[at++] = x.data[base + place(last, i) * steps[last]];
    for (let axis = last - 1; axis >= 0; axis--) {
      if (++index[axis] < rows[axis]) break;
      index[axis] = 0;
    }
  }
  return result;
}

/** The shape of several broadcast together. */
function together(all) {
  const rank = Math.max(...all.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = all.map((dims) => dims[axis - rank + dims.length] ?? 1).filter((size) => size !== 1);
    const size = sizes[0] ?? 1;
    if (sizes.some((other) => other !== size))
      throw new Error(`expected shapes that go together, found [${all.join('] and [')}]`);
    return size;
  });
}

/** A tensor repeated to a shape. */
function broadcast(x, dims) {
  if (x.dims.length === dims.length && x.dims.every((size, axis) => size === dims[axis])) return x;
  const padded = [...new Array(dims.length - x.dims.length).fill(1), ...x.dims];
  if (dims.length === 0) return x;
  return pick({ ...x, dims: padded }, dims, (axis, i) => (padded[axis] === 1 ? 0 : i));
}

/** An operator on elements of tensors that go together. */
function elementwise(of, type) {
  return (_, ...inputs) => {
    const dims = together(inputs.map((x) => x.dims));
    const data = inputs.map((x) => broadcast(x, dims).data);
    const result = tensor(type ?? inputs[inputs.length - 1].type, dims);
    for (let i = 0; i < result.data.length; i++) result.data[i] = of(...data.map((each) => each[i]));
    return result;
  };
}

/** One on each element. */
function unary(of) {
  return (_, x) => tensor(x.type, x.dims, x.data.map(of));
}

function axisOf(value, rank) {
  const axis = Number(value);
  return axis < 0 ? axis + rank : axis;
}

/** Numbers of a tensor of integers. */
function numbers(x) {
  return Array.from(x.data, Number);
}

/** To the nearest whole number, ties to even. */
function roundEven(x) {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest < 0.5 || (rest === 0.5 && low % 2 === 0)) return x < 0 && low === 0 ? -0 : low;
  // Numbers above -1/2 become -0.
  return low === -1 ? -0 : low + 1;
}

function cast(attributes, x) {
  const type = TYPES.find((each) => each.code === Number(attributes.get('to')));
  if (!type) throw new Error(`expected a type that bundles use, found ${attributes.get('to')}`);
  let data;
  if (type.name === x.type) data = x.data;
  else if (type.name === 'bool') data = Uint8Array.from(x.data, (value) => (Number(value) !== 0 ? 1 : 0));
  else if (type.name === 'int64') data = BigInt64Array.from(x.data, (value) => BigInt(Math.trunc(value)));
  else data = type.array.from(x.data, Number);
  return tensor(type.name, x.dims, data);
}

function concat(attributes, ...inputs) {
  const axis = axisOf(attributes.get('axis'), inputs[0].dims.length);
  const dims = [...inputs[0].dims];
  dims[axis] = inputs.reduce((sum, x) => sum + x.dims[axis], 0);
  const result = tensor(inputs[0].type, dims);
  const rows = count(dims.slice(0, axis));
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (const x of inputs) {
      const size = x.data.length / rows;
      result.data.set(x.data.subarray(row * size, (row + 1) * size), at);
      at += size;
    }
  }
  return result;
}

function gather(attributes, x, indices) {
  const axis = axisOf(attributes.get('axis') ?? 0n, x.dims.length);
  const chosen = numbers(indices).map((i) => (i < 0 ? i + x.dims[axis] : i));
  const wrong = chosen.find((i) => !(i >= 0 && i < x.dims[axis]));
  if (wrong !== undefined) throw new Error(`expected indices below ${x.dims[axis]}, found ${wrong}`);
  const before = x.dims.slice(0, axis);
  const after = x.dims.slice(axis + 1);
  const flat = [count(before), chosen.length, count(after)];
  const found = pick({ ...x, dims: [flat[0], x.dims[axis], flat[2]] }, flat, (at, i) => (at === 1 ? chosen[i] : i));
  return { ...found, dims: [...before, ...indices.dims, ...after] };
}

function pad(attributes, x, amounts, fill) {
  const mode = attributes.get('mode') ?? 'constant';
  const rank = x.dims.length;
  const all = numbers(amounts);
  const dims = x.dims.map((size, axis) => size + all[axis] + all[rank + axis]);
  if (mode === 'constant') {
    const filler = fill === undefined ? tensor(x.type, [1]) : fill;
    // One more element on each axis is what the places outside take.
    const wide = x.dims.map((size) => size + 1);
    const source = tensor(x.type, wide);
    source.data.fill(filler.data[0]);
    place(x, source);
    return pick(source, dims, (axis, i) => {
      const at = i - all[axis];
      return at >= 0 && at < x.dims[axis] ? at : x.dims[axis];
    });
  }
  const inside = {
    edge: (at, size) => Math.min(Math.max(at, 0), size - 1),
    reflect: (at, size) => {
      const period = 2 * (size - 1);
      const folded = ((at % period) + period) % period;
      return size === 1 ? 0 : Math.min(folded, period - folded);
    },
  }[mode];
  if (!inside) throw new Error(`expected padding of constants, edges or reflections, found '${mode}'`);
  if (x.dims.some((size, axis) => size === 0 && dims[axis] > 0))
    throw new Error('expected something to pad with, found nothing');
  return pick(x, dims, (axis, i) => inside(i - all[axis], x.dims[axis]));
}

/** Puts a tensor into the corner of a larger one. */
function place(x, into) {
  const last = x.dims.length - 1;
  const steps = strides(into.dims);
  const index = new Array(x.dims.length).fill(0);
  const length = x.dims[last];
  for (let at = 0; at < x.data.length; at += length) {
    const to = index.reduce((sum, i, axis) => sum + i * steps[axis], 0);
    into.data.set(x.data.subarray(at, at + length), to);
    for (let axis = last - 1; axis >= 0; axis--) {
      if (++index[axis] < x.dims[axis]) break;
      index[axis] = 0;
    }
  }
}

function range(_, start, limit, delta) {
  const [from, to, by] = [start, limit, delta].map((x) => Number(x.data[0]));
  const size = Math.max(0, Math.ceil((to - from) / by));
  const type = typeOf(start.type);
  const values = Array.from({ length: size }, (__, i) => from + i * by);
  return tensor(start.type, [size], type.array.from(type.name === 'int64' ? values.map(BigInt) : values));
}

function reshape(attributes, x, shape) {
  if (Number(attributes.get('allowzero') ?? 0n) !== 0) throw new Error('expected allowzero of 0, found 1');
  const dims = numbers(shape).map((size, axis) => (size === 0 ? x.dims[axis] : size));
  const unknown = dims.indexOf(-1);
  if (unknown >= 0) dims[unknown] = x.data.length / count(dims.filter((size) => size !== -1));
  if (count(dims) !== x.data.length) throw new Error(`expected a shape of ${x.data.length} numbers, found [${dims}]`);
  return { ...x, dims };
}

function slice(_, x, starts, ends, axes, steps) {
  const rank = x.dims.length;
  const from = new Array(rank).fill(0);
  const by = new Array(rank).fill(1);
  const dims = [...x.dims];
  const chosen = axes ? numbers(axes) : starts.dims[0] === 0 ? [] : Array.from(starts.data, (__, i) => i);
  chosen.forEach((given, i) => {
    const axis = axisOf(given, rank);
    const size = x.dims[axis];
    const step = steps ? Number(steps.data[i]) : 1;
    const inside = (value, low, high) => Math.min(Math.max(value < 0 ? value + size : value, low), high);
    const start = inside(Number(starts.data[i]), 0, step > 0 ? size : size - 1);
    const end = inside(Number(ends.data[i]), step > 0 ? 0 : -1, size);
    from[axis] = start;
    by[axis] = step;
    dims[axis] = Math.max(0, Math.ceil((end - start) / step));
  });
  return pick(x, dims, (axis, i) => from[axis] + i * by[axis]);
}

/** Sizes of so many parts of a size; the last is smaller where it must be. */
function equalParts(size, count) {
  const part = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(part, size - i * part)));
}

function split(attributes, x, sizes) {
  const axis = axisOf(attributes.get('axis') ?? 0n, x.dims.length);
  let first = 0;
  return (sizes ? numbers(sizes) : equalParts(x.dims[axis], Number(attributes.get('num_outputs')))).map((size) => {
    const from = first;
    first += size;
    const dims = x.dims.map((all, i) => (i === axis ? size : all));
    return pick(x, dims, (i, at) => (i === axis ? from + at : at));
  });
}

function squeeze(_, x, axes) {
  const gone = axes && numbers(axes).map((axis) => axisOf(axis, x.dims.length));
  return { ...x, dims: x.dims.filter((size, axis) => (gone ? !gone.includes(axis) : size !== 1)) };
}

function unsqueeze(_, x, axes) {
  const rank = x.dims.length + axes.data.length;
  const added = numbers(axes).map((axis) => axisOf(axis, rank));
  const left = [...x.dims];
  return { ...x, dims: Array.from({ length: rank }, (__, axis) => (added.includes(axis) ? 1 : left.shift())) };
}

function shape(attributes, x) {
  const rank = x.dims.length;
  const bound = (value) => Math.min(Math.max(axisOf(value, rank), 0), rank);
  const dims = x.dims.slice(bound(attributes.get('start') ?? 0n), bound(attributes.get('end') ?? BigInt(rank)));
  return longs([dims.length], dims);
}

function transpose(attributes, x) {
  const order = attributes.get('perm')?.map(Number) ?? x.dims.map((_, i) => x.dims.length - 1 - i);
  const steps = strides(x.dims);
  const moved = order.map((axis) => steps[axis]);
  const dims = order.map((axis) => x.dims[axis]);
  const result = tensor(x.type, dims);
  const own = strides(dims);
  for (let at = 0; at < result.data.length; at++) {
    let from = 0;
    for (let axis = 0, left = at; axis < dims.length; axis++) {
      const i = Math.floor(left / own[axis]);
      left -= i * own[axis];
      from += i * moved[axis];
    }
    result.data[at] = x.data[from];
  }
  return result;
}

function clip(_, x, low, high) {
  const from = low ? low.data[0] : -Infinity;
  const to = high ? high.data[0] : Infinity;
  return tensor(
    x.type,
    x.dims,
    x.data.map((value) => (value < from ? from : value > to ? to : value)),
  );
}

/** What each makes of its attributes and inputs: a tensor, or a list of them. */
export const OPERATORS = new Map(
  Object.entries({
    Add: elementwise((a, b) => a + b),
    And: elementwise((a, b) => a & b),
    Cast: cast,
    Clip: clip,
    Concat: concat,
    Constant: (attributes) => {
      const [name, value] = [...attributes][0];
      if (name === 'value') return value;
      if (name === 'value_ints') return longs([value.length], value);
      if (name === 'value_int') return longs([], [value]);
      if (name === 'value_float') return tensor('float32', [], Float32Array.of(value));
      if (name === 'value_floats') return tensor('float32', [value.length], Float32Array.from(value));
      throw new Error(`expected a constant of numbers, found '${name}'`);
    },
    Div: elementwise((a, b) => a / b),
    Expand: (_, x, to) => broadcast(x, together([x.dims, numbers(to)])),
    Floor: unary(Math.floor),
    Gather: gather,
    Greater: elementwise((a, b) => (a > b ? 1 : 0), 'bool'),
    GreaterOrEqual: elementwise((a, b) => (a >= b ? 1 : 0), 'bool'),
    Identity: (_, x) => x,
    Less: elementwise((a, b) => (a < b ? 1 : 0), 'bool'),
    Max: elementwise((...all) => all.reduce((a, b) => (a < b ? b : a))),
    Min: elementwise((...all) => all.reduce((a, b) => (b < a ? b : a))),
    Mul: elementwise((a, b) => a * b),
    Pad: pad,
    Range: range,
    Relu: unary((value) => (value > 0 ? value : 0)),
    Reshape: reshape,
    Round: unary(roundEven),
    Shape: shape,
    Slice: slice,
    Split: split,
    Squeeze: squeeze,
    Sub: elementwise((a, b) => a - b),
    Transpose: transpose,
    Unsqueeze: unsqueeze,
    Where: elementwise((condition, a, b) => (condition ? a : b)),
  }),
);

// Tensors: {type, dims, data}, as ONNX Runtime's JavaScript interface names them.

/** The element types of bundles: ONNX' code, ONNX Runtime's name, and what holds the numbers. */
export const TYPES = [
  { code: 1, name: 'float32', array: Float32Array },
  { code: 3, name: 'int8', array: Int8Array },
  { code: 5, name: 'int16', array: Int16Array },
  { code: 6, name: 'int32', array: Int32Array },
  { code: 7, name: 'int64', array: BigInt64Array },
  { code: 9, name: 'bool', array: Uint8Array },
  { code: 11, name: 'float64', array: Float64Array },
];

/** The type of a name. */
export function typeOf(name) {
  return TYPES.find((each) => each.name === name);
}

/** The product of some sizes. */
export function count(dims) {
  return dims.reduce((a, b) => a * b, 1);
}

/** A tensor; without data, one of zeros. */
export function tensor(type, dims, data = new (typeOf(type).array)(count(dims))) {
  return { type, dims, data };
}

/** A tensor of int64 from numbers. */
export function longs(dims, values) {
  return tensor('int64', dims, BigInt64Array.from(values, BigInt));
}

/** How far apart the elements of each axis are. */
export function strides(dims) {
  const all = new Array(dims.length);
  let size = 1;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    all[axis] = size;
    size *= dims[axis];
  }
  return all;
}

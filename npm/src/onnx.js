// Reads the part of ONNX files that bundles use: protobuf messages, field by field.
// https://protobuf.dev/programming-guides/encoding, onnx/onnx.proto

import { TYPES } from './tensor.js';

/** A file that is no ONNX model as bundles hold them. */
export class GraphError extends Error {
  name = 'GraphError';
}

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;

const text = new TextDecoder();

/** The fields of a message, one after the other: [number, value], a bigint, a number (a float) or bytes. */
function* fields(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 63n) throw new GraphError('expected an ONNX model, found a damaged file');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
  };
  const take = (count) => {
    if (count < 0 || at + count > bytes.length)
      throw new GraphError('expected an ONNX model, found a file that ends early');
    at += count;
    return at - count;
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const wire = key & 7;
    if (wire === VARINT) {
      yield [key >> 3, varint()];
    } else if (wire === LENGTH) {
      const length = Number(varint());
      const start = take(length);
      yield [key >> 3, bytes.subarray(start, start + length)];
    } else if (wire === FOUR_BYTES) {
      yield [key >> 3, view.getFloat32(take(4), true)];
    } else if (wire === EIGHT_BYTES) {
      yield [key >> 3, view.getFloat64(take(8), true)];
    } else {
      throw new GraphError(`expected an ONNX model, found a field of wire type ${wire}`);
    }
  }
}

/** The whole numbers of a repeated field: one, or many packed into bytes. */
function integers(value) {
  if (typeof value === 'bigint') return [value];
  // A message whose fields would be the numbers has the same bytes without keys.
  const all = [];
  let number = 0n;
  let shift = 0n;
  for (const byte of value) {
    number |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      all.push(BigInt.asIntN(64, number));
      number = 0n;
      shift = 0n;
    }
  }
  return all;
}

/** The floats of a repeated field. */
function floats(value) {
  return typeof value === 'number' ? [value] : Array.from(new Float32Array(value.slice().buffer));
}

function readTensor(bytes) {
  let name = '';
  let code = 0;
  let raw = null;
  const dims = [];
  const given = [];
  for (const [field, value] of fields(bytes)) {
    if (field === 1) dims.push(...integers(value).map(Number));
    else if (field === 2) code = Number(value);
    else if (field === 4) given.push(...floats(value));
    else if (field === 5 || field === 7) given.push(...integers(value));
    else if (field === 8) name = text.decode(value);
    else if (field === 9) raw = value;
    else if (field === 13) throw new GraphError('expected the data of tensors inside of the file, found it outside');
  }
  const type = TYPES.find((each) => each.code === code);
  if (!type) throw new GraphError(`tensor '${name}': expected a type that bundles use, found ${code}`);
  const count = dims.reduce((a, b) => a * b, 1);
  let data;
  if (raw) {
    data = raw.length === count * type.array.BYTES_PER_ELEMENT ? new type.array(raw.slice().buffer) : [];
  } else {
    data = type.array.from(type.name === 'int64' ? given : given.map(Number));
  }
  if (data.length !== count) {
    throw new GraphError(
      `tensor '${name}': expected ${count} numbers of ${type.name}, found ${raw ? `${raw.length} bytes` : data.length}`,
    );
  }
  return { name, tensor: { type: type.name, dims, data } };
}

/** An attribute: {name, value}, the value a bigint, a number, a string, a tensor, or a list of bigints or numbers. */
function readAttribute(bytes) {
  const of = { name: '', one: undefined, ints: [], floats: [], kind: 0 };
  for (const [field, value] of fields(bytes)) {
    if (field === 1) of.name = text.decode(value);
    else if (field === 2 || field === 3) of.one = value;
    else if (field === 4) of.one = text.decode(value);
    else if (field === 5) of.one = readTensor(value).tensor;
    else if (field === 7) of.floats.push(...floats(value));
    else if (field === 8) of.ints.push(...integers(value));
    else if (field === 20) of.kind = Number(value);
  }
  const FLOAT = 1;
  const FLOATS = 6;
  const INT = 2;
  const INTS = 7;
  if (of.kind === FLOATS) return [of.name, of.floats];
  if (of.kind === INTS) return [of.name, of.ints];
  if (of.one === undefined && of.kind === FLOAT) return [of.name, 0];
  if (of.one === undefined && of.kind === INT) return [of.name, 0n];
  if (of.one === undefined)
    throw new GraphError(`attribute '${of.name}': expected a kind that bundles use, found ${of.kind}`);
  return [of.name, of.one];
}

function readNode(bytes) {
  const node = { op: '', domain: '', name: '', inputs: [], outputs: [], attributes: new Map() };
  for (const [field, value] of fields(bytes)) {
    if (field === 1) node.inputs.push(text.decode(value));
    else if (field === 2) node.outputs.push(text.decode(value));
    else if (field === 3) node.name = text.decode(value);
    else if (field === 4) node.op = text.decode(value);
    else if (field === 5) node.attributes.set(...readAttribute(value));
    else if (field === 7) node.domain = text.decode(value);
  }
  return node;
}

function nameOf(bytes) {
  for (const [field, value] of fields(bytes)) if (field === 1) return text.decode(value);
  return '';
}

/**
 * Reads a model: its nodes in order, its initializers by name, and the names of its inputs and outputs. Function bodies
 * are passed over.
 */
export function readModel(bytes) {
  const graph = { nodes: [], initializers: new Map(), inputs: [], outputs: [] };
  let found = false;
  for (const [field, value] of fields(bytes)) {
    if (field !== 7) continue;
    if (!(value instanceof Uint8Array)) throw new GraphError('expected an ONNX model, found another file');
    found = true;
    for (const [part, content] of fields(value)) {
      if (part === 1) graph.nodes.push(readNode(content));
      else if (part === 11) graph.inputs.push(nameOf(content));
      else if (part === 12) graph.outputs.push(nameOf(content));
      else if (part === 5) {
        const { name, tensor } = readTensor(content);
        graph.initializers.set(name, tensor);
      }
    }
  }
  if (!found) throw new GraphError('expected an ONNX model, found no graph');
  graph.inputs = graph.inputs.filter((name) => !graph.initializers.has(name));
  return graph;
}

// NumPy's files of one array, as far as features are in them.

/**
 * Reads an array: {data, dims}. Takes float32 and float64 in C order.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function readNpy(bytes) {
  const all = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (!magic.every((byte, i) => all[i] === byte)) throw new TypeError('expected a .npy file, found another');
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  const wide = all[6] >= 2;
  const start = wide ? 12 : 10;
  const end = start + (wide ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = new TextDecoder().decode(all.subarray(start, end));
  const type = /'descr': *'([^']*)'/.exec(header)?.[1];
  const dims = /'shape': *\(([^)]*)\)/
    .exec(header)?.[1]
    .split(',')
    .filter((size) => size.trim())
    .map(Number);
  const array = { '<f4': Float32Array, '<f8': Float64Array }[type];
  if (!array || !dims || !/'fortran_order': *False/.test(header)) {
    throw new TypeError(`expected floats in C order, found ${header.trim()}`);
  }
  const size = dims.reduce((a, b) => a * b, 1);
  const raw = all.slice(end, end + size * array.BYTES_PER_ELEMENT);
  if (raw.length < size * array.BYTES_PER_ELEMENT)
    throw new TypeError(`expected ${size} numbers, found a file that ends early`);
  return { data: Float32Array.from(new array(raw.buffer)), dims };
}

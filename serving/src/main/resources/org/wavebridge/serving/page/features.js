// Reads features from a .npy file, as frames one after the other.

const TYPES = {
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
};

/**
 * Frames of features.
 *
 * @param {ArrayBuffer} buffer a .npy file, [mels, frames] or [frames, mels]
 * @param {number} mels values of a frame
 * @returns {Float32Array} [frames, mels]
 */
export function readFeatures(buffer, mels) {
  const view = new DataView(buffer);
  const bytes = new Uint8Array(buffer);
  if (bytes.length < 12 || bytes[0] !== 0x93 || String.fromCharCode(...bytes.slice(1, 6)) !== 'NUMPY') {
    throw new Error('Expected a NumPy array (.npy), found something else.');
  }
  const wide = bytes[6] > 1;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = wide ? 12 : 10;
  const header = new TextDecoder().decode(bytes.slice(start, start + length));
  const [, order, code] = /'descr':\s*'([<>|=]?)(\w+)'/.exec(header) ?? [];
  const fortran = /'fortran_order':\s*True/.test(header);
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',').map((text) => text.trim()).filter(Boolean).map(Number);
  while (shape.length > 2 && shape[0] === 1) {
    shape.shift();
  }
  if (!(code in TYPES)) {
    throw new Error(`Expected float32, float64 or integer elements, found '${code}'.`);
  }
  if (shape.length !== 2 || (shape[0] !== mels && shape[1] !== mels)) {
    throw new Error(`Expected features [${mels}, frames] or [frames, ${mels}], found [${shape.join(', ')}].`);
  }
  const [width, read] = TYPES[code];
  const melsFirst = shape[0] === mels;
  const frames = melsFirst ? shape[1] : shape[0];
  if (bytes.length < start + length + width * mels * frames) {
    throw new Error('Expected more elements, found the end of the file.');
  }
  const values = new Float32Array(frames * mels);
  for (let frame = 0; frame < frames; frame++) {
    for (let mel = 0; mel < mels; mel++) {
      const [row, column] = melsFirst ? [mel, frame] : [frame, mel];
      const index = fortran ? column * shape[0] + row : row * shape[1] + column;
      values[frame * mels + mel] = read(view, start + length + width * index, order !== '>');
    }
  }
  return values;
}

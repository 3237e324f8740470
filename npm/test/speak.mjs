// Makes an utterance whole and in pieces of any length, and writes its samples.
import { readFile, writeFile } from 'node:fs/promises';
import { Vocoder, readNpy } from 'wavebridge';

const [, , bundle, mel, precision, seed, temperature, out] = process.argv;
const vocoder = await Vocoder.load(bundle, { precision });
const features = readNpy(await readFile(mel));
const options = { seed: BigInt(seed), temperature: Number(temperature) };

function part(first, end) {
  const [mels, frames] = features.dims;
  const data = new Float32Array(mels * (end - first));
  for (let mel = 0; mel < mels; mel++)
    data.set(features.data.subarray(mel * frames + first, mel * frames + end), mel * (end - first));
  return { data, dims: [mels, end - first] };
}

async function* parts() {
  let first = 0;
  for (const size of [1, 3, 2, features.dims[1]]) {
    const end = Math.min(first + size, features.dims[1]);
    yield part(first, end);
    first = end;
  }
}

const whole = await vocoder.generate(features, options);
const pieces = await vocoder.generate(parts(), { ...options, frames: 2 });
if (!Buffer.from(whole.buffer).equals(Buffer.from(pieces.buffer))) throw new Error('pieces make other samples');
await writeFile(out, Buffer.from(whole.buffer));

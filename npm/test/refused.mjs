// What is refused, and with which words: prints a line for each.
import { readFile } from 'node:fs/promises';
import { Vocoder, readNpy } from 'wavebridge';

const [, , bundle, plain, mel] = process.argv;
const tries = {
  none: () => Vocoder.load(`${bundle}/none`),
  plain: () => Vocoder.load(plain),
  precision: () => Vocoder.load(bundle, { precision: 'int8' }),
  version: () => Vocoder.load({ 'bundle.json': Buffer.from('{"formatVersion": 2}') }),
  damaged: async () => {
    const files = new Map();
    const { graphs } = JSON.parse(await readFile(`${bundle}/bundle.json`));
    for (const file of ['bundle.json', ...graphs.map((each) => each.file)])
      files.set(file, await readFile(`${bundle}/${file}`));
    files.get('decode.onnx')[100] ^= 1;
    return Vocoder.load(files);
  },
};
const vocoder = await Vocoder.load(bundle);
const features = readNpy(await readFile(mel));
Object.assign(tries, {
  shape: () => vocoder.generate({ data: new Float32Array(35), dims: [7, 5] }),
  few: () => vocoder.generate({ data: new Float32Array(80), dims: [80, 1] }),
  notFinite: () => vocoder.generate({ data: new Float32Array(400).fill(NaN), dims: [80, 5] }),
  temperature: () => vocoder.generate(features, { temperature: 0 }),
  speaker: () => vocoder.generate(features, { speaker: [1] }),
  npy: () => readNpy(new Uint8Array(20)),
});
for (const [name, run] of Object.entries(tries)) {
  try {
    await run();
    console.log(`${name}: not refused`);
  } catch (error) {
    console.log(`${name}: ${error.name}: ${error.message}`);
  }
}

import { BundleError, Vocoder, ortEngine, readNpy, wavFile } from 'wavebridge';
import { Player } from 'wavebridge/player';

const vocoder = await Vocoder.load(new URL('https://example.org/voice/'), { precision: 'int8' });
const features = readNpy(new Uint8Array(0));
for await (const pcm of vocoder.stream(features, { seed: 7n, temperature: 0.8 })) pcm.subarray(0, 1);
const file: Uint8Array = wavFile(await vocoder.generate([features]), vocoder.sampleRate);
const player = await Player.open({ 'bundle.json': file });
const { heardAll }: { heardAll: boolean } = await player.speak(features, { onPiece: (pcm) => pcm.length });
await Vocoder.load('voice', { engine: ortEngine({}) }).catch((error: BundleError) => error.message);
// @ts-expect-error there is no such precision
await Vocoder.load('voice', { precision: 'int4' });
console.log(heardAll);

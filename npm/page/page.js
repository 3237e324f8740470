import { readNpy } from '../src/npy.js';
import { sha256 } from '../src/bundle.js';
import { Player } from '../src/player/player.js';

const at = (id) => document.getElementById(id);
const message = (text, bad = false) => {
  at('message').textContent = text;
  at('message').className = bad ? 'bad' : '';
};

/** A picture of the samples so far, of as many as there will be. */
function picture(samples) {
  const canvas = at('waveform');
  const context = canvas.getContext('2d');
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#3060c0';
  let made = 0;
  return (pcm) => {
    pcm.forEach((sample, i) => {
      const height = (Math.abs(sample) / 32768) * canvas.height;
      context.fillRect(((made + i) / samples) * canvas.width, (canvas.height - height) / 2, 1, Math.max(height, 1));
    });
    made += pcm.length;
  };
}

let player;
let opened = '';

async function play() {
  const [file] = at('features').files;
  if (!file) throw new Error('choose a file of features');
  const features = readNpy(new Uint8Array(await file.arrayBuffer()));
  const wanted = `${at('precision').value} ${at('bundle').value}`;
  if (wanted !== opened) {
    message('Loading ...');
    await player?.close();
    player = await Player.open(at('bundle').value, { precision: at('precision').value });
    opened = wanted;
  }
  message('Speaking ...');
  at('stop').disabled = false;
  const made = await player.speak(features, {
    seed: BigInt(at('seed').value),
    temperature: Number(at('temperature').value),
    onPiece: picture(features.dims[1] * player.manifest.features.hop),
  });
  const spoken = made.pcm.length / player.sampleRate;
  const bytes = new Uint8Array(made.pcm.buffer);
  window.made = { ...made, pcm: undefined, spoken, sha256: await sha256(bytes), shared: crossOriginIsolated };
  const gaps = made.gaps > 0 ? `, with ${made.gaps} gaps` : '';
  const hash = window.made.sha256 ?? 'not known without TLS';
  message(
    `${spoken.toFixed(2)} s of sound, made at ${(spoken / made.seconds).toFixed(2)} times real time${gaps}. ` +
      `SHA-256 of its samples: ${hash}`,
  );
}

at('stop').onclick = () => player?.stop();
at('form').onsubmit = async (event) => {
  event.preventDefault();
  at('play').disabled = true;
  try {
    await play();
  } catch (error) {
    opened = '';
    message(error.message, true);
  }
  at('play').disabled = false;
  at('stop').disabled = true;
};

// The page: what is chosen, and what happens then.

import { readFeatures } from './features.js';
import { Pictures } from './pictures.js';
import { Utterance } from './player.js';

const element = (id) => document.getElementById(id);
const pictures = new Pictures(element('waveform'), element('spectrogram'));
let models = [];
let utterance = null;

function say(text, bad = false) {
  element('message').textContent = text;
  element('message').className = bad ? 'bad' : '';
}

const token = () => element('token').value.trim();

async function ask(path) {
  const response = await fetch(path, token() ? { headers: { Authorization: `Bearer ${token()}` } } : {});
  if (response.status === 401) {
    document.querySelector('.token').hidden = false;
    throw new Error('This server wants a token.');
  }
  if (!response.ok) {
    const body = await response.json().catch(() => ({ error: response.statusText }));
    throw new Error(body.error);
  }
  return response;
}

function fill(select, entries) {
  select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)));
}

function chosen() {
  return models[Number(element('model').value)];
}

function showPrecisions() {
  const model = chosen();
  fill(element('precision'), (model?.precisions ?? []).map((each) => [each, each]));
}

async function load() {
  models = await (await ask('/v1/models')).json();
  fill(element('model'), models.map((each, i) => [i, `${each.name} ${each.version} (${each.sample_rate / 1000} kHz)`]));
  showPrecisions();
  const examples = await (await ask('/v1/examples')).json();
  fill(element('features'), examples.length > 0
    ? examples.map((name) => [name, name.replace(/\.npy$/, '')])
    : [['', 'choose a file']]);
  say(models.length === 0 ? 'No model is loaded.' : '', models.length === 0);
}

async function features(mels) {
  const file = element('file').files[0];
  if (file) {
    return readFeatures(await file.arrayBuffer(), mels);
  }
  const name = element('features').value;
  if (!name) {
    throw new Error('Choose a .npy file with features first.');
  }
  return readFeatures(await (await ask(`/v1/examples/${encodeURIComponent(name)}`)).arrayBuffer(), mels);
}

function busy(is) {
  element('play').disabled = is;
  element('stop').disabled = !is;
}

function showFigures({ first, seconds, elapsed, dry, crc }) {
  element('first').textContent = `${first.toFixed(0)} ms`;
  element('made').textContent = `${seconds.toFixed(2)} s`;
  element('speed').textContent = `${(seconds / Math.max(elapsed, 1e-3)).toFixed(1)} × real time`;
  element('dry').textContent = dry === 0 ? 'never' : `${dry} ×`;
  element('bits').textContent = crc.toString(16).padStart(8, '0');
}

async function play() {
  utterance?.stop();
  element('save').hidden = true;
  busy(true);
  try {
    const model = chosen();
    if (!model) {
      await load();
      busy(false);
      return;
    }
    const frames = await features(model.mels);
    const settings = {
      model: model.name,
      version: model.version,
      precision: element('precision').value,
      seed: element('seed').value || '0',
      temperature: element('temperature').value,
    };
    pictures.clear((frames.length / model.mels) * model.hop);
    say('Waiting for the first sample …');
    utterance = new Utterance(frames, settings, token(), {
      started: () => say('Playing while it is made.'),
      samples: (samples, figures) => {
        pictures.add(samples);
        showFigures(figures);
      },
      ended: () => {
        busy(false);
        say('Done.');
        const save = element('save');
        URL.revokeObjectURL(save.href);
        save.href = URL.createObjectURL(utterance.wav());
        save.download = `${model.name}-${settings.seed}.wav`;
        save.hidden = false;
      },
      failed: (message) => {
        busy(false);
        say(message, true);
      },
    });
  } catch (error) {
    busy(false);
    say(error.message, true);
  }
}

function draw() {
  if (utterance?.format && pictures.count > 0) {
    pictures.redraw(Math.min(pictures.count, utterance.heard() * utterance.format.sample_rate));
  }
  requestAnimationFrame(draw);
}

element('form').addEventListener('submit', (event) => {
  event.preventDefault();
  play();
});
element('stop').addEventListener('click', () => {
  utterance?.stop();
  busy(false);
  say('Stopped.');
});
element('model').addEventListener('change', showPrecisions);
element('temperature').addEventListener('input', (event) => {
  element('degree').textContent = Number(event.target.value).toFixed(2);
});
element('token').addEventListener('change', () => load().catch((error) => say(error.message, true)));
load().catch((error) => say(error.message, true));
requestAnimationFrame(draw);

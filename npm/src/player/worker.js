// Makes samples in a thread of its own.

import { Vocoder } from '../vocoder.js';
import { writer } from './ring.js';

let vocoder;
let stopped = 0;

/** Lets messages in. */
const breathe = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });

const tasks = {
  async open({ source, precision }) {
    vocoder = await Vocoder.load(source, { precision });
    return { sampleRate: vocoder.sampleRate, precision: vocoder.precision, manifest: vocoder.manifest };
  },

  async speak({ id, features, options, channel }) {
    const to = writer(channel);
    const isStopped = () => stopped >= id;
    let making = 0;
    let begun = performance.now();
    try {
      for await (const pcm of vocoder.stream(features, options)) {
        making += performance.now() - begun;
        postMessage({ piece: pcm });
        await to.write(
          Float32Array.from(pcm, (sample) => sample / 32768),
          isStopped,
        );
        await breathe();
        if (isStopped()) break;
        begun = performance.now();
      }
    } finally {
      to.end();
    }
    return { seconds: making / 1000, stopped: isStopped() };
  },
};

onmessage = async ({ data }) => {
  if (data.stop) {
    stopped = data.stop;
    return;
  }
  try {
    postMessage({ id: data.id, result: await tasks[data.task](data) });
  } catch (error) {
    postMessage({ id: data.id, error: error.message });
  }
};

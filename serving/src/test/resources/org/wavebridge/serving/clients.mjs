// Drives a server with @grpc/grpc-js and the .proto files loaded at run time; prints one JSON object.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { readFileSync } from 'node:fs';

const [, , protos, target, rawFile, mels] = process.argv;
const load = (file) => grpc.loadPackageDefinition(loader.loadSync(`${protos}/${file}`, { keepCase: true, longs: String }));
const inference = load('open_inference.proto').inference;
const own = load('vocoder.proto').wavebridge.v1;
const credentials = grpc.credentials.createInsecure();
const service = new inference.GRPCInferenceService(target, credentials);
const vocoder = new own.Vocoder(target, credentials);
const raw = readFileSync(rawFile);
const frames = raw.length / 4 / Number(mels);
// Frame after frame to [mels, frames].
const columns = Buffer.alloc(raw.length);
for (let frame = 0; frame < frames; frame++) {
  for (let mel = 0; mel < mels; mel++) {
    raw.copy(columns, 4 * (mel * frames + frame), 4 * (frame * mels + mel), 4 * (frame * mels + mel) + 4);
  }
}
const call = (method, request) => new Promise((resolve) =>
  service[method](request, (error, response) => resolve(error ? { code: error.code, message: error.details } : response)));
const features = (shape) => ({ name: 'features', datatype: 'FP32', shape });
const infer = (more = {}) => ({
  model_name: 'voice', id: 'x1', parameters: { seed: { int64_param: '21' } },
  inputs: [features([1, Number(mels), frames])], raw_input_contents: [columns], ...more,
});

const out = {};
out.live = await call('ServerLive', {});
out.ready = await call('ServerReady', {});
out.modelReady = await call('ModelReady', { name: 'voice' });
out.notReady = await call('ModelReady', { name: 'voice', version: '3' });
out.server = await call('ServerMetadata', {});
out.model = await call('ModelMetadata', { name: 'voice' });
out.index = await call('RepositoryIndex', {});
out.noModel = await call('ModelMetadata', { name: 'alto' });
out.badShape = await call('ModelInfer', infer({ inputs: [features([1, Number(mels), frames + 1])] }));
out.badParameter = await call('ModelInfer', infer({ parameters: { pitch: { double_param: 1 } } }));
const whole = await call('ModelInfer', infer());
out.whole = { id: whole.id, outputs: whole.outputs, audio: whole.raw_output_contents?.[0].toString('base64') };
const numbers = [];
for (let i = 0; i < columns.length; i += 4) {
  numbers.push(columns.readFloatLE(i));
}
const contents = await call('ModelInfer', infer({
  inputs: [{ ...features([1, Number(mels), frames]), contents: { fp32_contents: numbers } }], raw_input_contents: [],
}));
out.contents = contents.raw_output_contents?.[0].toString('base64') ?? contents;

out.sequence = await new Promise((resolve) => {
  const stream = service.ModelStreamInfer();
  const audio = [];
  const messages = [];
  stream.on('data', (response) => {
    if (response.error_message) {
      messages.push(response.error_message);
    } else {
      audio.push(...response.infer_response.raw_output_contents);
      if (response.infer_response.parameters.triton_final_response?.bool_param) {
        messages.push(`final ${response.infer_response.id}`);
      }
    }
  });
  stream.on('end', () => resolve({ audio: Buffer.concat(audio).toString('base64'), messages }));
  stream.on('error', (error) => resolve({ code: error.code, message: error.details }));
  const parts = 5;
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * frames) / parts);
    const to = Math.floor(((part + 1) * frames) / parts);
    const piece = Buffer.alloc(4 * mels * (to - from));
    for (let mel = 0; mel < mels; mel++) {
      columns.copy(piece, 4 * mel * (to - from), 4 * (mel * frames + from), 4 * (mel * frames + to));
    }
    stream.write({
      model_name: 'voice', id: `part${part}`,
      parameters: {
        sequence_id: { int64_param: '77' }, seed: { int64_param: '21' },
        sequence_start: { bool_param: part === 0 }, sequence_end: { bool_param: part === parts - 1 },
      },
      inputs: [features([1, Number(mels), to - from])], raw_input_contents: [piece],
    });
  }
  stream.write(infer({ parameters: { sequence_id: { string_param: 'late' } } }));
  stream.end();
});

const vocode = (settings, size) => new Promise((resolve) => {
  const stream = vocoder.Vocode();
  const audio = [];
  let rate = 0;
  stream.on('data', (pcm) => {
    rate ||= pcm.sample_rate;
    audio.push(pcm.audio);
  });
  stream.on('end', () => resolve({ rate, audio: Buffer.concat(audio).toString('base64') }));
  stream.on('error', (error) => resolve({ code: error.code, message: error.details }));
  stream.write({ settings });
  for (let at = 0; at < raw.length; at += size) {
    stream.write({ features: raw.subarray(at, at + size) });
  }
  stream.end();
});
out.vocode = await vocode({ seed: '21' }, 4 * mels * 3);
out.rest = await vocode({ seed: '21', from_sample: '100' }, raw.length);
out.cut = await vocode({ seed: '21' }, 10);
out.cold = await vocode({ temperature: 0 }, raw.length);
console.log(JSON.stringify(out));
process.exit(0);

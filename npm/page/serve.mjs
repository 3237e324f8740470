// Serves this page and a bundle on the own machine: node serve.mjs BUNDLE [PORT] [plain]. The two headers let the page
// share memory between its threads; with `plain` they are left out, and samples go in messages.

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const [, , bundle, port = '8000', plain] = process.argv;
if (!bundle) {
  console.error('usage: node serve.mjs BUNDLE [PORT] [plain]');
  process.exit(2);
}
const here = fileURLToPath(new URL('..', import.meta.url));
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};
const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

const server = createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  const voice = '/page/voice/';
  const file = path.startsWith(voice)
    ? join(bundle, path.slice(voice.length))
    : join(here, path.endsWith('/') ? `${path}index.html` : path);
  try {
    const content = await readFile(file);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type, ...(plain ? {} : isolation) }).end(content);
  } catch {
    response.writeHead(404).end(`no ${path}`);
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://localhost:${server.address().port}/page/`));

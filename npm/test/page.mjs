// Serves the package's page, presses Play in Chromium, and prints what the page made and played.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [, , executablePath, bundle, mel, program, ...plain] = process.argv;
const server = spawn('node', ['node_modules/wavebridge/page/serve.mjs', bundle, '0', ...plain], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = String((await once(server.stdout, 'data'))[0]).trim();
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'];
const browser = await chromium.launch({ executablePath, args });
try {
  const page = await browser.newPage();
  const problems = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(url);
  await page.fill('#seed', '7');
  await page.setInputFiles('#features', mel);
  await page.click('#play');
  await page.waitForFunction(() => window.made || document.getElementById('message').className === 'bad', null, {
    timeout: 90000,
  });
  const message = await page.textContent('#message');
  const made = await page.evaluate(() => window.made);
  // The documentation's program, with its button and features.
  const code = (await readFile(program, 'utf8')).replace("'wavebridge/player'", "'/src/player/player.js'");
  await page.evaluate(
    async ([text, bytes]) => {
      const { readNpy } = await import('/src/npy.js');
      Object.assign(window, { button: {}, features: readNpy(Uint8Array.from(bytes)) });
      const address = URL.createObjectURL(
        new Blob([text.replace("'/src", `'${location.origin}/src`)], { type: 'text/javascript' }),
      );
      await import(address);
      await window.button.onclick();
    },
    [code, [...(await readFile(mel))]],
  );
  // What is stopped ends early.
  await page.evaluate(() => (window.made = undefined));
  await page.click('#play');
  await page.waitForFunction(() => !document.getElementById('stop').disabled);
  await page.click('#stop');
  await page.waitForFunction(() => window.made, null, { timeout: 90000 });
  const stopped = await page.evaluate(() => window.made.stopped);
  await page.fill('#bundle', 'nothing/');
  await page.click('#play');
  await page.waitForFunction(() => document.getElementById('message').className === 'bad');
  console.log(JSON.stringify({ message, made, stopped, refused: await page.textContent('#message'), problems }));
} finally {
  await browser.close();
  server.kill();
}

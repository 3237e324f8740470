// Opens the page in Chromium, listens to an utterance, and prints what the page says.
import { chromium } from 'playwright-core';

const [, , executablePath, url, scheme, shot, file, saved] = process.argv;
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--autoplay-policy=no-user-gesture-required'];
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1280, height: 900 } });
const problems = [];
const foreign = [];
page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
page.on('pageerror', (error) => problems.push(error.message));
page.on('request', (request) => request.url().startsWith(url) || request.url().startsWith('data:') || request.url().startsWith('blob:') || foreign.push(request.url()));
await page.goto(url);
await page.waitForFunction(() => document.getElementById('model').options.length > 0);
await page.selectOption('#precision', 'int8');
await page.fill('#seed', '9');
await page.setInputFiles('#file', file);
await page.click('#play');
await page.waitForFunction(() => document.getElementById('message').textContent === 'Done.'
  || document.getElementById('message').className === 'bad', null, { timeout: 90000 });
await page.waitForTimeout(300);
const colours = await page.evaluate(() => {
  const canvas = document.getElementById('spectrogram');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    seen.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
  }
  return seen.size;
});
const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
await download.saveAs(saved);
await page.screenshot({ path: shot });
console.log(JSON.stringify({
  message: await page.textContent('#message'), bits: await page.textContent('#bits'), made: await page.textContent('#made'),
  tokenShown: await page.isVisible('#token'), colours, problems, foreign,
}));
await browser.close();

// Opens pages in Chromium, light and dark, narrow and wide, and prints what does not fit or fails.
import { chromium } from 'playwright-core';
import { pathToFileURL } from 'node:url';

const [, , executablePath, shots, ...files] = process.argv;
const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
const browser = await chromium.launch({ executablePath, args });
const looks = [];
for (const file of files) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1400]) {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      const problems = [];
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('request', (request) => /^(file|data):/.test(request.url()) || problems.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const closed = await wider();
      await page.screenshot({ path: `${shots}/${file.replace(/.*\//, '').replace('.html', '')}-${colorScheme}-${width}.png`, fullPage: true });
      await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
      const open = await wider();
      const look = await page.evaluate(() => ({
        ground: getComputedStyle(document.body).backgroundColor,
        pictures: document.querySelectorAll('img, image, .chart path, .graph rect').length,
        broken: [...document.images].filter((image) => image.naturalWidth === 0).length,
        // Words of plots that stick out of the page.
        cut: [...document.querySelectorAll('.chart span')].filter((word) => {
          const box = word.getBoundingClientRect();
          return box.width > 0 && (box.left < 0 || box.right > document.documentElement.clientWidth);
        }).map((word) => word.textContent),
      }));
      looks.push({ file, colorScheme, width, overflow: Math.max(closed, open), problems, ...look });
      await page.close();
    }
  }
}
console.log(JSON.stringify(looks));
await browser.close();

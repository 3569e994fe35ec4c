import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { renderEvidenceHtml } from '../../../../../packages/evidence/src/index.ts';
import { tablesOf } from '../../../../../packages/evidence/src/tables/index.ts';
import { directoryWith } from '../../../cli/fake-ports.ts';
import { observedExport, shippedClaims, storeWith } from '../../observed-export.ts';
import { thousands } from './thousands.ts';

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** The page of an export in which something was observed, with a name that would do harm if it were not text. */
function page(sandbox: boolean): string {
  const evidence = observedExport(storeWith(true, sandbox ? 'http://127.0.0.1:1/v1' : undefined));
  const hostile = { ...evidence, environments: [{ name: '"><img src="https://evil.example/x.png">' }] };
  const tables = tablesOf({ evidence: hostile, facts: [], services: [], claims: shippedClaims });
  const path = join(directoryWith({}), 'report.html');
  writeFileSync(path, renderEvidenceHtml(hostile, { tables }));
  return `file://${path}`;
}

if (chromium === undefined) {
  process.stdout.write('not run, since no chromium was found: the page in a browser\n');
  test('without a browser there is nothing to test here', () => expect(chromium).toBeUndefined());
} else {
  let browser: Browser;
  beforeAll(async () => {
    const { chromium: driver } = await import('playwright-core');
    browser = await driver.launch({ executablePath: chromium, args: ['--no-sandbox', '--disable-gpu'] });
  }, 60_000);
  afterAll(() => browser.close());

  test('no error, no request leaves, the filter works, everything has a name', async () => {
    const tab = await browser.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(String(error)));
    tab.on('request', (request) => asked.push(request.url()));
    const url = page(false);
    await tab.goto(url);
    expect([said, asked]).toEqual([[], [url]]);

    const visible = () => tab.locator('[data-row]:visible').count();
    const all = await visible();
    await tab.fill('#query', 'a.8.24');
    await tab.waitForFunction(`document.getElementById('shown').textContent !== ''`);
    const few = await visible();
    expect(few).toBeGreaterThan(1);
    expect(few).toBeLessThan(all / 4);
    const texts = await tab.locator('[data-row]:visible').allInnerTexts();
    expect(texts.filter((text) => !/a\.8\.24/i.test(text))).toEqual([]);
    await tab.click('#filter button');
    await tab.waitForFunction(`document.getElementById('shown').textContent === ''`);
    await tab.selectOption('#state', 'observed');
    await tab.waitForFunction(`document.getElementById('shown').textContent !== ''`);
    const states = await tab
      .locator('tr[data-state]:visible')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-state')));
    expect(new Set(states)).toEqual(new Set(['observed']));

    // Every field has a label, every picture a text, the page a language and one heading of the first rank.
    const nameless = `[...document.querySelectorAll('input, select, [role=img], [role=region]')].filter((one) => !(one.labels?.length > 0) && !one.getAttribute('aria-label')).length`;
    expect(await tab.evaluate(nameless)).toBe(0);
    expect(await tab.evaluate(`[document.documentElement.lang, document.querySelectorAll('h1').length]`)).toEqual([
      'en',
      1,
    ]);
    expect([said, asked]).toEqual([[], [url]]);
    await tab.close();
  }, 60_000);

  test('thousands of rows: the search finds what is not laid out, and lays it out as text', async () => {
    const path = join(directoryWith({}), 'report.html');
    const hostile = '<img src=x onerror=alert(1)>';
    const large = thousands(1000, hostile);
    const page = renderEvidenceHtml(large, { tables: tablesOf({ evidence: large, facts: [], services: [] }) });
    writeFileSync(path, page);
    expect(page).not.toContain('<img');
    const tab = await browser.newPage();
    const said: string[] = [];
    tab.on('console', (message) => said.push(message.text()));
    tab.on('pageerror', (error) => said.push(String(error)));
    tab.on('dialog', (dialog) => said.push(dialog.message()));
    await tab.goto(`file://${path}`);
    const rows = () => tab.locator('#table-verdicts tbody tr:visible').count();
    expect(await tab.locator('#table-verdicts .left').textContent()).toBe(
      'The first 100 of 1,000 rows; tables/verdicts.csv and tables/verdicts.json hold all.',
    );
    await tab.fill('#query', 'host-987');
    await tab.waitForFunction(`document.getElementById('shown').textContent.startsWith('1 of ')`);
    expect(await rows()).toBe(1);
    expect(await tab.locator('#table-verdicts tbody tr:visible').textContent()).toContain(
      `logs/hcloud_server.host-987 is plain ${hostile}`,
    );
    await tab.click('#filter button');
    await tab.waitForFunction(`document.getElementById('shown').textContent === ''`);
    await tab.locator('#table-verdicts').evaluate((part) => part.setAttribute('open', ''));
    await tab.click('#table-verdicts .next');
    expect(await rows()).toBe(350);
    for (let more = 0; more < 3; more += 1) await tab.click('#table-verdicts .next');
    expect([await rows(), await tab.locator('#table-verdicts .next').isVisible()]).toEqual([1000, false]);
    expect(said).toEqual([]);
    await tab.close();
  }, 60_000);

  test('on paper no column is cut off, however many there are', async () => {
    const evidence = observedExport();
    const word = 'network/hcloud_firewall.a-name-of-some-length';
    const wide = {
      name: 'wide',
      title: 'Wide',
      about: 'Many columns',
      columns: Array.from({ length: 16 }, (_, index) => `column ${index}`),
    };
    const tables = [
      ...tablesOf({ evidence, facts: [], services: [], claims: shippedClaims }),
      { ...wide, rows: [wide.columns.map((name) => `${word} ${name}`)], from: 'public' as const },
    ];
    const path = join(directoryWith({}), 'report.html');
    writeFileSync(path, renderEvidenceHtml(evidence, { tables }));
    // The width between the margins of A4 upright, and below across, in CSS pixels.
    const tab = await browser.newPage({ viewport: { width: 688, height: 1000 } });
    await tab.goto(`file://${path}`);
    await tab.emulateMedia({ media: 'print' });
    await tab.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    const cut = (which: string) =>
      tab.evaluate(
        `[...document.querySelectorAll('${which}')].filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map((one) => one.closest('[id]')?.id)`,
      );
    expect(await cut('table:not(.wide table)')).toEqual([]);
    await tab.setViewportSize({ width: 1017, height: 700 });
    expect(await tab.locator('details.wide').count()).toBeGreaterThan(1);
    expect(await cut('table')).toEqual([]);
    // A column is no pile of letters.
    const narrow = `Math.min(...[...document.querySelectorAll('details td')].map((one) => one.getBoundingClientRect().width / parseFloat(getComputedStyle(one).fontSize)))`;
    expect(await tab.evaluate(narrow)).toBeGreaterThanOrEqual(4.9);
    await tab.close();
  }, 60_000);

  test('light and dark, both readable; on a phone nothing is cut off sideways; printed, all is open', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const tab = await browser.newPage({ colorScheme, viewport: { width: 390, height: 800 } });
      await tab.goto(page(true));
      const [ground, ink] = (await tab.evaluate(
        `(() => { const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]; })()`,
      )) as [string, string];
      expect(contrast(ground, ink)).toBeGreaterThan(7);
      expect(await tab.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await tab.locator('[role=alert]').textContent()).toMatch(
        /^Sandbox\. 2 observations in this export did not come/,
      );
      await tab.evaluate(`dispatchEvent(new Event('beforeprint'))`);
      expect(await tab.locator('details:not([open])').count()).toBe(0);
      expect((await tab.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
      await tab.close();
    }
  }, 60_000);
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const luminance = (color: string) => {
    const [r = 0, g = 0, b = 0] = (color.match(/\d+/g) ?? []).map(Number).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

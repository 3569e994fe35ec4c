import { existsSync } from 'node:fs';
import { request } from 'node:http';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type RunningSandbox, startSandbox } from '../../../../../packages/cli/src/sandbox/start.ts';

/* The page in a real browser. Where there is none these tests are not run, and say so by name. */

jest.setTimeout(120_000);

const found = ['chromium', 'chromium-browser', 'google-chrome']
  .flatMap((name) => (process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name)))
  .find((file) => existsSync(file));
const declared: string[] = [];
// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many forms, read by tests alone
type Json = any;
const inBrowser = (name: string, body: (page: Page) => Promise<void>): void => {
  declared.push(name);
  if (found === undefined) return;
  test(name, async () => {
    const page = await (browser as Browser).newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (each) => {
      if (!each.url().startsWith(address()) && !each.url().startsWith('data:')) problems.push(`asked ${each.url()}`);
    });
    await page.goto(address());
    await body(page);
    await page.close();
    expect(problems).toEqual([]);
  });
};

let browser: Browser | undefined;
let sandbox: RunningSandbox;
const address = () => `http://127.0.0.1:${sandbox.port}/`;
const api = async (
  method: string,
  where: string,
  body?: unknown,
  project = 'MAIN',
): Promise<Readonly<Record<string, Json>>> => {
  const answer = await fetch(`${sandbox.environment.HCLOUD_ENDPOINT}${where}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.environment[`HCLOUD_TOKEN_${project}`]}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return JSON.parse((await answer.text()) || '{}');
};

beforeAll(async () => {
  if (found === undefined) return;
  // Without a user namespace of its own, as root has none, the browser's own sandbox does not start.
  browser = await chromium.launch({ executablePath: found, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  sandbox = await startSandbox({ projects: ['main', 'keys'], port: 0, speed: 10, rateLimit: 1_000_000 }, Date.now);
});
afterEach(() => sandbox.stop());

const cells = (page: Page, table: string, row: string) =>
  page.getByRole('table', { name: table }).getByRole('row', { name: row }).getByRole('cell');

inBrowser('shows objects of every project as they are made, change and go', async (page) => {
  await page.getByText('Project keys').waitFor();
  expect(await page.getByText('Nothing here yet.').count()).toBe(2);

  const rules = [{ direction: 'in', protocol: 'tcp', port: '443', source_ips: ['0.0.0.0/0', '::/0'] }];
  const { firewall } = await api('POST', '/firewalls', { name: 'web', rules });
  await api('POST', '/networks', {
    name: 'private',
    ip_range: '10.0.0.0/16',
    subnets: [{ type: 'cloud', network_zone: 'eu-central', ip_range: '10.0.1.0/24' }],
  });
  const { server } = await api('POST', '/servers', {
    name: 'web-1',
    server_type: 'cx23',
    image: 'debian-13',
    location: 'hel1',
    labels: { role: 'web' },
    firewalls: [{ firewall: firewall.id }],
  });
  await api('POST', '/volumes', { name: 'data', size: 10, server: server.id }).catch(() =>
    // Locked while the server is made.
    api('POST', '/volumes', { name: 'data', size: 10, location: 'hel1' }),
  );
  await api(
    'POST',
    '/ssh_keys',
    { name: 'k', public_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDr3gkkuOVEnFTx+FTtqIM8ZNgmZ+IoV0m5J4mPvYhkz k' },
    'KEYS',
  );

  // While it is made, its action runs and says how far it is.
  const action = page
    .getByRole('table', { name: 'Running actions of project main' })
    .getByRole('row', { name: /create_server/ });
  await action.getByText('server web-1, image debian-13').waitFor();
  expect(await action.getByRole('progressbar', { name: 'create_server' }).count()).toBe(1);
  await page.getByRole('table', { name: 'Servers of project main' }).getByText('running', { exact: true }).waitFor();
  await page.getByText('nothing runs', { exact: true }).waitFor();

  expect((await cells(page, 'Servers', 'web-1').allTextContents()).slice(0, 3)).toEqual(['running', 'cx23', 'hel1']);
  expect((await cells(page, 'Firewalls', 'web').allTextContents()).slice(0, 2)).toEqual([
    'in tcp 443 anywhere',
    'web-1',
  ]);
  expect((await cells(page, 'Networks', 'private').allTextContents()).slice(0, 2)).toEqual([
    '10.0.0.0/16',
    '10.0.1.0/24 eu-central',
  ]);
  expect(await page.getByText('also: 1 SSH key').count()).toBe(1);

  // Drift shows as well.
  await fetch(`http://127.0.0.1:${sandbox.control.port}/drift`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.control.token}` },
    body: '{"words":["open-firewall","web"]}',
  });
  await page.getByRole('table', { name: 'Firewalls' }).getByText('in tcp 22 anywhere').waitFor();
  await api('DELETE', `/servers/${server.id}`);
  await page.getByText('No servers.').waitFor();
});

inBrowser('shows faults, and that the sandbox is gone', async (page) => {
  await fetch(`http://127.0.0.1:${sandbox.control.port}/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.control.token}` },
    body: '{"fault":"503,on=create_volume"}',
  });
  await page.getByText('503,on=create_volume').waitFor();
  await page.getByText('live', { exact: true }).waitFor();
  // What the browser says on its console of the lost connection is meant.
  page.removeAllListeners('console');
  await sandbox.stop();
  await page.getByText('the sandbox does not answer').waitFor();
});

inBrowser('names that are markup are shown as they are', async (page) => {
  // The API takes such a name for a network or a firewall, not for a volume.
  await api('POST', '/networks', { name: '<img src=x onerror=alert(1)>', ip_range: '10.0.0.0/16' });
  await page.getByRole('rowheader', { name: '<img src=x onerror=alert(1)>' }).waitFor();
  expect(await page.locator('img').count()).toBe(0);
});

inBrowser('is readable in both schemes: every text has a contrast of 4.5 to its ground', async (page) => {
  const body = { name: 'w', server_type: 'cx23', image: 'debian-13', location: 'hel1' };
  const { server } = await api('POST', '/servers', body);
  await page.getByText('Servers', { exact: true }).waitFor();
  await page.getByText('running', { exact: true }).waitFor();
  await fetch(`http://127.0.0.1:${sandbox.control.port}/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.control.token}` },
    body: '{"fault":"slow:5000"}',
  });
  await page.getByText('slow:5000').waitFor();
  await api('POST', `/servers/${server.id}/actions/change_protection`, {
    delete: true,
    rebuild: true,
  });
  await page.getByText('protected', { exact: true }).waitFor();
  // Without motion, rows that just changed do not fade from another ground.
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const low = await page.evaluate(lowContrast);
    expect({ colorScheme, low }).toEqual({ colorScheme, low: [] });
  }
});

inBrowser('has one main heading, a language, and tables with captions and scopes', async (page) => {
  await api('POST', '/volumes', { name: 'v', size: 10, location: 'hel1' });
  await page.getByRole('table', { name: 'Volumes of project main' }).waitFor();
  expect(await page.getAttribute('html', 'lang')).toBe('en');
  expect(await page.locator('h1').count()).toBe(1);
  expect(await page.locator('th:not([scope])').count()).toBe(0);
  expect(await page.locator('table:not(:has(caption))').count()).toBe(0);
  const levels = await page.locator('h1, h2, h3').evaluateAll((all) => all.map(({ tagName }) => tagName));
  expect(levels[0]).toBe('H1');
  // On a telephone nothing is wider than the screen: tables scroll in their own frame.
  await page.setViewportSize({ width: 360, height: 700 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});

/** Runs in the page: texts whose colour is too close to the ground they stand on (WCAG 2.2, 1.4.3). */
const lowContrast = `(() => {
  const parts = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => !['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(element.tagName))
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''))
    .flatMap((element) => {
      const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return contrast >= 4.5 ? [] : [element.textContent.trim().slice(0, 40) + ' ' + contrast.toFixed(2)];
    });
})()`;

test('what needs a browser was run, or is named here as left out', () => {
  expect(declared).toHaveLength(5);
  if (found === undefined)
    console.warn(`no chromium on PATH; not run:\n${declared.map((name) => `  ${name}`).join('\n')}`);
});

/** Asks with a host name of one's own choosing, which fetch does not let through. */
const asked = (where: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: sandbox.port, path: where, headers: { host } }, (answer) => {
      answer.destroy();
      resolve(answer.statusCode);
    })
      .once('error', reject)
      .end();
  });

test('the page is for this machine alone, and asks for no token', async () => {
  for (const where of ['/', '/events']) {
    expect(await asked(where, `127.0.0.1:${sandbox.port}`)).toBe(200);
    expect(await asked(where, 'localhost')).toBe(200);
    expect(await asked(where, 'rebound.example')).toBe(403);
    expect(await asked(where, '127.0.0.1.example')).toBe(403);
  }
});

test('neither tokens nor what hosts are told stands in what it shows', async () => {
  const body = { name: 'w', server_type: 'cx23', image: 'debian-13', location: 'hel1', user_data: 'SECRET-7f3a' };
  await api('POST', '/servers', body);
  const answer = await fetch(`${address()}events`);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  const text = Buffer.from((await reader.read()).value ?? []).toString('utf8');
  await reader.cancel();
  expect(text).toContain('"name":"w"');
  for (const secret of [
    'SECRET-7f3a',
    sandbox.control.token,
    ...Object.values(sandbox.environment).filter((each) => /^[0-9a-f]{64}$/.test(each)),
  ])
    expect(text).not.toContain(secret);
});

import { createHash } from 'node:crypto';
import { collectEvidence, renderEvidenceHtml, renderEvidenceJson } from '../../../../../packages/evidence/src/index.ts';
import { tablesOf } from '../../../../../packages/evidence/src/tables/index.ts';
import { collection, finding, report } from '../../sample.ts';
import { thousands } from './thousands.ts';

const hostile = '"><script src="https://evil.example/x.js"></script>';

const evidence = collectEvidence(
  collection(
    [
      {
        tier: 'declared',
        report: report(
          [
            finding({ rule: 'volume-encrypted-at-rest', verdict: 'pass', address: 'logs/hcloud_volume.data' }),
            finding({
              rule: 'public-services-over-tls',
              verdict: 'fail',
              address: `edge/${hostile}`,
              message: hostile,
              file: hostile,
            }),
            finding({
              rule: 'servers-behind-firewall',
              verdict: 'unknown',
              address: 'logs/hcloud_server.host',
              obligation: true,
              controls: ['ISO27001:2022/A.8.20'],
            }),
          ],
          {
            exceptions: [
              {
                rule: 'public-services-over-tls',
                address: 'keys/hcloud_server.a',
                reason: 'tangd alone behind port 7500',
              },
            ],
          },
        ),
      },
    ],
    { environments: [{ name: hostile, class: 'disposable' }] },
  ),
);
const page = renderEvidenceHtml(evidence);

describe('renderEvidenceHtml', () => {
  test('the same export gives the same bytes', () => {
    expect(renderEvidenceHtml(JSON.parse(renderEvidenceJson(evidence)))).toBe(page);
  });

  test('fetches nothing, and runs nothing but the filter its policy names by digest', () => {
    const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text);
    expect(scripts).toHaveLength(1);
    const digest = createHash('sha256')
      .update(scripts[0] ?? '')
      .digest('base64');
    expect(page).toContain(`script-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`);
    expect(scripts[0]).not.toMatch(/fetch|XMLHttp|WebSocket|import|eval|innerHTML|https?:/);
    const rest = page
      .replace(/<script>.*?<\/script>/s, '')
      .replace(/<script type="application\/json" id="rows-[a-z-]+">[^<]*<\/script>/g, '');
    expect(rest).not.toMatch(/<(script|link|img|iframe|object|embed|base)\b/i);
    expect(rest).not.toMatch(/\b(src|srcset|action|on[a-z]+)\s*=\s*["']/i);
    expect(page).not.toMatch(/url\(|@import/i);
    expect([...page.matchAll(/href="([^"]*)"/g)].every(([, target]) => target?.startsWith('#'))).toBe(true);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline';`);
  });

  test('thousands of broken elements: each control shows the first few of each rule and says where the rest stands', () => {
    const large = thousands(3000);
    const text = renderEvidenceHtml(large, { tables: tablesOf({ evidence: large, facts: [], services: [] }) });
    expect(text.match(/is plain text<br>/g)).toHaveLength(2 * 10);
    expect(text.match(/and 2,990 more by <code>public-services-over-tls<\/code>/g)).toHaveLength(2);
    expect(text).toContain('href="#table-verdicts"');
    expect(text).toContain('hcloud_server.host-2999');
    expect(text.length).toBeLessThan(400_000);
  });

  test('text of the input stays text', () => {
    expect(page).not.toContain(hostile);
    expect(page).toContain('&quot;&gt;&lt;script src=&quot;https://evil.example/x.js&quot;&gt;');
  });

  test.each([
    'ISO/IEC 27001:2022 Annex A.8',
    'Declared is not observed.',
    'Disposable environment.',
    'Observed on a running system: 0 of 34.',
    'b'.repeat(64),
    'c'.repeat(64),
    '2026-11-21T12:00:00Z',
    'lukko 0.1.0',
    'eu-sovereign',
    'tangd alone behind port 7500',
    'Tier: observed',
  ])('says %s', (text) => {
    expect(page).toContain(text);
  });

  test('every element that opens closes, in order', () => {
    const open: string[] = [];
    for (const [, closing, name = '', attributes] of page
      .replace(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '')
      .matchAll(/<(\/?)([a-z][a-z0-9]*)\b([^>]*)>/g)) {
      if (['meta', 'br', 'input'].includes(name)) continue;
      if (closing === '') open.push(name);
      else expect([open.pop(), attributes]).toEqual([name, '']);
    }
    expect(open).toEqual([]);
  });

  test('ids are unique and every link inside the page leads somewhere', () => {
    const ids = [...page.matchAll(/\bid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });
});

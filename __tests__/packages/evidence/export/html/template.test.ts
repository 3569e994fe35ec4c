import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { html } from '../../../../../packages/evidence/src/export/html/template.ts';

describe('html', () => {
  test('escapes what is put in, keeps what is written', () => {
    expect(html`<p title="${'a"b'}">${'<script>'} & ${1}${undefined}${false}</p>`.text).toBe(
      '<p title="a&quot;b">&lt;script&gt; & 1</p>',
    );
  });

  test('markup made by the tag nests as it is', () => {
    expect(html`<ul>${['a<', 'b'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
      '<ul><li>a&lt;</li><li>b</li></ul>',
    );
  });

  test('marks that turn the direction of text show as escapes', () => {
    expect(html`${'a\u202eb\u0007'}`.text).toBe('a\\u{202e}b\\u{7}');
  });

  test('no text breaks out of an element or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const inside = html`${text}`.text;
        expect(inside).not.toMatch(/[<>"']/);
        expect(inside.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
    );
  });
});

test('what is written between the values is ASCII: a bundle in ASCII cannot escape it there', () => {
  const folder = join(__dirname, '../../../../../packages/evidence/src/export/html');
  for (const name of readdirSync(folder)) {
    const source = readFileSync(join(folder, name), 'utf8');
    const written = [...source.matchAll(/html`((?:[^`\\$]|\\.|\$(?!\{))*)/g)].map(([, text = '']) => text).join('');
    expect([name, written.replace(/[\x20-\x7e\n]/g, '')]).toEqual([name, '']);
  }
});

import { cell } from '../../../../packages/evidence/src/export/table-files.ts';
import { collectEvidence, renderEvidenceCsv } from '../../../../packages/evidence/src/index.ts';
import { collection, finding, report, rules } from '../sample.ts';

const evidence = collectEvidence(
  collection([
    {
      tier: 'declared',
      report: report([
        finding({ rule: 'volume-encrypted-at-rest', verdict: 'pass', address: 'logs/hcloud_volume.data' }),
      ]),
    },
  ]),
);

describe('renderEvidenceCsv', () => {
  test('a header and one line per control, each with the same number of cells', () => {
    const lines = renderEvidenceCsv(evidence).split('\r\n');
    expect(lines).toHaveLength(36);
    expect(lines.pop()).toBe('');
    expect(lines[0]).toMatchSnapshot();
    expect(lines[24]).toMatchSnapshot();
    const cells = lines.map(
      (line) =>
        line.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.filter((cell, index, all) => cell !== '' || index < all.length - 1)
          .length,
    );
    expect(new Set(cells).size).toBe(1);
  });

  test('a cell that a spreadsheet would run is disarmed', () => {
    const [first] = rules;
    if (first === undefined) throw new Error('no rule');
    const armed = collectEvidence(
      collection([{ tier: 'declared', report: report([]) }], { rules: [{ ...first, id: '=cmd|calc' }] }),
    );
    expect(renderEvidenceCsv(armed)).toContain(",'=cmd|calc,");
  });

  test.each([
    ['=1+1', "'=1+1"],
    [' =1+1', "' =1+1"],
    ['\t=1+1', '\\u{9}=1+1'],
    ['\uff1d1', "'\uff1d1"],
    ['a\u0000\u001b[31m\u202eb', 'a\\u{0}\\u{1b}[31m\\u{202e}b'],
    ['a, "b"', `"a, ""b"${'""'}`],
    ['plain = text', 'plain = text'],
  ])('%j as a cell: no formula behind blanks, no controls, no turned text', (text, shown) => {
    expect(cell(text)).toBe(shown);
  });
});

import { forgetAfter } from '../../../policies/shared/kept-for.ts';

it.each([
  ['--keep-daily 7 --keep-weekly 5', 35],
  ['-d 7 -m 3 --prune', 93],
  ['--keep-within 1y2m', 366 + 62],
  ['--keep-hourly 48', 2],
  ['--keep-last 0', Number.POSITIVE_INFINITY],
  ['--keep-daily 0 --keep-within 0d', Number.POSITIVE_INFINITY],
  ['--prune', Number.POSITIVE_INFINITY],
  ['--keep-last 0 --keep-daily 14', 14],
  ['--keep-yearly unlimited --keep-daily 3', Number.POSITIVE_INFINITY],
  ['--keep-daily 7 --dry-run', Number.POSITIVE_INFINITY],
  ['--keep-last 0 --unsafe-allow-remove-all --tag old', 0],
  ['--unsafe-allow-remove-all --keep-daily 7', 7],
  ['--keep-last 5', undefined],
  ['--keep-tag legal --keep-daily 7', undefined],
  ['--keep-daily seven', undefined],
  ['4bba301e', undefined],
  ['latest --prune', undefined],
])('restic forget %s', (options, days) => {
  expect(forgetAfter(['forget', ...options.split(' ')])).toBe(days);
});

it('a word that is not determined may be any option', () => {
  expect(forgetAfter(['forget', '--keep-daily', '7', undefined])).toBeUndefined();
});

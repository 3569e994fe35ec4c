import { annexA8 } from '../../../../packages/evidence/src/index.ts';
import { rules } from '../../../../policies/index.ts';

const known = new Set(annexA8.map((control) => `ISO27001:2022/${control.id}`));

test.each(rules.map((rule) => [rule.id, rule.controls] as const))(
  '%s names controls of Annex A.8 that exist',
  (_id, controls) => {
    expect(controls.filter((control) => control.startsWith('ISO27001:2022/A.8.') && !known.has(control))).toEqual([]);
  },
);

test('no rule claims a control that machines cannot show', () => {
  const none = annexA8.filter((control) => control.class === 'none').map((control) => `ISO27001:2022/${control.id}`);
  expect(
    rules.flatMap((rule) =>
      rule.controls.filter((control) => none.includes(control)).map((control) => `${rule.id}: ${control}`),
    ),
  ).toEqual([]);
});

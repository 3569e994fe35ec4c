import { no, postures, renderTerminal, unknown, yes } from '@lukko/policy-engine';
import { approver } from '../approval/approve.ts';
import { computed, factsOf, known, variable } from '../fake-facts.ts';
import { checking, grownInFinland, ruleWith, run } from '../fake-rules.ts';

const apple = {
  id: 'orchard/hcloud_volume.apple',
  values: { location: known('ash') },
};
const origins = [{ attribute: 'location', place: { file: 'config/example.yaml', line: 14 } }];

test('a failure in full', () => {
  const report = run({ facts: factsOf([{ ...apple, origins }]) });
  const excerpt = () => '  location: ash   # for now';
  expect(renderTerminal(report, { excerpt })).toMatchInlineSnapshot(`
    "error[grown-in-finland]: apple grows in ash
      --> stacks/orchard.ts:7
       = address: orchard/hcloud_volume.apple
       = from: config/example.yaml:14: location: ash   # for now
       = because: orchard/hcloud_volume.apple.location: "ash"
       = controls: ISO27001:2022 A.8.24, GDPR 32(1)(a)
       = fix: plant it in Finland

    1 resource, 1 rule: 0 pass, 1 fail, 0 unknown, 0 waived, 0 not applicable
    refused: 1 finding (posture eu-sovereign)
    \`lukko explain <rule>\` tells what a rule asks for and why
    "
  `);
});

test('a clean run', () => {
  const report = run({
    facts: factsOf([{ ...apple, values: { location: known('hel1') } }]),
  });
  expect(renderTerminal(report)).toMatchInlineSnapshot(`
    "1 resource, 1 rule: 1 pass, 0 fail, 0 unknown, 0 waived, 0 not applicable
    clean (posture eu-sovereign)
    "
  `);
});

const board = approver();

test('obligations, exceptions, waivers and what no rule looked at stand in one line each', () => {
  const pear = {
    id: 'orchard/hcloud_volume.pear',
    values: { location: computed },
  };
  const excused = ruleWith({
    id: 'peeled',
    check: (fruit) => [
      {
        truth: yes({ at: fruit.id, saw: 'a peel' }),
        message: 'm',
        exception: 'eaten with the peel',
      },
    ],
  });
  const report = run({
    facts: factsOf([apple, pear, { id: 'orchard/hcloud_network.path' }]),
    rules: [grownInFinland, excused],
    asOf: '2026-06-01',
    approvers: board.signers('board'),
    waivers: [
      board.sign({
        id: 'apple-2026',
        rule: 'grown-in-finland',
        address: apple.id,
        reason: 'Moves with the next harvest',
        owner: 'orchard',
        approver: 'board',
        expires: '2026-12-31',
      }),
    ],
  });
  expect(renderTerminal(report)).toMatchInlineSnapshot(`
    "waived[grown-in-finland]: apple grows in ash (apple-2026, orchard, until 2026-12-31: Moves with the next harvest)
    exception[peeled]: orchard/hcloud_volume.apple: eaten with the peel
    exception[peeled]: orchard/hcloud_volume.pear: eaten with the peel
    1 obligation: only the provider's answer completes it: grown-in-finland
    no rule looked at: orchard/hcloud_network.path

    3 resources, 2 rules: 2 pass, 0 fail, 0 unknown, 1 obligation, 1 waived, 0 not applicable
    clean, 1 obligation open (posture eu-sovereign)
    "
  `);
});

test('unknown refuses under eu-sovereign', () => {
  const report = run({
    facts: factsOf([{ ...apple, values: { location: variable('place') } }]),
  });
  expect(renderTerminal(report)).toMatchInlineSnapshot(`
    "error[grown-in-finland]: not proven: apple may grow anywhere
      --> stacks/orchard.ts:7
       = address: orchard/hcloud_volume.apple
       = because: orchard/hcloud_volume.apple.location: unknown (variable: var.place)
       = controls: ISO27001:2022 A.8.24, GDPR 32(1)(a)
       = fix: plant it in Finland

    1 resource, 1 rule: 0 pass, 0 fail, 1 unknown, 0 waived, 0 not applicable
    refused: 1 finding (posture eu-sovereign)
    \`lukko explain <rule>\` tells what a rule asks for and why
    "
  `);
});

test('recommended groups what is not proven by cause and what is light by rule, and never says clean', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({
    id: `orchard/hcloud_volume.v${index}`,
    values: { location: variable('place') },
  }));
  const odd = checking(({ id }) =>
    unknown({
      at: id,
      saw: 'data.hcloud_image.seed is read at apply',
      causes: ['data'],
    }),
  );
  const report = run({
    facts: factsOf([apple, ...many]),
    posture: postures.recommended,
    rules: [
      { ...grownInFinland, severity: 'medium' },
      { ...odd, id: 'seeded' },
      {
        ...checking(({ id }) => no({ at: id, saw: 'no crate' })),
        id: 'in-crates',
        severity: 'low',
      },
    ],
  });
  const text = renderTerminal(report);
  expect(text).toMatchInlineSnapshot(`
    "warning[grown-in-finland]: apple grows in ash (medium, stacks/orchard.ts:7)
    warning[in-crates]: apple grows in ash (low, stacks/orchard.ts:7, and 40 more)

    unknown: data.hcloud_image.seed is read only at plan or apply: 41 checks not proven (seeded (41))
    unknown: var.place has no value: 40 checks not proven (grown-in-finland (40))

    41 resources, 3 rules: 0 pass, 42 fail, 81 unknown, 0 waived, 0 not applicable
    no failure of high severity proven, 81 not proven (posture recommended)
    "
  `);
  expect(text).not.toContain('clean');
});

test('many reasons are cut', () => {
  const reasons = Array.from({ length: 31 }, (_, index) => ({
    at: `${apple.id}.seed[${index}]`,
    saw: 'black',
  }));
  const report = run({
    facts: factsOf([apple]),
    rules: [checking(() => no(...reasons))],
  });
  expect(renderTerminal(report)).toMatchInlineSnapshot(`
    "error[grown-in-finland]: apple grows in ash
      --> stacks/orchard.ts:7
       = address: orchard/hcloud_volume.apple
       = because: orchard/hcloud_volume.apple.seed[0]: black
       = because: orchard/hcloud_volume.apple.seed[1]: black
       = because: orchard/hcloud_volume.apple.seed[2]: black
       = because: orchard/hcloud_volume.apple.seed[3]: black
       = because: orchard/hcloud_volume.apple.seed[4]: black
       = because: 26 more
       = controls: ISO27001:2022 A.8.24, GDPR 32(1)(a)
       = fix: plant it in Finland

    1 resource, 1 rule: 0 pass, 1 fail, 0 unknown, 0 waived, 0 not applicable
    refused: 1 finding (posture eu-sovereign)
    \`lukko explain <rule>\` tells what a rule asks for and why
    "
  `);
});

test('text from the input cannot act on the terminal', () => {
  const evil = '\u001b[2J\u001b]8;;http://evil.example\u0007x\r\nclean\u202e\u200b\u009b31m';
  const report = run({
    facts: factsOf([{ ...apple, place: { file: evil } }]),
    rules: [
      ruleWith({
        remediation: evil,
        check: () => no({ at: evil, saw: evil }),
        message: () => evil,
      }),
    ],
  });
  const text = renderTerminal(report);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(text).toMatchInlineSnapshot(`
    "error[grown-in-finland]: \\u{1b}[2J\\u{1b}]8;;http://evil.example\\u{7}x\\u{d}\\u{a}clean\\u{202e}\\u{200b}\\u{9b}31m
      --> \\u{1b}[2J\\u{1b}]8;;http://evil.example\\u{7}x\\u{d}\\u{a}clean\\u{202e}\\u{200b}\\u{9b}31m
       = address: orchard/hcloud_volume.apple
       = because: \\u{1b}[2J\\u{1b}]8;;http://evil.example\\u{7}x\\u{d}\\u{a}clean\\u{202e}\\u{200b}\\u{9b}31m: \\u{1b}[2J\\u{1b}]8;;http://evil.example\\u{7}x\\u{d}\\u{a}clean\\u{202e}\\u{200b}\\u{9b}31m
       = controls: ISO27001:2022 A.8.24, GDPR 32(1)(a)
       = fix: \\u{1b}[2J\\u{1b}]8;;http://evil.example\\u{7}x\\u{d}\\u{a}clean\\u{202e}\\u{200b}\\u{9b}31m

    1 resource, 1 rule: 0 pass, 1 fail, 0 unknown, 0 waived, 0 not applicable
    refused: 1 finding (posture eu-sovereign)
    \`lukko explain <rule>\` tells what a rule asks for and why
    "
  `);
});

test('colour is only used when asked for, whatever the environment says', () => {
  const report = run({ facts: factsOf([apple]) });
  expect(renderTerminal(report)).not.toContain('\u001b');
  expect(renderTerminal(report, { color: true })).toContain('\u001b[1m\u001b[31merror[grown-in-finland]');
});

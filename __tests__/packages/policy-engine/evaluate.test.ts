import { report as reportFormat } from '@lukko/formats';
import { no, postures, unknown, yes } from '@lukko/policy-engine';
import { computed, factsOf, known, variable } from './fake-facts.ts';
import { checking, grownInFinland, ruleWith, run } from './fake-rules.ts';

const apple = (location: ReturnType<typeof known>) => ({
  id: 'orchard/hcloud_volume.apple',
  values: { location },
});
const at = 'orchard/hcloud_volume.apple.location';

describe('verdicts', () => {
  test('a pass is counted and not kept', () => {
    const report = run({ facts: factsOf([apple(known('hel1'))]) });
    expect(report.findings).toEqual([]);
    expect(report.summary).toMatchObject({
      resources: 1,
      rules: 1,
      pass: 1,
      fail: 0,
      unknown: 0,
      exitCode: 0,
      notLookedAt: [],
    });
  });

  test('a pass is kept with its reasons when asked for', () => {
    const [finding] = run({
      facts: factsOf([apple(known('hel1'))]),
      collect: true,
    }).findings;
    expect(finding).toMatchObject({
      verdict: 'pass',
      message: 'Fruit grows in Finland',
      because: [{ at }],
    });
  });

  test('a failure names rule, address, place, reason and fix, and the report is of the published format', () => {
    const report = run({ facts: factsOf([apple(known('ash'))]) });
    expect(reportFormat.parse(report)).toEqual(report);
    expect(report.findings).toMatchInlineSnapshot(`
      [
        {
          "address": "orchard/hcloud_volume.apple",
          "because": [
            {
              "at": "orchard/hcloud_volume.apple.location",
              "saw": ""ash"",
            },
          ],
          "controls": [
            "ISO27001:2022/A.8.24",
            "GDPR/32(1)(a)",
          ],
          "file": "stacks/orchard.ts",
          "fingerprint": "b21a6a8ea0265a4d825372e8a289a9c04f7a79b8ea41bd52080adc25a95859dc",
          "fix": "plant it in Finland",
          "line": 7,
          "message": "apple grows in ash",
          "reasons": 1,
          "rule": "grown-in-finland",
          "severity": "high",
          "verdict": "fail",
        },
      ]
    `);
    expect(report.summary.exitCode).toBe(1);
  });

  test('a rule that does not apply is not a pass, and its resource was not looked at', () => {
    const never = ruleWith({ appliesWhen: () => no({ at, saw: 'a pear' }) });
    const { summary } = run({
      facts: factsOf([apple(known('ash'))]),
      rules: [never],
    });
    expect(summary).toMatchObject({
      pass: 0,
      fail: 0,
      notApplicable: 1,
      notLookedAt: ['orchard/hcloud_volume.apple'],
    });
  });

  test('applicability that is not known turns a failure into an unknown and lets a pass stand', () => {
    const perhaps = ruleWith({
      appliesWhen: () => unknown({ at, saw: 'a fruit', causes: ['data'] }),
    });
    const pear = {
      id: 'orchard/hcloud_volume.pear',
      values: { location: known('hel1') },
    };
    const { summary } = run({
      facts: factsOf([apple(known('ash')), pear]),
      rules: [perhaps],
    });
    expect(summary).toMatchObject({
      pass: 1,
      fail: 0,
      unknown: 1,
      exitCode: 1,
    });
  });

  test('a rule with nothing to judge is not applicable', () => {
    const { summary } = run({
      facts: factsOf([apple(known('ash'))]),
      rules: [ruleWith({ check: () => [] })],
    });
    expect(summary).toMatchObject({ pass: 0, notApplicable: 1 });
  });

  test('one subject may give several judgements, each with its own place, weight and element', () => {
    const twice = ruleWith({
      check: () => [
        {
          truth: no({ at, saw: 'worm' }),
          message: 'a worm',
          at: `${at}:1`,
          place: { file: 'a.ts', line: 2 },
          severity: 'low',
        },
        { truth: yes({ at, saw: 'core' }), message: 'a core' },
      ],
    });
    const report = run({ facts: factsOf([apple(known('x'))]), rules: [twice] });
    expect(report.summary).toMatchObject({ pass: 1, fail: 1 });
    expect(report.findings).toMatchObject([{ at: `${at}:1`, file: 'a.ts', line: 2, severity: 'low' }]);
  });

  test('reasons are cut to twenty and counted', () => {
    const many = Array.from({ length: 31 }, (_, index) => ({
      at: `${at}[${index}]`,
      saw: 'seed',
    }));
    const [finding] = run({
      facts: factsOf([apple(known('x'))]),
      rules: [checking(() => no(...many))],
    }).findings;
    expect(finding?.because).toHaveLength(20);
    expect(finding?.reasons).toBe(31);
  });

  test('the same finding twice is one', () => {
    const same = ruleWith({ appliesTo: ['hcloud_volume', 'hcloud_volume'] });
    expect(run({ facts: factsOf([apple(known('ash'))]), rules: [same] }).summary.fail).toBe(1);
  });
});

describe('faults of a rule', () => {
  test('a rule that throws is unknown about that subject, and others still judge', () => {
    const broken = ruleWith({
      id: 'broken',
      check: () => {
        throw new Error('cannot peel\nsecond line');
      },
    });
    const { findings, summary } = run({
      facts: factsOf([apple(known('ash'))]),
      rules: [broken, grownInFinland],
    });
    expect(summary).toMatchObject({ fail: 1, unknown: 1, exitCode: 1 });
    expect(findings.find((finding) => finding.rule === 'broken')).toMatchObject({
      verdict: 'unknown',
      severity: 'high',
      message: 'rule broken could not judge orchard/hcloud_volume.apple: cannot peel',
    });
  });

  test('a message that throws is unknown too', () => {
    const mute = ruleWith({
      message: () => {
        throw new Error('no words');
      },
    });
    expect(run({ facts: factsOf([apple(known('ash'))]), rules: [mute] }).summary).toMatchObject({
      fail: 0,
      unknown: 1,
    });
  });

  test('facts that cannot be derived are unknown for every rule that asks for them', () => {
    const facts = Object.defineProperty(factsOf([]), 'hosts', {
      get() {
        throw new Error('no such orchard');
      },
    });
    const report = run({
      facts,
      rules: [ruleWith({ appliesTo: ['host'] as never })],
    });
    expect(report.findings).toMatchObject([{ verdict: 'unknown', address: 'every host' }]);
    expect(report.summary.exitCode).toBe(1);
  });

  test('a pass without a reason proves nothing', () => {
    const { summary } = run({
      facts: factsOf([apple(known('x'))]),
      rules: [checking(() => yes())],
    });
    expect(summary).toMatchObject({ pass: 0, unknown: 1, exitCode: 1 });
  });
});

describe('what is judged', () => {
  const gone = { ...apple(known('ash')), change: 'delete' as const };

  test('a deletion fails no rule about what will exist, and is no resource of the result', () => {
    expect(run({ facts: factsOf([gone]) }).summary).toMatchObject({
      resources: 0,
      fail: 0,
      notLookedAt: [],
    });
  });

  test('a rule that judges removal sees it', () => {
    expect(run({ facts: factsOf([gone]), rules: [ruleWith({ judges: 'removal' })] }).summary.fail).toBe(1);
  });

  test('a data source is not a resource of its type', () => {
    const read = { ...apple(known('ash')), mode: 'data' as const };
    expect(run({ facts: factsOf([read]) }).summary).toMatchObject({
      resources: 0,
      fail: 0,
    });
  });

  test('resources and hosts no rule looked at are named', () => {
    const host = {
      host: 'fruit.example',
      class: 'data' as const,
      position: 'URL',
      at: 'orchard/hcloud_volume.apple.name',
      causes: [],
      place: { file: 'stacks/orchard.ts' },
      owner: 'orchard/hcloud_volume.apple',
      implicit: false,
    };
    const facts = factsOf([apple(known('hel1')), { id: 'orchard/hcloud_network.path' }], [host]);
    expect(run({ facts }).summary.notLookedAt).toEqual([
      'orchard/hcloud_network.path',
      'orchard/hcloud_volume.apple.name',
    ]);
  });
});

describe('unknown', () => {
  test('only computed: an obligation at synth and plan, a failure at the live gate', () => {
    const facts = factsOf([apple(computed)]);
    expect(run({ facts }).summary).toMatchObject({
      unknown: 0,
      obligations: 1,
      exitCode: 0,
    });
    expect(run({ facts, gate: 'plan' }).summary).toMatchObject({
      unknown: 0,
      obligations: 1,
      exitCode: 0,
    });
    expect(run({ facts, gate: 'live' }).summary).toMatchObject({
      unknown: 1,
      obligations: 0,
      exitCode: 1,
    });
  });

  test('computed and another cause is no obligation', () => {
    const both = checking(() =>
      unknown({ at, saw: 'a', causes: ['computed'] }, { at, saw: 'b', causes: ['possible'] }),
    );
    expect(run({ facts: factsOf([apple(computed)]), rules: [both] }).summary).toMatchObject({
      unknown: 1,
      obligations: 0,
    });
  });

  test('a reason cut off still decides', () => {
    const many = Array.from({ length: 25 }, () => ({
      at,
      saw: 'a',
      causes: ['computed'] as const,
    }));
    const late = checking(() => unknown(...many, { at, saw: 'b', causes: ['variable'] }));
    expect(run({ facts: factsOf([apple(computed)]), rules: [late] }).summary).toMatchObject({
      unknown: 1,
      obligations: 0,
    });
  });

  test('without any cause is no obligation', () => {
    const mute = checking(() => unknown({ at, saw: 'fog' }));
    expect(run({ facts: factsOf([apple(computed)]), rules: [mute] }).summary).toMatchObject({
      unknown: 1,
      exitCode: 1,
    });
  });

  test.each([
    ['eu-sovereign', 1],
    ['recommended', 0],
  ] as const)('of a variable under %s exits %i', (name, exitCode) => {
    const report = run({
      facts: factsOf([apple(variable('place'))]),
      posture: postures[name],
    });
    expect(report.summary).toMatchObject({ unknown: 1, exitCode });
  });
});

describe('threshold', () => {
  test.each([
    ['eu-sovereign', 'low', 1],
    ['recommended', 'medium', 0],
    ['recommended', 'high', 1],
    ['recommended', 'critical', 1],
  ] as const)('%s and a failure of %s severity exits %i', (name, severity, exitCode) => {
    const report = run({
      facts: factsOf([apple(known('ash'))]),
      posture: postures[name],
      rules: [ruleWith({ severity })],
    });
    expect(report.summary).toMatchObject({ fail: 1, exitCode });
  });
});

test('an exception is a pass that every report lists once', () => {
  const excused = ruleWith({
    check: () => [
      {
        truth: yes({ at, saw: 'a pear' }),
        message: 'a pear',
        exception: 'pears may grow anywhere',
      },
    ],
  });
  const report = run({ facts: factsOf([apple(known('x'))]), rules: [excused] });
  expect(report.exceptions).toEqual([
    {
      rule: 'grown-in-finland',
      address: 'orchard/hcloud_volume.apple',
      reason: 'pears may grow anywhere',
    },
  ]);
  expect(report.summary).toMatchObject({ pass: 1, exitCode: 0 });
});

test('findings are sorted by verdict, weight and name whatever the order of rules', () => {
  const names = ['c', 'a', 'b'].map((name) => ({
    id: `orchard/hcloud_volume.${name}`,
    values: { location: known('ash') },
  }));
  const rules = [
    ruleWith({ id: 'z-low', severity: 'low' }),
    ruleWith({ id: 'a-low', severity: 'low' }),
    grownInFinland,
  ];
  const facts = factsOf([...names, { id: 'orchard/hcloud_volume.d', values: { location: variable('x') } }]);
  const order = run({ facts, rules }).findings.map(
    (finding) => `${finding.verdict} ${finding.rule} ${finding.address.slice(-1)}`,
  );
  expect(order).toEqual(
    run({ facts, rules: [...rules].reverse() }).findings.map((f) => `${f.verdict} ${f.rule} ${f.address.slice(-1)}`),
  );
  expect(order.slice(0, 4)).toEqual([
    'fail grown-in-finland a',
    'fail grown-in-finland b',
    'fail grown-in-finland c',
    'fail a-low a',
  ]);
  expect(order.at(-1)).toBe('unknown z-low d');
});

test('the configuration a value came from is part of the finding', () => {
  const origins = [
    { attribute: 'location', place: { file: 'config/example.yaml', line: 14 } },
    {
      attribute: 'location',
      value: 'nowhere said',
      place: { file: 'config/example.yaml', line: 15 },
    },
    { attribute: 'size', place: { file: 'config/example.yaml', line: 16 } },
  ];
  const report = run({ facts: factsOf([{ ...apple(known('ash')), origins }]) });
  expect(report.findings[0]?.origins).toEqual([{ file: 'config/example.yaml', line: 14 }]);
});

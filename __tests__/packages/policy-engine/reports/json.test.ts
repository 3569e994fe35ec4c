import { report as reportFormat } from '@lukko/formats';
import { renderJson } from '@lukko/policy-engine';
import { jsonParts, jsonText } from '../../../../packages/policy-engine/src/reports/json.ts';
import { factsOf, known } from '../fake-facts.ts';
import { run } from '../fake-rules.ts';

const report = run({
  facts: factsOf([
    {
      id: 'orchard/hcloud_volume.apple',
      values: { location: known('ash') },
      place: { file: 'a\u001b.ts', line: 1 },
    },
  ]),
});

test('the whole report, readable by its published format', () => {
  const text = renderJson(report);
  expect(reportFormat.parse(JSON.parse(text))).toEqual(report);
  expect(text).toMatchInlineSnapshot(`
    "{
      "schemaVersion": 1,
      "tool": {
        "name": "lukko",
        "version": "0.1.0"
      },
      "posture": "eu-sovereign",
      "ruleSet": "eu-sovereign",
      "threshold": "low",
      "failOn": "all",
      "inputs": [
        {
          "file": "cdk.tf.json",
          "kind": "synth",
          "stack": "orchard",
          "sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        }
      ],
      "policy": {
        "sha256": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "files": [
          "lukko.yaml"
        ]
      },
      "world": {
        "closed": true,
        "because": "all stacks are given"
      },
      "findings": [
        {
          "rule": "grown-in-finland",
          "verdict": "fail",
          "severity": "high",
          "address": "orchard/hcloud_volume.apple",
          "message": "apple grows in ash",
          "file": "a\\u001b.ts",
          "line": 1,
          "because": [
            {
              "at": "orchard/hcloud_volume.apple.location",
              "saw": "\\"ash\\""
            }
          ],
          "reasons": 1,
          "controls": [
            "ISO27001:2022/A.8.24",
            "GDPR/32(1)(a)"
          ],
          "fix": "plant it in Finland",
          "fingerprint": "b21a6a8ea0265a4d825372e8a289a9c04f7a79b8ea41bd52080adc25a95859dc"
        }
      ],
      "exceptions": [],
      "summary": {
        "resources": 1,
        "rules": 1,
        "pass": 0,
        "fail": 1,
        "unknown": 0,
        "obligations": 0,
        "waived": 0,
        "accepted": 0,
        "notApplicable": 0,
        "notLookedAt": [],
        "coverage": {
          "percent": 100,
          "resources": {
            "lookedAt": 1,
            "of": 1
          },
          "hosts": {
            "lookedAt": 0,
            "of": 0
          },
          "typesNotLookedAt": []
        },
        "proven": [],
        "exitCode": 1
      }
    }
    "
  `);
});

test('in pieces it is the same text, whatever stands in it and however many findings there are', () => {
  const [finding] = report.findings;
  if (finding === undefined) throw new Error('no finding');
  const message = 'a quote ", a line\n  "findings": [] and a mark \u202e';
  for (const many of [0, 1, 999, 1000, 1001, 2500]) {
    const findings = Array.from({ length: many }, (_, index) => ({ ...finding, message: `${message} ${index}` }));
    const long = { ...report, findings };
    const parts = [...jsonParts(long)];
    expect(parts.join('')).toBe(jsonText(long));
    expect(parts.length).toBe(many === 0 ? 1 : 2 + Math.ceil(many / 1000));
  }
});

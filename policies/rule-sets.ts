import type { RuleSetName } from '@lukko/policy-engine';

/** Which rules are asked. Whose jurisdiction is allowed, and what an unknown does, is told by posture and lukko.yaml. */
interface RuleSet {
  readonly summary: string;
  /** Only rules that serve a control whose name begins like this. */
  readonly serves?: string;
  /** Rules it leaves out, each with the reason. */
  readonly without: Readonly<Record<string, string>>;
}

export const ruleSets: { readonly [N in RuleSetName]: RuleSet } = {
  'eu-sovereign': {
    summary: 'Stacks whose organisation has decided to depend on nobody outside the EU',
    without: {},
  },
  recommended: {
    summary: "Anybody's Terraform: what holds whatever the organisation decided",
    without: { 'data-in-finland': 'which country live data stands in is a decision of the organisation' },
  },
  'iso27001-a8': {
    summary: 'What serves a control of ISO/IEC 27001:2022 Annex A.8',
    serves: 'ISO27001:2022/A.8.',
    without: {},
  },
  all: { summary: 'Every rule', without: {} },
};

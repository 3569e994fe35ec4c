import type { Posture } from '@lukko/policy-engine';

/** Which rules a posture judges by. Whose jurisdiction is allowed is told by lukko.yaml, else by the posture itself. */
interface RuleSet {
  readonly posture: Posture['name'];
  readonly summary: string;
  /** Rules it leaves out, each with the reason. */
  readonly without: Readonly<Record<string, string>>;
}

export const ruleSets: { readonly [N in Posture['name']]: RuleSet } = {
  'eu-sovereign': {
    posture: 'eu-sovereign',
    summary: 'Stacks whose organisation has decided: every rule, and what is not shown is refused',
    without: {},
  },
  recommended: {
    posture: 'recommended',
    summary: "Anybody's Terraform: only what is proven wrong, and weighs, is refused",
    without: { 'data-in-finland': 'which country live data stands in is a decision of the organisation' },
  },
};

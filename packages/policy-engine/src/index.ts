export type { AllowedSigner } from './approval/allowed-signers.ts';
export { waiverText } from './approval/approval.ts';
export { readSshSignature, type SshSignature, signs } from './approval/ssh-signature.ts';
export { type Evaluation, evaluate } from './evaluate.ts';
export { excuse, INTENT_MARK, isCurrent } from './intents.ts';
export { type BaselineInput, type EarlierInput, isOpen, recordOf } from './known-findings.ts';
export { mergeObligations } from './ledger.ts';
export { nearest } from './nearest.ts';
export { type Gate, gateOf, obligationsOf } from './obligations.ts';
export { isOwnFinding, ownFindings } from './own-findings.ts';
export { type ImportedModule, type ImportModules, loadOwnRules } from './own-rules/load.ts';
export { filesNamedIn, type PolicyFile, type PolicyFiles, policyChanges } from './policy-changes.ts';
export {
  type Catalogue,
  isOutside,
  type OwnRules,
  PolicyError,
  type PolicyInput,
  type PolicySource,
  readPolicy,
} from './policy-source.ts';
export { type Posture, postures, type RuleSetName, refuses, ruleSetNames } from './posture.ts';
export { type Proven, prove } from './prove/prove.ts';
export { renderFinding, type TerminalOptions } from './reports/finding.ts';
export { renderJson } from './reports/json.ts';
export { type Format, formats, render, renderParts, renderSurvey } from './reports/render.ts';
export { renderTerminal } from './reports/terminal.ts';
export { controlName, printable } from './reports/text.ts';
export * from './rule.ts';
export { type Survey, survey } from './survey.ts';
export * from './truth.ts';

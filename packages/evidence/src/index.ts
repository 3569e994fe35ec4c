export { canonical, sha256, uuid } from './canonical.ts';
export { attestationText } from './claims/attestation.ts';
export type { ClaimsInput } from './claims/held.ts';
export { type LintFinding, lintClaims } from './claims/lint.ts';
export { percent, problemsOfTotals, type ThemeTotals, totalsOfClaims } from './claims/totals.ts';
export { type Collection, collectEvidence, EvidenceError, type TierReport } from './collect.ts';
export { annexA, annexA8, type Control } from './controls/index.ts';
export { diffEvidence, type EvidenceDifference } from './diff.ts';
export { type ContentInput, type WriteFile, writeContent } from './export/content.ts';
export { renderEvidenceCsv } from './export/csv.ts';
export { renderEvidenceHtml } from './export/html/page.ts';
export { evidenceJson, renderEvidenceJson } from './export/json.ts';
export { assessmentResults } from './export/oscal/assessment-results.ts';
export { componentDefinition } from './export/oscal/component-definition.ts';
export { lintOscal } from './export/oscal/lint.ts';
export {
  type Bundle,
  type BundledFile,
  type BundleMeta,
  bundle,
  bundledFile,
  manifestFile,
  type Previous,
} from './integrity/bundle.ts';
export { historyFile, readHistory } from './integrity/history.ts';
export {
  bundleNamespace,
  checkSignature,
  demoNamespace,
  fingerprintOf,
  signAsDemo,
} from './integrity/ssh-signature.ts';
export { readSums, signatureFile, sumsFile } from './integrity/sums.ts';
export {
  type Verification,
  type VerifyCode,
  type VerifyFinding,
  type VerifyInput,
  verifyBundle,
} from './integrity/verify.ts';
export { verifyPage } from './integrity/verify-page.ts';
export { Roots } from './observe/certificate-chain.ts';
export { type Check, checkOf, checks, lasts } from './observe/checks.ts';
export { counts, type Judged, type Observed, observedAt } from './observe/current.ts';
export { euMember } from './observe/eu.ts';
export { readHetzner, resourceKinds } from './observe/hetzner.ts';
export { hostReportNamespace, readHostReport } from './observe/host-report.ts';
export { type Origin, originsOf } from './observe/origin.ts';
export { reportedPayloads, withPayloadChecks } from './observe/payload-checks.ts';
export { type Period, periodOf } from './observe/period.ts';
export { type PayloadFacts, type PayloadProof, provePayloads } from './payload-proof.ts';
export { type TierResource, tierResources } from './reconcile.ts';
export { beginning, chain, type Head, line, readStore, type Store, type Unchained } from './store/chain.ts';
export { draw, type Member, population, populationDigest } from './store/sample.ts';
export { readToolLog, type ToolLog, toolLogLine } from './store/tool-log.ts';
export { type Undeclared, withoutRole } from './tables/services.ts';

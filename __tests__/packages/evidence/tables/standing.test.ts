import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attestation, parseFile, register } from '@lukko/formats';
import { withoutRole } from '../../../../packages/evidence/src/index.ts';
import { type TablesInput, tablesOf } from '../../../../packages/evidence/src/tables/index.ts';
import { readAllowedSigners } from '../../../../packages/policy-engine/src/approval/allowed-signers.ts';
import { observedExport, shippedClaims } from '../observed-export.ts';

const root = join(__dirname, '../../../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const path = 'attestations/confidentiality.yaml';
const statement = parseFile(attestation, read(path), path).value;
const signers = readAllowedSigners(read('approvers'), 'approvers');

/** Rows of a table on a day, by the names of its columns. */
function rows(name: string, day: string, held: Partial<NonNullable<TablesInput['held']>> = {}) {
  const evidence = { ...observedExport(), asOf: `${day}T00:00:00Z` };
  const table = tablesOf({
    evidence,
    facts: [],
    services: [],
    claims: shippedClaims,
    held: { claims: shippedClaims, attestations: new Map([[path, statement]]), signers, ...held },
  }).find((one) => one.name === name);
  return (table?.rows ?? []).map((row) => Object.fromEntries((table?.columns ?? []).map((key, at) => [key, row[at]])));
}

test('a certificate stands with its issuer, scope and validity; a statement with its words and who signed', () => {
  expect(rows('certificates-and-statements', '2026-11-21')).toMatchSnapshot();
});

test('what is past its end, not signed by who must, or not there, says so', () => {
  const states = (...args: Parameters<typeof rows>) => rows(...args).map(({ id, state }) => `${id}: ${state}`);
  const name = 'certificates-and-statements';
  expect(states(name, '2029-01-01')).toEqual([
    'provider-iso27001: expired',
    'confidentiality-2026: it expired on 2027-11-01; sign a new one',
  ]);
  expect(states(name, '2025-01-01')[0]).toBe('provider-iso27001: not yet valid');
  expect(states(name, '2026-11-21', { signers: [] })[1]).toBe(
    'confidentiality-2026: head-of-people is not among those who may attest on 2026-11-21',
  );
  expect(states(name, '2026-11-21', { attestations: new Map() })[1]).toBe(`${path}: not there`);
});

test('the statement of applicability takes what is named for what stands only while it is valid', () => {
  const of = (control: string, ...args: [string, object?]) => {
    const found = rows('statement-of-applicability', ...args).find((row) => row.control === control);
    return [found?.evidence, found?.expires];
  };
  expect(of('A.6.6', '2026-11-21')).toEqual(['stated or inherited', '2027-11-01']);
  expect(of('A.6.6', '2028-01-01')).toEqual(['named, and not valid', '']);
  expect(of('A.6.6', '2026-11-21', { signers: [] })).toEqual(['named, and not valid', '']);
  expect(of('A.7.1', '2026-11-21')).toEqual(['stated or inherited', '2028-05-31']);
  expect(of('A.7.1', '2029-01-01')).toEqual(['named, and not valid', '']);
});

test('who holds the data is in the register as what; an operator of whom it says nothing is named once', () => {
  const { services } = parseFile(register, read('register.yaml'), 'register.yaml').value;
  expect(services.filter(({ role }) => role === 'processor').map(({ entity }) => entity)).toEqual([
    'Hetzner Online GmbH',
  ]);
  const hosts = (['provider', 'backend', 'resolver'] as const).map((position, index) => ({
    host: `${index}.cloud.example`,
    class: 'data' as const,
    position,
  }));
  const facts = [
    {
      hosts,
      resolve: (host: string) =>
        host === '1.cloud.example' ? { by: 'own' } : { by: 'operators', entity: 'Cloud Example Oy' },
    },
  ] as unknown as TablesInput['facts'];
  expect(withoutRole({ services, facts })).toEqual([
    { host: '0.cloud.example', entity: 'Cloud Example Oy', position: 'provider' },
  ]);
  const [entry] = services;
  if (entry === undefined) throw new Error('the register is empty');
  expect(withoutRole({ services: [{ ...entry, entity: 'Cloud Example Oy' }], facts })).toEqual([]);
});

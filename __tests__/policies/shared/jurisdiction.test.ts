import type { Resolution } from '@lukko/facts';
import type { PolicyContext } from '@lukko/policy-engine';
import {
  adequate,
  europeanEconomicArea,
  europeanUnion,
  expandJurisdictions,
} from '../../../policies/shared/countries.ts';
import { allows, operatorAllowed, reaches } from '../../../policies/shared/jurisdiction.ts';
import { messageLimit } from '../../../policies/shared/message.ts';

const closed: PolicyContext = {
  allowedJurisdictions: ['EEA'],
  environmentClass: undefined,
};
const recommended: PolicyContext = { ...closed, allowedJurisdictions: ['EEA', ...adequate] };
const by = (country: string, parent?: string): Resolution => ({
  by: 'operators',
  entity: 'Operator',
  country,
  ...(parent === undefined ? {} : { parent: { entity: 'Parent', country: parent } }),
  source: 'https://operator.example/imprint',
  date: '2026-11-21',
});

describe('jurisdictions', () => {
  it('groups stand for their members', () => {
    expect(europeanUnion).toHaveLength(27);
    expect(europeanEconomicArea).toHaveLength(30);
    expect(expandJurisdictions(['EU', 'NO', 'FI'])).toEqual([...europeanUnion, 'NO'].sort());
    expect(expandJurisdictions(['EEA'])).toEqual([...europeanEconomicArea].sort());
  });

  it('a country with an adequacy decision is none of the EEA, and the United States is none', () => {
    for (const country of adequate) expect(europeanEconomicArea).not.toContain(country);
    expect(adequate).not.toContain('US');
  });

  it('what is not on the list is refused', () => {
    const verdicts = (context: PolicyContext) =>
      ['FI', 'IS', 'CH', 'US', 'CN'].map((country) => allows(country, context));
    expect(verdicts(closed)).toEqual([true, true, false, false, false]);
    // The design: recommended refuses the US and countries without an adequacy decision.
    expect(verdicts(recommended)).toEqual([true, true, true, false, false]);
  });
});

describe('operators', () => {
  it.each([
    [by('FI'), true],
    [by('US'), false],
    [by('IE', 'US'), false],
    [by('US', 'FI'), false],
    [{ by: 'own', matched: 'lukko.example' } as const, true],
    [{ by: 'nobody' } as const, 'unknown'],
    [{ ...by('FI'), by: 'register' } as const, true],
    [{ ...by('US'), by: 'register' } as const, false],
  ])('%j: %s', (resolution, is) => {
    const truth = operatorAllowed(resolution, 'logs/at', 'host.example', closed);
    expect(truth.is).toBe(is);
    expect(truth.because).toHaveLength(1);
  });

  it('says who declared it, and whence it is known', () => {
    const [reason] = operatorAllowed({ ...by('FI'), by: 'register' }, 'logs/at', 'host.example', closed).because;
    expect(reason?.saw).toBe(
      'host.example: declared by the organisation: Operator (FI), https://operator.example/imprint, read 2026-11-21',
    );
  });
});

describe('the line about an operator', () => {
  it.each([
    [
      by('IE', 'US'),
      'host h.example reaches Operator (IE), parent Parent (US) (source https://operator.example/imprint, 2026-11-21)',
    ],
    [by('FI'), 'host h.example reaches Operator (FI) (source https://operator.example/imprint, 2026-11-21)'],
    [{ by: 'own' } as const, 'host h.example is our own'],
    [{ by: 'nobody' } as const, 'host h.example is operated by nobody known'],
  ])('%j', (resolution, line) => {
    expect(reaches('host h.example', resolution)).toBe(line);
  });

  it('keeps entity, country, parent, source and date when room is short', () => {
    const subject = `image registry.example/${'a'.repeat(200)}:1`;
    const resolution = { ...by('IE', 'US'), source: `https://operator.example/${'b'.repeat(200)}` };
    const line = reaches(subject, resolution);
    expect(line.length).toBeLessThanOrEqual(messageLimit);
    expect(line).toMatch(/Operator \(IE\), parent Parent \(US\) \(source operator\.example, 2026-11-21\)$/);
  });
});

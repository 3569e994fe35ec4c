import type { Table, TablesInput } from './table.ts';

export function findingsTable({ evidence }: TablesInput): Table {
  return {
    name: 'findings',
    title: 'What an auditor would ask about',
    about: 'Claims without evidence, failures, drift, what is overdue or contradicts itself.',
    columns: ['code', 'controls', 'subject', 'finding'],
    rows: evidence.findings.map(({ code, controls, subject, message }) => [code, controls.join(' '), subject, message]),
    from: 'nda',
  };
}

export function observationsTable({ evidence }: TablesInput): Table {
  return {
    name: 'observations',
    title: 'Observations',
    about: 'The newest of each subject, and what it is worth. Only what counts is part of a row above.',
    columns: [
      'id',
      'collector',
      'subject',
      'at',
      'expires',
      'outcome',
      'origin',
      'counts',
      'because',
      'checks that hold',
      'that fail',
      'that did not tell',
    ],
    rows: evidence.observed.map((one) => {
      const of = (holds: boolean | 'unknown') =>
        one.checks
          .filter((check) => check.holds === holds)
          .map(({ id }) => id)
          .join(' ');
      return [
        one.id,
        one.collector,
        one.name ?? one.subject,
        one.at,
        one.expires,
        one.outcome,
        one.origin,
        one.counts ? 'yes' : 'no',
        one.because,
        of(true),
        of(false),
        of('unknown'),
      ];
    }),
    from: 'auditor',
  };
}

export function obligationsTable({ evidence }: TablesInput): Table {
  return {
    name: 'obligations',
    title: 'Obligations of the gates',
    about:
      'What a gate let pass because only the provider could answer: its age, and the observation that discharged it, with the value it shows. Whether the rule holds of that value says lukko check --live.',
    columns: [
      'rule',
      'address',
      'attribute',
      'first seen',
      'age in days',
      'due',
      'state',
      'discharged by',
      'value seen',
    ],
    rows: evidence.obligations.map((one) => [
      one.rule,
      one.address,
      one.attribute,
      one.firstSeen ?? '',
      String(one.ageDays),
      one.due,
      one.state,
      one.by ?? '',
      one.saw ?? '',
    ]),
    from: 'auditor',
  };
}

export function reconciliationTable({ evidence }: TablesInput): Table {
  return {
    name: 'reconciliation',
    title: 'Declared, planned and observed',
    about: 'By type and name. A resource that agrees does so in the attributes that are compared, and in no others.',
    columns: ['type', 'name', 'verdict', 'attribute', 'declared', 'planned', 'observed', 'agrees', 'address', 'id'],
    rows: evidence.reconciliation.flatMap(({ type, name, verdict, attributes, address = '', id = '' }) =>
      (attributes.length === 0 ? [undefined] : attributes).map((one) => [
        type,
        name,
        verdict.replace('-', ' '),
        one?.attribute ?? '',
        one?.declared ?? '',
        one?.planned ?? '',
        one?.observed ?? '',
        one === undefined ? '' : one.agrees === 'unknown' ? 'not comparable' : one.agrees ? 'yes' : 'no',
        address,
        id,
      ]),
    ),
    from: 'auditor',
  };
}

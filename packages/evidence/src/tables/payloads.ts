import type { Table, TablesInput } from './table.ts';

const words = (is: boolean | 'unknown') => (is === 'unknown' ? 'not known' : is ? 'as declared' : 'another text');

export function payloadsTable({ payloads = [] }: TablesInput): Table {
  return {
    name: 'payloads',
    title: 'What hosts booted with',
    about:
      'The declared text, rendered with the ids in the state, against what the state keeps of the creation and what the host reports of its boot. After a rebuild only the report tells.',
    columns: ['server', 'declared as', 'verdict', 'at creation', 'at boot', 'because'],
    rows: payloads.map(({ server, address, verdict, atCreation, atBoot, because }) => [
      server,
      address,
      verdict,
      words(atCreation),
      words(atBoot),
      because,
    ]),
    from: 'auditor',
  };
}

import { encryptionTable } from './encryption.ts';
import { assetsTable, retentionTable, softwareTable } from './inventory.ts';
import { documentsTable, erasureTable, grantsTable, isolationTable, notClaimedTable } from './organisation.ts';
import { payloadsTable } from './payloads.ts';
import { findingsTable, obligationsTable, observationsTable, reconciliationTable } from './records.ts';
import { flowsTable, processorsTable, servicesTable } from './services.ts';
import { standingTable } from './standing.ts';
import { statementTable } from './statement.ts';
import { mayRead, type Table, type TablesInput } from './table.ts';
import { verdictsTable } from './verdicts.ts';

const makers: readonly ((input: TablesInput) => Table)[] = [
  findingsTable,
  verdictsTable,
  statementTable,
  encryptionTable,
  assetsTable,
  reconciliationTable,
  payloadsTable,
  observationsTable,
  obligationsTable,
  servicesTable,
  processorsTable,
  flowsTable,
  retentionTable,
  isolationTable,
  softwareTable,
  documentsTable,
  standingTable,
  notClaimedTable,
  erasureTable,
  grantsTable,
];

/** Every table of a profile, in the order in which a page shows them. Empty ones stay: a blank is an answer. */
export function tablesOf(input: TablesInput): readonly Table[] {
  return makers.map((make) => make(input)).filter((table) => mayRead(input.evidence.profile, table.from));
}

export type { Table, TablesInput } from './table.ts';

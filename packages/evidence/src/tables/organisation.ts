import { distinct, mayRead, type Table, type TablesInput } from './table.ts';

export function documentsTable({ claims, documents, evidence }: TablesInput): Table {
  const today = evidence.asOf.slice(0, 10);
  return {
    name: 'documents',
    title: 'Documents',
    about:
      'What claims rest on besides machines. The digest fixes which text was meant; a document without one was not at hand.',
    columns: ['document', 'kind', 'owner', 'version', 'reviewed', 'review by', 'state', 'audience', 'SHA-256'],
    rows: distinct(
      (claims?.documents ?? [])
        .filter(({ audience }) => mayRead(evidence.profile, audience))
        .map((one) => [
          one.title,
          one.kind,
          one.owner,
          one.version,
          one.reviewed,
          one.reviewBy,
          one.reviewBy < today ? 'overdue' : 'current',
          one.audience,
          one.file === undefined ? '' : (documents?.get(one.file) ?? ''),
        ]),
    ),
    from: 'public',
  };
}

export function notClaimedTable({ claims }: TablesInput): Table {
  return {
    name: 'not-claimed',
    title: 'Standards not claimed',
    about: 'What nobody may read into this statement.',
    columns: ['standard', 'remark'],
    rows: distinct((claims?.notClaimed ?? []).map(({ standard, remark }) => [standard, remark])),
    from: 'public',
  };
}

export function erasureTable({ claims }: TablesInput): Table {
  return {
    name: 'erasure-and-export',
    title: 'How a person’s data is erased and handed over',
    about: 'As the organisation says; a way nobody has tried says so.',
    columns: ['store', 'erasure', 'export', 'owner', 'last tried'],
    rows: distinct(
      (claims?.dataSubjects ?? []).map((one) => [one.store, one.erasure, one.export, one.owner, one.tried ?? 'never']),
    ),
    from: 'public',
  };
}

export function isolationTable({ claims }: TablesInput): Table {
  return {
    name: 'tenant-isolation',
    title: 'Isolation of tenants',
    about: 'As the organisation says, layer by layer; a layer nobody has tried says so.',
    columns: ['layer', 'means', 'owner', 'last tried'],
    rows: distinct(
      (claims?.tenantIsolation ?? []).map((one) => [one.layer, one.means, one.owner, one.tried ?? 'never']),
    ),
    from: 'nda',
  };
}

/** Who may write, read and delete in the store of the audit log, as far as it is declared. */
export function grantsTable({ facts }: TablesInput): Table {
  const stores = facts.flatMap((one) =>
    one.servers.filter(({ payload }) => payload.containers.some(({ image }) => /victoria-logs/.test(image))),
  );
  const rows = stores.flatMap(({ resource, payload }) => {
    const text = payload.files.map((file) => file.text.marked).join('\n');
    const deletes = /-delete\.enable(?!=false)/.test(text);
    return [
      [resource.id, 'write', '/insert/*', /\/insert\//.test(text) ? 'admitted by source' : 'not shown', 'declared'],
      [
        resource.id,
        'read',
        '/select/*',
        /client_auth|trusted_ca_cert|trust_pool|require_and_verify|verify_if_given|tls_client/.test(text)
          ? 'client certificate'
          : 'not shown',
        'declared',
      ],
      [
        resource.id,
        'delete',
        'API of VictoriaLogs',
        deletes ? 'switched on' : 'off: it is on only where -delete.enable says so',
        'declared',
      ],
      [resource.id, 'delete', 'files below the mount', 'whoever is root on the host', 'declared'],
    ];
  });
  return {
    name: 'grants',
    title: 'Grants behind the audit log',
    about: 'As declared. No collector reads grants of a running store in this version, so nothing here is observed.',
    columns: ['host', 'right', 'on', 'who', 'tier'],
    rows: distinct(rows),
    from: 'nda',
  };
}

import type { ShownObservation } from '@lukko/formats';
import { distinct, shown, type Table, type TablesInput } from './table.ts';

const none = 'nothing was shown';

/**
 * Every surface on which data rests or travels, one row for each tier that shows something. A volume in code is no encryption:
 * at rest is proven by the chain from the disk to the mount, observed inside the host. Root disks and swap are rows of their own.
 */
export function encryptionTable({ facts, evidence }: TablesInput): Table {
  const rows = [
    ...facts.flatMap((one) =>
      one.volumes.map(({ resource, encryption, mount }) => [
        'at rest',
        'volume',
        resource.id,
        'declared',
        shown(encryption.is),
        mount === undefined ? 'not mounted as far as is shown' : `LUKS, mounted at ${mount}`,
        '',
        '',
        encryption.steps.map(({ claim }) => claim).join('; '),
      ]),
    ),
    ...facts.flatMap((one) =>
      one.servers.flatMap(({ resource, dataPaths }) => [
        ...dataPaths.map(({ path, service, encrypted, at }) => [
          'at rest',
          'data path',
          `${resource.id}:${path}`,
          'declared',
          shown(encrypted.is),
          `kept by ${service}`,
          '',
          '',
          at,
        ]),
        [
          'at rest',
          'root disk',
          resource.id,
          'declared',
          'not encrypted',
          'no data is to lie there',
          '',
          '',
          'the provider encrypts no root disk',
        ],
      ]),
    ),
    ...facts.flatMap((one) =>
      one.servers.flatMap(({ resource, payload }) =>
        payload.sites.flatMap((site) =>
          site.addresses.map((address) => [
            'in transit',
            'service',
            address,
            'declared',
            site.tls === 'off' ? 'fails' : 'holds',
            site.tls === 'off' ? 'plain text' : `TLS, ${site.minimumTls ?? '1.2'} or newer`,
            '',
            '',
            `${resource.id}: ${site.at}`,
          ]),
        ),
      ),
    ),
    ...evidence.observed.flatMap((one) => observedRows(one, evidence.asOf)),
  ];
  const plain = rows.map((row) => row.map((cell) => cell ?? ''));
  return {
    name: 'encryption',
    title: 'Encryption, surface by surface',
    about:
      'At rest and in transit, by tier. A row that is declared says what is intended; only an observed one says what is. Sandbox rows never count.',
    columns: ['kind', 'surface', 'where', 'tier', 'state', 'means', 'negotiated', 'age in days', 'rests on'],
    rows: plain.length === 0 ? [['', '', none, '', '', '', '', '', '']] : distinct(plain),
    from: 'nda',
  };
}

const atRest = ['data-encrypted', 'clevis-bound', 'swap-off', 'no-plain-disk-copies'];

function observedRows(one: ShownObservation, asOf: string): readonly (readonly string[])[] {
  const tier = one.counts ? 'observed' : one.origin === 'sandbox' ? 'sandbox, not counted' : 'observed, not counted';
  const age = String(Math.max(0, Math.floor((Date.parse(asOf) - Date.parse(one.at)) / 86_400_000)));
  const name = one.name ?? one.subject;
  const version = one.checks.find(({ id }) => id === 'tls-version');
  if (one.collector === 'tls' && version !== undefined) {
    const chain = one.checks.find(({ id }) => id === 'tls-chain');
    const holds = version.holds === true && chain?.holds === true;
    return [
      [
        'in transit',
        'service',
        name,
        tier,
        shown(holds),
        `chain ${chain?.saw ?? 'not seen'}`,
        version.saw,
        age,
        one.id,
      ],
    ];
  }
  return one.checks
    .filter(({ id }) => atRest.includes(id))
    .map(({ id, holds, saw }) => ['at rest', id, name, tier, shown(holds), saw, '', age, one.id]);
}

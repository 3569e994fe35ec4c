import { built, documentOf, inBucket, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

/* What is declared, and what is not, where backups go into a bucket. */

const example = built(shipped('example.yaml', inBucket));
const [[, server]] = serversOf(documentOf(example, 'edge')) as [[string, Record<string, unknown>]];
const contentOf = (end: string): string =>
  onHost(server.user_data).files.find((file) => file.path.endsWith(end))?.content ?? '';

test('no host is declared for backups, and that is said', () => {
  expect([...example.documents.keys()]).toEqual(['network', 'dns', 'keys', 'edge', 'logs', 'errors']);
  expect(example.leftOut).toEqual([
    {
      stack: 'backups',
      why: 'backups.bucket is set: backups go into the bucket lukko-example-backups at https://fsn1.your-objectstorage.com, and no host of ours keeps them.',
    },
  ]);
  // Nothing that is made for it is left: addresses, names, firewall, what key servers and other hosts admit.
  const named = [...example.documents].filter(([, document]) =>
    /backups[._-](ipv|firewall|A\b|AAAA)|backups\.lukko\.example/i.test(JSON.stringify(document)),
  );
  expect(named.map(([stack]) => stack)).toEqual([]);
});

test('the way out to the bucket is open by its name, on the hosts that back up and no others', () => {
  expect(contentOf('/egress-names').split('\n')).toContain('^fsn1[.]your-objectstorage[.]com$');
  const [[, tang]] = serversOf(documentOf(example, 'keys')) as [[string, Record<string, unknown>]];
  const names = onHost(tang.user_data).files.find((file) => file.path.endsWith('/egress-names'))?.content;
  expect(names).not.toContain('objectstorage');
});

import { built, documentOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

test('without thumbprints the stacks that keep data are left out, and each says what is missing', () => {
  const { documents, leftOut } = built(shipped('unpinned.yaml'));
  expect([...documents.keys()]).toEqual(['network', 'dns', 'keys']);
  expect(leftOut.map(({ stack }) => stack)).toEqual(['edge', 'logs', 'errors', 'backups']);
  expect(leftOut[0]?.why).toMatchInlineSnapshot(
    `"Its volume is bound to key servers by their thumbprints, and the key servers tang-fsn1, tang-nbg1, tang-hel1 have none yet: deploy network, dns and keys, and write what \`tang-show-keys\` prints on each of them into the configuration."`,
  );
});

test('one thumbprint too few is too few', () => {
  const config = shipped('example.yaml', ({ keys }) => {
    delete keys.servers[1]?.thumbprint;
  });
  expect(built(config).leftOut[0]?.why).toContain('the key server tang-nbg1 has none yet');
});

test('a zone that is kept elsewhere leaves out dns', () => {
  const { documents, leftOut } = built(shipped('example.yaml', ({ dns }) => Object.assign(dns, { managed: false })));
  expect(documents.has('dns')).toBe(false);
  expect(leftOut).toEqual([
    {
      stack: 'dns',
      why: 'dns.managed is false: the zone lukko.example is kept elsewhere, and its names must stand there before any host is deployed.',
    },
  ]);
});

test('what policies refuse is declared as it is configured', () => {
  const elsewhere = built(
    shipped('example.yaml', (config) => {
      config.locations.live = 'ash';
      config.images.registry = 'docker.io';
    }),
  );
  const { resource } = documentOf(elsewhere, 'logs');
  expect(resource.hcloud_volume?.data_volume?.location).toBe('ash');
  const { files } = onHost(resource.hcloud_server?.host_server?.user_data);
  const store = files.find(({ path }) => path.endsWith('/victoria-logs-audit.container'));
  expect(store?.content).toContain('Image=docker.io/victoriametrics/victoria-logs');
});

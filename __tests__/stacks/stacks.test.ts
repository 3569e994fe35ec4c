import { built, type Document, documentOf, serversOf, shipped } from './built.ts';
import { onHost } from './on-host.ts';

const example = built(shipped('example.yaml'));
const DATA_STACKS = ['edge', 'logs', 'errors', 'backups'];

test('the example declares all seven stacks', () => {
  expect([...example.documents.keys()]).toEqual(['network', 'dns', 'keys', ...DATA_STACKS]);
  expect(example.leftOut).toEqual([]);
});

test.each([...example.documents.keys()])('%s synthesises what it did', (stack) => {
  expect(readable(documentOf(example, stack))).toMatchSnapshot();
});

test.each(DATA_STACKS)('%s: the payload that rebuilds is the payload that the server is made with', (stack) => {
  const { resource, locals } = documentOf(example, stack);
  const payload = resource.hcloud_server?.host_server?.user_data;
  expect(payload).toMatch(/^#cloud-config\n/);
  expect(resource.terraform_data?.host_rebuild?.input).toBe(payload);
  expect(locals).toEqual({ host_payload: payload });
});

test.each([...example.documents.keys()])(
  '%s names no path of this machine, no variable, no date and no secret argument',
  (stack) => {
    const document = documentOf(example, stack);
    const text = JSON.stringify(document);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toMatch(/"\/(home|root|work|Users|tmp)\//);
    expect(text).not.toMatch(/\b20[2-9]\d-\d\d-\d\d\b/);
    expect(text).not.toContain('"token"');
    expect(document).not.toHaveProperty('variable');
    expect(document.provider).toEqual({ hcloud: [{ '//': expect.anything() }] });
  },
);

test.each([...example.documents.keys()])('%s leads from each resource to the line that declares it', (stack) => {
  const { resource, data } = documentOf(example, stack);
  for (const blocks of [...Object.values(resource), ...Object.values((data ?? {}) as typeof resource)]) {
    for (const block of Object.values(blocks)) {
      const { metadata } = block['//'] as { metadata: { stackTrace: string[] } };
      for (const frame of metadata.stackTrace) expect(frame).toMatch(/^(stacks|__tests__)\/[a-z/-]+(\.test)?\.ts:\d+$/);
      expect(metadata.stackTrace.find((frame) => !frame.startsWith('stacks/constructs/'))).toMatch(
        new RegExp(`^stacks/${stack}\\.ts:`),
      );
    }
  }
});

test('a location leads to its line in the configuration', () => {
  const metadata = documentOf(example, 'backups').resource.hcloud_volume?.data_volume?.['//'] as {
    metadata: { origins: unknown };
  };
  expect(metadata.metadata.origins).toContainEqual({ attribute: 'location', file: 'config/example.yaml', line: 1 });
});

test('a disposable environment can be removed, every other one cannot', () => {
  const disposable = built(
    shipped('example.yaml', (config) => Object.assign(config.environment, { class: 'disposable' })),
  );
  for (const [name, expected] of [
    ['logs', example],
    ['logs', disposable],
  ] as const) {
    const volume = documentOf(expected, name).resource.hcloud_volume?.data_volume;
    const kept = expected === example;
    expect({ protected: volume?.delete_protection, lifecycle: volume?.lifecycle }).toEqual(
      kept ? { protected: true, lifecycle: { prevent_destroy: true } } : { protected: false, lifecycle: undefined },
    );
    expect(volume?.labels).toMatchObject({ 'lukko-class': kept ? 'production' : 'disposable' });
  }
  for (const [, server] of serversOf(documentOf(example, 'keys')))
    expect(server.lifecycle).toEqual({ prevent_destroy: true });
  for (const [, server] of serversOf(documentOf(disposable, 'keys'))) expect(server).not.toHaveProperty('lifecycle');
});

test('a pinned disk changes the payload, and only by the line that the digest leaves out', () => {
  const uuid = '7287f33c-92b0-4a5c-a69a-f8bc14779613';
  const pinned = built(
    shipped('example.yaml', (config) => Object.assign(config.hosts.logs.volume, { luksUuid: uuid })),
  );
  const before = payloadOf(documentOf(example, 'logs'));
  const after = payloadOf(documentOf(pinned, 'logs'));
  expect(after).toContain(`  LUKKO_LUKS_UUID=${uuid}\n`);
  const trigger = String(documentOf(pinned, 'logs').resource.terraform_data?.host_rebuild?.triggers_replace);
  const pattern = /"\/(.*)\/", ""/.exec(trigger)?.[1] ?? '';
  expect(pattern).not.toBe('');
  expect(after.replace(new RegExp(pattern.replaceAll('\\n', '\n')), '')).toBe(before);
});

function payloadOf(document: Document): string {
  return String(document.resource.hcloud_server?.host_server?.user_data);
}

/** The document without what says nothing new: line numbers, and the second and third copy of the payload. */
function readable(document: Document): unknown {
  const hidden = new Set(['stackTrace', 'origins', 'locals', 'input', 'version']);
  const text = JSON.stringify(document, (key, value: unknown) => {
    if (hidden.has(key) && key !== 'version') return undefined;
    if (key !== 'user_data') return value;
    // What is packed is shown as the files it writes: a difference in it is to be read.
    const { files } = onHost(value);
    const shown = String(value).replace(/H4sI[A-Za-z0-9+/=]+/, 'PACKED');
    const packed = files.filter(({ path }) => !shown.includes(`path: ${path}\n`));
    return [...shown.split('\n'), ...packed.map(({ path, content }) => [path, ...content.split('\n')])];
  });
  return JSON.parse(text);
}

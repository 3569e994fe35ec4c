import { cloudConfig, DEVICE, factsOf, type Host, host, START, script, unit } from './sample.ts';

describe('a payload that rebuilds its server', () => {
  const payload = cloudConfig(
    {
      '/etc/lukko/host.env': `LUKKO_VOLUME_DEVICE=${DEVICE}\n`,
      '/usr/local/lib/lukko/volume': script,
      '/etc/systemd/system/lukko-volume.service': unit,
    },
    [START],
  );
  const rebuild = (command: string, more: object = {}): Host => ({
    server: { lifecycle: { ignore_changes: ['user_data', 'image'] } },
    more: {
      terraform_data: {
        rebuild: {
          input: '${local.payload}',
          triggers_replace: '${sha256(local.payload)}',
          provisioner: [{ 'local-exec': { command } }],
          ...more,
        },
      },
    },
    root: { locals: { payload } },
    payload: '${local.payload}',
  });
  const ours = 'lukko host rebuild ${hcloud_server.host.id}';

  it('is what is judged', () => {
    const facts = factsOf(host(rebuild('lukko host rebuild --server ${hcloud_server.host.id}')));
    expect(facts.volumes.map((volume) => volume.encryption.is)).toEqual([true]);
    expect(facts.servers[0]?.payload.attr.at).toBe('terraform_data.rebuild.input');
  });

  it.each([
    ['a command that is another', rebuild('echo lukko host rebuild ${hcloud_server.host.id}')],
    ['a server that is not named', rebuild('lukko host rebuild --server 1')],
    [
      'a payload whose change triggers nothing',
      rebuild('lukko host rebuild ${hcloud_server.host.id}', { triggers_replace: null }),
    ],
    [
      'a rebuild at destruction only',
      rebuild('', {
        provisioner: [{ 'local-exec': { command: 'lukko host rebuild ${hcloud_server.host.id}', when: 'destroy' } }],
      }),
    ],
    ['a trigger that is no part of the payload', rebuild(ours, { triggers_replace: 'once' })],
    ['a rebuild that a variable switches', rebuild(ours, { count: '${var.some}' })],
    ['ignored changes of the payload', rebuild(ours, { lifecycle: { ignore_changes: ['input'] } })],
    // The server is created with the label of the payload, so that the first rebuild does nothing.
    ['another user_data at the first boot', { ...rebuild(ours), payload: '#cloud-config\npackages: [chrony]\n' }],
    ['a rescue system', { ...rebuild(ours), server: { lifecycle: { ignore_changes: 'all' }, rescue: 'linux64' } }],
  ])('shows nothing with %s', (_, change) => {
    const facts = factsOf(host(change));
    expect(facts.volumes.map((volume) => volume.encryption.is)).toEqual(['unknown']);
    expect(facts.servers[0]?.payload.state).toBe('unknown');
  });
});

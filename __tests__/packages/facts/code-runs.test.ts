import { factsOf } from './sample.ts';

it('provisioners and data sources that run or fetch something are code terraform runs', () => {
  const { codeRuns } = factsOf({
    resource: {
      terraform_data: {
        a: { provisioner: [{ 'local-exec': { command: 'lukko host rebuild' } }, { 'remote-exec': { inline: ['x'] } }] },
      },
    },
    data: {
      external: { b: { program: ['sh', 'x'] } },
      http: { c: { url: 'https://x.example' } },
      hcloud_location: { d: { name: 'hel1' } },
    },
  });
  expect(
    codeRuns.map(({ kind, at, command }) => `${kind} ${at} ${command?.text ?? command?.value.state ?? '-'}`),
  ).toEqual([
    'local-exec terraform_data.a.provisioner[0] lukko host rebuild',
    'remote-exec terraform_data.a.provisioner[1] -',
    'external data.external.b list',
    'http data.http.c -',
  ]);
});

it('checks, ephemeral resources, actions, removed blocks and the programs of providers run code too', () => {
  const { codeRuns } = factsOf({
    check: { up: { data: { http: { page: { url: 'https://x.example' } } }, assert: { condition: true } } },
    ephemeral: { external: { token: { program: ['sh'] } } },
    action: { local_command: { deploy: { config: { command: 'sh' } } } },
    removed: { from: 'terraform_data.old', provisioner: [{ 'local-exec': { when: 'destroy', command: 'sh' } }] },
    provider: { kubernetes: { exec: { command: 'aws', args: ['eks'] } } },
    resource: {
      terraform_data: {
        a: { connection: { host: 'x' }, provisioner: { 'local-exec': { command: 'y', on_failure: 'continue' } } },
      },
    },
  });
  expect(
    codeRuns.map(({ kind, at, command, provisioner }) =>
      [kind, at, command?.text, provisioner?.when, provisioner?.onFailure, provisioner?.connected].join(' ').trimEnd(),
    ),
  ).toEqual([
    'local-exec terraform_data.a.provisioner[0] y create continue true',
    'http data.http.page',
    'external ephemeral.external.token',
    'local-exec removed[0].provisioner[0] sh destroy fail false',
    'action action.local_command.deploy',
    'exec provider.kubernetes.exec aws',
  ]);
});

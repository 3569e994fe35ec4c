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

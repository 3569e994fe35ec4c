import fc from 'fast-check';
import { parseEnvironmentFile } from '../../../../packages/facts/src/payload/env-file.ts';
import { containersOf } from '../../../../packages/facts/src/payload/quadlet.ts';
import { parseUnitFile, splitWords, valuesOf } from '../../../../packages/facts/src/payload/unit-file.ts';
import { runUnit } from '../../../../packages/facts/src/payload/unit-run.ts';
import { activate, unitFiles } from '../../../../packages/facts/src/payload/units.ts';
import { file, follow, lines } from './run.ts';

describe('unit files', () => {
  it('have sections, comments, continuations and lists that an empty value clears', () => {
    const entries = parseUnitFile(
      '# a\n[Unit]\nAfter=a b\nAfter=\nAfter=c \\\n; between\n  d\n[Service]\nExecStart=/x "y z"\nnonsense\n=x\n',
    );
    expect(valuesOf(entries, 'Unit', 'After')).toEqual(['c', 'd']);
    expect(entries.map((entry) => entry.line)).toEqual([3, 4, 5, 9]);
    expect(splitWords('/x "y z" \'a\' b\\ c')).toEqual(['/x', 'y z', 'a', 'b c']);
  });

  it('any text is read', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('[', ']', '=', '\\', '\n', ' ', 'a', '#', '"', "'") }), (text) => {
        for (const { value } of parseUnitFile(text)) splitWords(value);
        parseEnvironmentFile(text);
      }),
    );
  });

  it('an environment file is not expanded', () => {
    expect(parseEnvironmentFile('# c\nA=1\nB="x y\\"z"\nC=\'$A\'\n bad line\nD=a\\\nb\nE=\n')).toEqual([
      { name: 'A', value: '1', line: 2 },
      { name: 'B', value: 'x y"z', line: 3 },
      { name: 'C', value: '$A', line: 4 },
      { name: 'D', value: 'ab', line: 6 },
      { name: 'E', value: '', line: 8 },
    ]);
  });
});

const units = (files: Readonly<Record<string, string>>, script: string) => {
  const all = Object.entries(files).map(([path, text]) => file(path, text));
  return activate(unitFiles(all), follow(script).commands);
};
const started = (files: Readonly<Record<string, string>>, script: string) =>
  units(files, script)
    .filter((unit) => unit.started)
    .map((unit) => unit.name);
const at = '/etc/systemd/system/';
const install = (target: string) => `[Install]\nWantedBy=${target}\n`;

describe('what is started', () => {
  it.each([
    ['start', { 'a.service': '' }, 'systemctl start a', ['a.service']],
    ['enable --now', { 'a.service': '' }, 'systemctl enable --now a.service', ['a.service']],
    [
      'enable, wanted by a boot target',
      { 'a.service': install('multi-user.target') },
      'systemctl enable a.service',
      ['a.service'],
    ],
    ['enable without [Install]', { 'a.service': '' }, 'systemctl enable a.service', []],
    ['[Install] without enable', { 'a.service': install('multi-user.target') }, 'systemctl daemon-reload', []],
    [
      'enable, wanted by a target nobody reaches',
      { 'a.service': install('x.target') },
      'systemctl enable a.service',
      [],
    ],
    [
      'enable, wanted by a target that is started',
      { 'a.service': install('x.target'), 'x.target': '' },
      'systemctl enable a; systemctl start x.target',
      ['a.service', 'x.target'],
    ],
    [
      'a dependency',
      { 'a.service': '[Unit]\nRequires=b.service\n', 'b.service': '' },
      'systemctl start a',
      ['a.service', 'b.service'],
    ],
    [
      'a timer',
      { 'a.timer': install('timers.target'), 'a.service': '' },
      'systemctl enable a.timer',
      ['a.timer', 'a.service'],
    ],
    [
      'a path with Unit=',
      { 'a.path': '[Path]\nUnit=b.service\n', 'b.service': '' },
      'systemctl start a.path',
      ['a.path', 'b.service'],
    ],
    ['an instance of a template', { 'a@.service': '' }, 'systemctl start a@x.service', ['a@.service']],
    ['a unit that is masked', { 'a.service': '' }, 'systemctl start a; systemctl mask a', []],
    ['a name that is not determined', { 'a.service': '' }, 'systemctl start "$X"', []],
  ] as const)('%s', (_, files, script, expected) => {
    const placed = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${at}${name}`, text]));
    expect(started(placed, script)).toEqual(expected);
  });

  it('quadlets are enabled by their file, and drop-ins add to what they belong to', () => {
    const files = {
      '/etc/containers/systemd/a.container': `[Container]\nImage=x\n${install('default.target')}`,
      '/etc/containers/systemd/b.container': '[Container]\nImage=y\n',
      '/etc/containers/systemd/b.container.d/10.conf': '[Container]\nImage=z\n',
      '/etc/systemd/system/nginx.service.d/10.conf': '[Service]\nExecStartPost=/x\n',
    };
    expect(started(files, 'systemctl restart nginx')).toEqual(['a.container', 'nginx.service']);
    const found = units(files, 'systemctl start b.service');
    expect(found.map((unit) => [unit.name, unit.started])).toEqual([
      ['a.container', true],
      ['b.container', true],
      ['nginx.service', false],
    ]);
    expect(containersOf(found).map((container) => container.image)).toEqual(['x', 'z']);
  });

  it('carries the condition of the command that starts it', () => {
    expect(units({ [`${at}a.service`]: '' }, 'x && systemctl start a')[0]?.guards).toEqual([
      { line: 1, mentions: ['x'] },
    ]);
  });
});

it('runs the commands of a unit with its environment', () => {
  const text =
    '[Unit]\nConditionPathExists=!/c\n[Service]\nEnvironment=A=1 "B=b c"\nEnvironmentFile=-/env\nExecStart=\nExecStartPre=-/bin/pre ${A} $B ${C}x %n %%\nExecStart=/bin/main $UNKNOWN "${E}"\n';
  const run = follow('');
  run.place.written.set('/env', file('/env', 'E=e\n'));
  const [unit] = activate(unitFiles([file(`${at}a.service`, text)]), follow('systemctl start a').commands);
  if (unit !== undefined) runUnit(unit, run);
  expect(lines(run.commands)).toEqual(['pre 1 b c ? a.service % (if /c)', 'main ? e (if /c)']);
});

it('containers have host paths, volumes by name, published ports and arguments', () => {
  const [container] = containersOf(
    units(
      {
        '/etc/containers/systemd/a.container':
          '[Container]\nImage=i\nVolume=/a:/b:ro,z\nVolume=data:/c\nVolume=/d\nMount=type=bind,source=/e,destination=/f\nMount=type=tmpfs,destination=/t\nNetwork=host\nPublishPort=127.0.0.1:80:80\n',
      },
      '',
    ),
  );
  expect(container?.volumes).toEqual([
    { host: '/a', container: '/b', readOnly: true },
    { host: 'volume:data', container: '/c', readOnly: false },
    { host: 'volume:', container: '/d', readOnly: false },
    { host: '/e', container: '/f', readOnly: false },
  ]);
  expect(container).toMatchObject({ networkHost: true, publishes: ['127.0.0.1:80:80'], line: 2 });
});

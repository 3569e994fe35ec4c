import { readArguments } from '../../../../packages/cli/src/gate/arguments.ts';
import { Refusal } from '../../../../packages/cli/src/gate/refusal.ts';

const call = (...argv: string[]) => readArguments(argv).call;
const refusal = (...argv: string[]): Refusal => {
  try {
    readArguments(argv);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`terraform ${argv.join(' ')} was let through`);
};

describe('the arguments of terraform', () => {
  test('reading verbs are handed on as they are, options and all', () => {
    expect(call('version', '-json')).toEqual({
      kind: 'pass',
      verb: 'version',
      args: ['version', '-json'],
      stack: false,
    });
    expect(call('-v')).toEqual({ kind: 'pass', verb: 'version', args: ['version'], stack: false });
    expect(call('output', '-json')).toMatchObject({ kind: 'pass', args: ['output', '-json'] });
    expect(call('state', 'list')).toMatchObject({ kind: 'pass', args: ['state', 'list'] });
    expect(call('providers', 'schema', '-json')).toMatchObject({ kind: 'pass' });
    expect(call()).toMatchObject({ verb: 'help' });
    expect(call('apply', '-help')).toMatchObject({ verb: 'help', args: ['apply', '-help'] });
  });

  test('verbs that read the configuration of the folder say so, so that the synth verdict is looked at', () => {
    for (const verb of ['plan', 'validate', 'console', 'get', 'graph'])
      expect(call(verb)).toMatchObject({ kind: 'pass', stack: true });
  });

  test('what cdktf deploy and destroy say is understood', () => {
    expect(call('apply', '-auto-approve', '-no-color', '-parallelism=4')).toEqual({
      kind: 'gated',
      command: 'apply',
      options: { autoApprove: true, noColor: true, plan: ['-parallelism=4'], apply: ['-parallelism=4'], replace: [] },
    });
    expect(call('apply', '-refresh-only')).toMatchObject({
      options: { plan: ['-refresh-only'], apply: [], autoApprove: false },
    });
    expect(call('destroy', '-auto-approve')).toMatchObject({
      kind: 'gated',
      command: 'destroy',
      options: { autoApprove: true },
    });
    expect(call('providers', 'lock', '-platform=linux_amd64')).toEqual({ kind: 'lock' });
    expect(call('init', '-no-color')).toEqual({ kind: 'init', args: ['init', '-no-color'] });
  });

  test('help is asked for with nothing that could be done instead', () => {
    expect(call('apply', '-auto-approve', '-help')).toMatchObject({ verb: 'help', args: ['apply', '-help'] });
    expect(call('state', 'rm', 'hcloud_volume.a', '--help')).toMatchObject({ args: ['state', 'rm', '-help'] });
    expect(call('import', 'hcloud_volume.a', '5', '-h')).toMatchObject({ args: ['import', '-help'] });
    expect(call('-version', 'apply', '-auto-approve')).toMatchObject({ args: ['version'] });
    expect(call('-help', 'apply', '-auto-approve')).toMatchObject({ args: ['-help'] });
  });

  test('behind -- a word is a name: a saved plan may be called -help', () => {
    expect(refusal('apply', '-auto-approve', '--', '-help').message).toMatch(/^terraform apply/);
    expect(refusal('state', 'push', '--', '-help').message).toContain('state push');
    expect(refusal('import', '--', '-help', 'x').message).toContain('import');
    expect(refusal('destroy', '--', '-h').message).toMatch(/^terraform destroy/);
  });

  test('two hyphens are one', () => {
    expect(call('apply', '--auto-approve')).toMatchObject({ options: { autoApprove: true } });
    expect(refusal('apply', '--target=hcloud_network.network').message).toContain('-target');
  });

  test('-chdir is taken out and kept apart', () => {
    expect(readArguments(['-chdir=cdktf.out/stacks/network', 'output'])).toMatchObject({
      chdir: 'cdktf.out/stacks/network',
      call: { args: ['output'] },
    });
  });

  test('-replace is kept apart: the gate asks for an intent that names it', () => {
    expect(call('apply', '-replace=hcloud_server.tang-fsn1')).toMatchObject({
      options: { replace: ['hcloud_server.tang-fsn1'], plan: [] },
    });
  });

  test('-auto-approve=false asks', () => {
    expect(call('apply', '-auto-approve=false')).toMatchObject({ options: { autoApprove: false } });
  });

  test.each([
    ['apply', '-target=hcloud_volume.data'],
    ['destroy', '-replace=hcloud_server.host'],
    ['apply', '-replace=hcloud_server.host[0] -target=x'],
    ['apply', '-var=location=ash'],
    ['apply', '-var', 'location=ash'],
    ['apply', '-var-file=x.tfvars'],
    ['apply', '-state=other.tfstate'],
    ['apply', '-lock=false'],
    ['apply', '-refresh=false'],
    ['apply', '-json'],
    ['apply', '-destroy'],
    ['apply', 'saved.plan'],
    ['apply', '-an-option-of-tomorrow'],
    ['destroy', '-refresh-only'],
    ['import', 'hcloud_volume.data', '1'],
    ['state', 'rm', 'hcloud_volume.data'],
    ['state', 'push', 'x'],
    ['taint', 'hcloud_server.host'],
    ['workspace', 'new', 'x'],
    ['refresh'],
    ['test'],
    ['login'],
    ['init', '-backend-config=path=elsewhere'],
    ['init', '-from-module=github.com/x/y'],
    ['-an-option-of-tomorrow', 'plan'],
    ['a-verb-of-tomorrow'],
  ])('terraform %s %s is refused', (...argv) => {
    const { message, next } = refusal(...argv.filter((part) => part !== undefined));
    expect({ message, next }).toMatchSnapshot();
  });
});

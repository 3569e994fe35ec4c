import type { Container, HostSettings, ServerFacts } from '@lukko/facts';
import { type Judgement, type Truth, unknown, yes } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { quadlet, victoriaLogsImage } from './example-payloads.ts';
import { asSetUp, missing, setUp } from './host-setup.ts';
import { fit } from './message.ts';
import { addressOf } from './words.ts';

/** Whether a container is VictoriaLogs, by its image. */
export const isLogStore = ({ image }: Container): boolean => /(^|\/)victoria-logs(:|@|$)/.test(image);

/** An example's server with VictoriaLogs and these options. */
export function logStore(options: string): TerraformJson {
  const exec = `Exec=-storageDataPath=/data ${options}`.trim();
  return setUp({ '/etc/containers/systemd/logs.container': quadlet(victoriaLogsImage, [exec]) });
}

/** Whether a server runs VictoriaLogs in a container. */
export function storesLogs(host: ServerFacts, settings: HostSettings): Truth {
  const store = host.payload.containers.find(isLogStore);
  return store === undefined
    ? missing(settings, 'no log store')
    : yes({ at: store.unit.file.at, saw: `${store.unit.name} is VictoriaLogs` });
}

/** The options of each log store, judged: https://docs.victoriametrics.com/victorialogs/#list-of-command-line-flags */
export function judgeStores(
  host: ServerFacts,
  settings: HostSettings,
  judge: (options: ReadonlyMap<string, string>, at: string) => Truth,
  claim: string,
): readonly Judgement[] {
  const stores = host.payload.containers.filter(isLogStore);
  if (stores.length === 0) {
    const truth = missing(settings, 'log stores that were not read');
    return [{ truth, message: () => fit(`${addressOf(host.resource)} may run a log store that was not read`) }];
  }
  const name = addressOf(host.resource);
  return stores.map((store): Judgement => {
    const at = store.unit.file.at;
    const truth = asSetUp(host, judged(store, judge));
    const text =
      truth.is === 'unknown'
        ? `is not shown ${claim}: ${store.unit.name}`
        : `${store.unit.name}: ${truth.because[0]?.saw}`;
    return { truth, message: fit(`${name} ${text}`), at };
  });
}

function judged(store: Container, judge: (options: ReadonlyMap<string, string>, at: string) => Truth): Truth {
  const at = store.unit.file.at;
  const options = optionsOf(store);
  if (options === undefined) return unknown({ at, saw: 'options that are not known', causes: ['function'] });
  if (options.get('envflag.enable') !== undefined && options.get('envflag.enable') !== 'false')
    return unknown({ at, saw: '-envflag.enable: the environment sets options too', causes: ['function'] });
  const exec = execOf(store);
  return judge(options, exec === undefined ? at : `${at}:${exec.line}`);
}

/** The options a container is started with, by their names; undefined where a word of them is not known. */
export function optionsOf(store: Container): ReadonlyMap<string, string> | undefined {
  const words = ((execOf(store)?.value ?? '').match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) =>
    word.replace(/["']/g, ''),
  );
  // A shell, or another program, is told what to run by one word.
  if (words.some((word) => /^[\p{Co}$]/u.test(word) || /\s/.test(word))) return undefined;
  if (store.unit.entries.some(({ section, key }) => section === 'Container' && key === 'Entrypoint')) return undefined;
  const options = new Map<string, string>();
  for (const word of words) {
    const [, name, value] = /^--?([\w.]+)(?:=(.*))?$/.exec(word) ?? [];
    if (name !== undefined) options.set(name, (value ?? 'true').replace(/^["']|["']$/g, ''));
  }
  return options;
}

const execOf = ({ unit }: Container) =>
  unit.entries.filter(({ section, key }) => section === 'Container' && key === 'Exec').at(-1);

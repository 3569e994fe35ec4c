import type { HostUse } from '@lukko/facts';
import { printable } from '@lukko/policy-engine';
import { fileProblem, InputError } from '../errors.ts';
import { displayName, fromHere } from '../input-file.ts';
import { type JudgeOptions, readToJudge } from '../judge-input.ts';
import type { Ports } from '../ports/ports.ts';

export interface RegisterOptions extends JudgeOptions {
  readonly output: string;
  readonly force?: true;
}

/** A host that was found, and where. */
interface Found {
  readonly host: string;
  readonly classes: readonly HostUse['class'][];
  readonly positions: readonly string[];
  readonly places: readonly string[];
}

/**
 * `lukko register init`: drafts register.yaml from the hosts of an input. Hosts whose operator the data knows are listed as comments,
 * since a register never speaks for them; what nobody is known to operate becomes an entry whose blanks a person must fill: until then
 * the file is not of its format, and says so.
 * @returns 0. @throws InputError when the file is there already, or cannot be written.
 */
export async function registerInit(path: string | undefined, options: RegisterOptions, ports: Ports): Promise<number> {
  const file = fromHere(options.output, ports.cwd);
  const name = displayName(file, ports.cwd);
  if (ports.files.kind(file) !== 'none' && options.force !== true) {
    throw new InputError(`${name}: it is there already; name another with --output, or replace it with --force`);
  }
  const { facts } = await readToJudge(path, options, ports);
  const hosts = distinct(facts.hosts);
  const resolved = hosts.map((found) => ({ found, by: facts.resolve(found.host) }));
  const open = resolved.filter(({ by }) => by.by === 'nobody');
  const known = resolved.filter(({ by }) => by.by === 'operators' || by.by === 'register');
  const own = resolved.filter(({ by }) => by.by === 'own');
  const today = ports.now().toISOString().slice(0, 10);
  const text = [
    '# Drafted by `lukko register init`. External services that may be reached, as the organisation declares them.',
    '# Fill in every ??? from a page that states it, and remove what is not meant to be reached.',
    'schemaVersion: 1',
    open.length === 0 ? 'services: []' : 'services:',
    ...open.flatMap(({ found }) => entry(found, today)),
    ...comment(
      'Whose operator lukko knows; an entry here would not speak for them:',
      known.map(
        ({ found, by }) =>
          `${found.host}: ${by.entity ?? '?'} (${by.country ?? '?'}${by.parent === undefined ? '' : `, controlled by ${by.parent.entity}, ${by.parent.country}`})`,
      ),
    ),
    ...comment(
      'Of your own, by zone or address in this configuration:',
      own.map(({ found }) => found.host),
    ),
    '',
  ].join('\n');
  try {
    ports.files.write(file, text);
  } catch (error) {
    throw new InputError(`${name}: cannot be written: ${fileProblem(error)}`);
  }
  ports.out(
    [
      `${name}: ${hosts.length} hosts found: ${open.length} to declare, ${known.length} whose operator is known, ${own.length} of your own`,
      open.length === 0
        ? `next: name it in lukko.yaml (register: ${name})`
        : `next: fill in every ??? and name it in lukko.yaml (register: ${name}); lukko refuses the file until then`,
      '',
    ].join('\n'),
  );
  return 0;
}

/** Names a register can hold, once each; a reference to an address of the graph or a bare address is none. */
function distinct(uses: readonly HostUse[]): readonly Found[] {
  const byHost = new Map<string, HostUse[]>();
  for (const use of uses) {
    if (
      use.host === undefined ||
      !/^(?=.{1,253}$)([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z]([a-z0-9-]*[a-z0-9])?$/.test(use.host)
    )
      continue;
    byHost.set(use.host, [...(byHost.get(use.host) ?? []), use]);
  }
  return [...byHost]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, all]) => ({
      host,
      classes: [...new Set(all.map((use) => use.class))].sort(),
      positions: [...new Set(all.map(({ position }) => position))].sort(),
      places: [...new Set(all.map(({ at }) => at))].sort(),
    }));
}

function entry({ host, classes, positions, places }: Found, today: string): readonly string[] {
  const more = places.length > 3 ? ` and ${places.length - 3} more` : '';
  return [
    `  # ${classes.join(', ')} path; named at ${printable(places.slice(0, 3).join(', '))}${more}`,
    `  - host: ${host}`,
    `    purpose: ${JSON.stringify(printable(positions.join(', ')))}`,
    '    entity: ??? # the legal entity that answers for it',
    '    country: ??? # where that entity sits, two letters',
    '    # parent: { entity: ???, country: ??? } # who controls it, where somebody does',
    '    role: ??? # own, processor, recipient, supply or none',
    '    dataCategories: []',
    '    source: ??? # the page that states it',
    `    date: ${today}`,
  ];
}

function comment(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `# ${title}`, ...lines.map((line) => `#   ${printable(line)}`)];
}

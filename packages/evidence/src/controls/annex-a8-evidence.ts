/** What a control of Annex A.8 can carry in each tier, where this stack can show anything. A blank is a blank. */
export interface Carries {
  readonly declared?: string;
  readonly planned?: string;
  readonly observed?: string;
}

const carries = (declared?: string, planned?: string, observed?: string): Carries => ({
  ...(declared === undefined ? {} : { declared }),
  ...(planned === undefined ? {} : { planned }),
  ...(observed === undefined ? {} : { observed }),
});

/** By control. Ids, requests and the like are pseudonymous data about persons, and are not called anonymous anywhere. */
export const annexA8Evidence: Readonly<Record<string, Carries>> = {
  'A.8.1': {},
  'A.8.2': carries('SSH keys and administrators in code', 'keys added and removed', 'keys and sudo rules on each host'),
  'A.8.3': carries('firewall, access rules of stores', 'rules added and removed', 'grants, refused requests'),
  'A.8.4': carries('owners of code, branch rules as code', undefined, 'branch protection at the git host'),
  'A.8.5': carries('settings of sshd', undefined, 'sshd as it runs, password sign-in refused'),
  'A.8.6': carries('types and sizes', 'sizes changed', 'disk, memory, load'),
  'A.8.7': carries('packages and images that are allowed', undefined, 'units that run, age of signatures'),
  'A.8.8': carries('automatic updates', 'images changed', 'pending updates, TLS, security.txt'),
  'A.8.9': carries(
    'the whole stack, versions pinned',
    'plan and verdict of the gate',
    'what the API shows against what is declared',
  ),
  'A.8.10': carries('retention of each store', 'retention changed', 'oldest record, removed backups'),
  'A.8.11': carries('filters of logs', undefined, 'a synthetic address that does not appear'),
  'A.8.12': carries('outgoing traffic by name', 'exposure changed', 'ports from outside, refused names'),
  'A.8.13': carries('timers, retention, place', 'backups removed', 'age of the last backup, restore drill'),
  'A.8.14': carries('number and place of machines', 'replicas removed', 'placement, health'),
  'A.8.15': carries('shipping and retention of logs', undefined, 'a line that was written and found again'),
  'A.8.16': carries('alert rules', 'rules removed', 'a synthetic alert that arrived'),
  'A.8.17': carries('time sources', undefined, 'offset of each host'),
  'A.8.18': carries('sudo and audit rules', undefined, 'sudo rules and audit on each host'),
  'A.8.19': carries('images by digest, package sources', 'images changed', 'images and packages that run'),
  'A.8.20': carries(
    'firewalls and networks',
    'rules that open to the world',
    'firewalls that apply, ports from outside',
  ),
  'A.8.21': carries('TLS settings, DNS', undefined, 'TLS as negotiated, CAA'),
  'A.8.22': carries('subnets, roles', 'routes between networks', 'which tier reaches which'),
  'A.8.23': carries('names that may be reached', undefined, 'a name that is refused'),
  'A.8.24': carries('TLS floor, LUKS, Tang', 'weaker settings', 'LUKS and mounts on each host, TLS as negotiated'),
  'A.8.25': carries('definition of the pipeline', 'verdict of each change', 'runs of the pipeline'),
  'A.8.26': {},
  'A.8.27': carries('safe defaults, decisions', 'verdicts'),
  'A.8.28': {},
  'A.8.29': carries('tests of rules and stacks', 'verdicts on plans', 'probes after a deployment'),
  'A.8.30': {},
  'A.8.31': carries(
    'projects, networks and states per environment',
    'references across',
    'projects that do not overlap',
  ),
  'A.8.32': carries(
    'reviewed changes',
    'plan, approval and apply that match',
    'reviews and gate verdicts at the git host',
  ),
  'A.8.33': {},
  'A.8.34': carries(undefined, undefined, 'own probes: read-only, limited'),
};

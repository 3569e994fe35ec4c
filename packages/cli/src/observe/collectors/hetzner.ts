import { readHetzner, sha256 } from '@lukko/evidence';
import { endpointOf, readProject } from '../hetzner-api.ts';
import { type Collector, type Seen, secretOf } from '../task.ts';

/**
 * Every project through the provider's API. One task for a project: what its kinds say of each other (which firewall applies to
 * which server) is only known together.
 */
export const hetzner: Collector = ({ targets, environment }) =>
  (targets.hetzner ?? []).map(({ project, token }) => {
    const base = endpointOf(environment.HCLOUD_ENDPOINT);
    const subject = { kind: 'project', id: `hetzner:project:${project}`, name: project };
    const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
      const { lists, notLookedAt, answers } = await readProject(base, project, secretOf(environment, token), signal);
      const [first] = answers;
      const shared = {
        endpoint: base.href.replace(/\/$/, ''),
        ...(first?.address === undefined ? {} : { address: first.address }),
        chain: first?.chain ?? [],
      };
      const counts = Object.fromEntries([...lists].map(([path, list]) => [path, list.length]));
      const own: Seen = {
        ...shared,
        subject,
        checks: [],
        facts: { requests: answers.length, ...counts, 'not-looked-at': [...notLookedAt] },
        answer: answers
          .map(({ body }) => sha256(body))
          .sort()
          .join(),
      };
      return [own, ...readHetzner(lists, project).map((one) => ({ ...shared, ...one }))];
    };
    return { collector: 'hetzner', subject, endpoint: base.href, limit: 300_000, attempts: 3, look };
  });

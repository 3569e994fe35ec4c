import { type Answer, ask, json } from '../http.ts';
import { type Collector, check, type Seen, secretOf } from '../task.ts';

/** How many of the last merged changes are looked at. */
const most = 50;

/** One merged change, with whoever made it and whoever approved it. */
interface Change {
  readonly number: number;
  readonly author: string;
  readonly approvers: readonly string[];
}

interface Found {
  readonly protected: boolean;
  /** Whether pushing past review is refused, in words. */
  readonly push: string;
  readonly gate: boolean | 'unknown';
  readonly changes: readonly Change[];
}

type Get = (path: string) => Promise<unknown>;

/** Reviews, protection and gate verdicts as the forge knows them: git alone shows none. People appear as pseudonyms. */
export const forge: Collector = ({ targets, environment, file, pseudonym }) =>
  (targets.forges ?? []).map(({ kind, api, repository, branch, token, authority, gate }) => {
    const subject = { kind: 'repository', id: `forge:${new URL(api).host}:${repository}:${branch}`, name: repository };
    const look = async ({ signal }: { signal: AbortSignal }): Promise<readonly Seen[]> => {
      const secret = secretOf(environment, token);
      const answers: Answer[] = [];
      const get: Get = async (path) => {
        const answer = await ask(new URL(path, api.endsWith('/') ? api : `${api}/`), {
          signal,
          headers: kind === 'gitlab' ? { 'private-token': secret } : { authorization: `token ${secret}` },
          ...(authority === undefined ? {} : { authority: file(authority) }),
        });
        answers.push(answer);
        return answer.status === 404 ? undefined : json(answer, path.split('?')[0] ?? path);
      };
      const found = await (kind === 'gitlab' ? fromGitlab : fromForgejo)(get, repository, branch, gate);
      const alone = found.changes.filter(({ author, approvers }) => !approvers.some((one) => one !== author));
      const [first] = answers;
      return [
        {
          subject,
          endpoint: api,
          chain: first?.chain ?? [],
          ...(first?.address === undefined ? {} : { address: first.address }),
          checks: [
            check('branch-protected', found.protected, found.push),
            check(
              'reviewed-by-another',
              found.changes.length === 0 ? 'unknown' : alone.length === 0,
              found.changes.length === 0
                ? 'no merged change to look at'
                : alone.length === 0
                  ? `all ${found.changes.length} of the last merged`
                  : `${alone.length} of ${found.changes.length} were not: ${alone.map((one) => `#${one.number}`).join(', ')}`,
            ),
            check('gate-required', found.gate, found.gate === true ? `${gate} must pass` : `${gate} is not required`),
          ],
          facts: {
            branch,
            // Ids of persons are personal data also as pseudonyms.
            changes: found.changes.map(
              ({ number, author, approvers }) =>
                `#${number} by ${pseudonym(author)}, approved by ${approvers.map(pseudonym).join(' ') || 'nobody'}`,
            ),
          },
          answer: answers.map(({ body }) => body).join('\n'),
        },
      ];
    };
    return { collector: 'forge', subject, endpoint: api, limit: 120_000, attempts: 2, look };
  });

/** https://forgejo.org/docs/latest/user/api-usage/ */
async function fromForgejo(get: Get, repository: string, branch: string, gate: string): Promise<Found> {
  const base = `repos/${repository.split('/').map(encodeURIComponent).join('/')}`;
  const rule = await get(`${base}/branch_protections/${encodeURIComponent(branch)}`);
  const pulls = list(await get(`${base}/pulls?state=closed&sort=recentupdate&limit=${most}`)).filter(
    (pull) => pull.merged === true,
  );
  const changes: Change[] = [];
  for (const pull of pulls.slice(0, most)) {
    const reviews = list(await get(`${base}/pulls/${Number(pull.number)}/reviews`));
    const approvers = reviews
      .filter(({ state, stale, dismissed }) => state === 'APPROVED' && stale !== true && dismissed !== true)
      .map(({ user }) => String(Object(user).id));
    changes.push({ number: Number(pull.number), author: String(Object(pull.user).id), approvers });
  }
  const {
    enable_push: push,
    required_approvals: approvals,
    enable_status_check: checks,
    status_check_contexts: names,
  } = Object(rule);
  const open = push === true && Object(rule).enable_push_whitelist !== true;
  return {
    protected: rule !== undefined && !open && Number(approvals) >= 1,
    push:
      rule === undefined
        ? 'no rule for it'
        : `${open ? 'anybody pushes' : 'no open push'}, ${Number(approvals)} approvals`,
    gate: checks === true && Array.isArray(names) && names.includes(gate),
    changes,
  };
}

/** https://docs.gitlab.com/api/protected_branches/ and https://docs.gitlab.com/api/merge_request_approvals/ */
async function fromGitlab(get: Get, repository: string, branch: string, gate: string): Promise<Found> {
  const base = `projects/${encodeURIComponent(repository)}`;
  const rule = await get(`${base}/protected_branches/${encodeURIComponent(branch)}`);
  const project = Object(await get(base));
  const merged = list(
    await get(`${base}/merge_requests?state=merged&target_branch=${encodeURIComponent(branch)}&per_page=${most}`),
  );
  const changes: Change[] = [];
  for (const one of merged) {
    const approvals = Object(await get(`${base}/merge_requests/${Number(one.iid)}/approvals`));
    const approvers = list(approvals.approved_by).map(({ user }) => String(Object(user).id));
    changes.push({ number: Number(one.iid), author: String(Object(one.author).id), approvers });
  }
  // Level 0 is nobody, 60 an administrator: https://docs.gitlab.com/api/protected_branches/#valid-access-levels
  const levels = list(Object(rule).push_access_levels).map(({ access_level: level }) => Number(level));
  const closed = levels.length > 0 && levels.every((level) => level === 0);
  const external = list((await get(`${base}/external_status_checks`)) ?? []).some(({ name }) => name === gate);
  return {
    protected: rule !== undefined && closed && Object(rule).allow_force_push !== true,
    push:
      rule === undefined
        ? 'no rule for it'
        : closed
          ? 'nobody pushes to it'
          : 'some push to it without a merge request',
    gate:
      project.only_allow_merge_if_pipeline_succeeds === true
        ? true
        : external && project.only_allow_merge_if_all_status_checks_passed === true,
    changes,
  };
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((one) => Object(one) as Record<string, unknown>) : [];
}

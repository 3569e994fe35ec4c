import { type Answer, ask, json } from '../http.ts';
import { type Collector, check, type Seen, secretOf } from '../task.ts';

/** How many of the last merged changes are looked at. */
const most = 50;

/** One merged change, with whoever made it and whoever approved it. */
interface Change {
  readonly number: number;
  /** When it was merged, by the forge. */
  readonly merged: string | undefined;
  readonly author: string;
  readonly approvers: readonly string[];
  /** Of the gate on what was merged, in the forge's word; undefined where there was none. */
  readonly verdict: string | undefined;
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
      const refused = found.changes.filter(({ verdict }) => verdict !== 'success');
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
            check(
              'gate-passed',
              found.changes.length === 0 ? 'unknown' : refused.length === 0,
              found.changes.length === 0
                ? 'no merged change to look at'
                : refused.length === 0
                  ? `${gate} passed all ${found.changes.length} of the last merged`
                  : `${gate} did not pass ${refused.length} of ${found.changes.length}: ${refused.map((one) => `#${one.number} ${one.verdict ?? 'no verdict'}`).join(', ')}`,
            ),
            check('gate-required', found.gate, found.gate === true ? `${gate} must pass` : `${gate} is not required`),
          ],
          facts: {
            branch,
            // Ids of persons are personal data also as pseudonyms.
            changes: found.changes.map(
              ({ number, merged, author, approvers, verdict }) =>
                `#${number}${merged === undefined ? '' : ` merged ${merged}`} by ${pseudonym(author)}, approved by ${approvers.map(pseudonym).join(' ') || 'nobody'}, ${gate} ${verdict ?? 'without a verdict'}`,
            ),
          },
          answer: answers.map(({ body }) => body).join('\n'),
        },
      ];
    };
    return { collector: 'forge', subject, endpoint: api, limit: 120_000, attempts: 2, look };
  });

/**
 * https://forgejo.org/docs/latest/user/api-usage/, and Gitea, which answers alike. The rule of a branch may be a pattern, so the branch
 * is asked which one holds for it; an approval of somebody who may not write there is listed and is not `official`.
 */
async function fromForgejo(get: Get, repository: string, branch: string, gate: string): Promise<Found> {
  const base = `repos/${repository.split('/').map(encodeURIComponent).join('/')}`;
  const head = await get(`${base}/branches/${encodeURIComponent(branch)}`);
  if (head === undefined) throw new Error(`no branch ${branch} of ${repository} is there, or the token may not see it`);
  const { protected: guarded, effective_branch_protection_name: name } = Object(head);
  // Whoever does not administer the repository is told that there is a rule, and not which.
  if (guarded === true && name === '')
    throw new Error(
      'its rule is shown to administrators of the repository only; give a token of one that may but read',
    );
  const rule =
    guarded === true
      ? await get(`${base}/branch_protections/${encodeURIComponent(String(name ?? branch))}`)
      : undefined;
  const pulls = list(await get(`${base}/pulls?state=closed&sort=recentupdate&limit=${most}`)).filter(
    (pull) => pull.merged === true && Object(pull.base).ref === branch,
  );
  const changes: Change[] = [];
  for (const pull of pulls) {
    const reviews = list(await get(`${base}/pulls/${Number(pull.number)}/reviews`));
    const approvers = reviews
      .filter(
        ({ state, official, stale, dismissed }) =>
          state === 'APPROVED' && official === true && stale !== true && dismissed !== true,
      )
      .map(({ user }) => String(Object(user).id));
    const sha = String(Object(pull.head).sha);
    const statuses = list(Object(await get(`${base}/commits/${encodeURIComponent(sha)}/status`)).statuses);
    changes.push({
      number: Number(pull.number),
      merged: instant(pull.merged_at),
      author: String(Object(pull.user).id),
      approvers,
      verdict: text(statuses.find(({ context }) => context === gate)?.status),
    });
  }
  return { ...ruleOf(rule, gate), changes };
}

/** What a rule lets happen without a review: pushing, by anybody or by those on a list, and an administrator who merges all the same. */
function ruleOf(rule: unknown, gate: string): Omit<Found, 'changes'> {
  if (rule === undefined) return { protected: false, push: 'no rule for it', gate: false };
  const of = Object(rule) as Record<string, unknown>;
  const listed = (what: string) =>
    [`${what}_usernames`, `${what}_teams`].some((name) => list(of[name]).length > 0) ||
    of[`${what}_deploy_keys`] === true;
  const opens = (way: string, limit: string) =>
    of[`enable_${way}`] === true && (of[`enable_${limit}`] !== true || listed(limit));
  // Forgejo's name for it, and Gitea's.
  const bound = of.apply_to_admins === true || of.block_admin_merge_override === true;
  const wrong = [
    ...(opens('push', 'push_whitelist') ? ['some push to it'] : []),
    ...(opens('force_push', 'force_push_allowlist') ? ['some force a push to it'] : []),
    ...(Number(of.required_approvals) >= 1 ? [] : ['no approval is required']),
    ...(bound ? [] : ['an administrator may merge all the same']),
  ];
  return {
    protected: wrong.length === 0,
    push: wrong.join(', ') || `nobody pushes to it, ${Number(of.required_approvals)} approved merges only`,
    gate:
      of.enable_status_check === true &&
      Array.isArray(of.status_check_contexts) &&
      of.status_check_contexts.includes(gate),
  };
}

/**
 * https://docs.gitlab.com/api/protected_branches/, https://docs.gitlab.com/api/merge_request_approvals/ and
 * https://docs.gitlab.com/api/commits/#list-commit-statuses
 */
async function fromGitlab(get: Get, repository: string, branch: string, gate: string): Promise<Found> {
  const base = `projects/${encodeURIComponent(repository)}`;
  const rule = await get(`${base}/protected_branches/${encodeURIComponent(branch)}`);
  const answer = await get(base);
  if (answer === undefined) throw new Error(`no project ${repository} is there, or the token may not see it`);
  const project = Object(answer);
  const merged = list(
    await get(`${base}/merge_requests?state=merged&target_branch=${encodeURIComponent(branch)}&per_page=${most}`),
  );
  const changes: Change[] = [];
  for (const one of merged) {
    const approvals = Object(await get(`${base}/merge_requests/${Number(one.iid)}/approvals`));
    const approvers = list(approvals.approved_by).map(({ user }) => String(Object(user).id));
    const path = `${base}/repository/commits/${encodeURIComponent(String(one.sha))}/statuses?name=${encodeURIComponent(gate)}`;
    const [status] = list(await get(path)).filter(({ name }) => name === gate);
    changes.push({
      number: Number(one.iid),
      merged: instant(one.merged_at),
      author: String(Object(one.author).id),
      approvers,
      verdict: text(status?.status),
    });
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
      (project.only_allow_merge_if_pipeline_succeeds === true && project.allow_merge_on_skipped_pipeline !== true) ||
      (external && project.only_allow_merge_if_all_status_checks_passed === true),
    changes,
  };
}

/** In UTC without fractions, as the store writes instants. */
function instant(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function list(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((one) => Object(one) as Record<string, unknown>) : [];
}

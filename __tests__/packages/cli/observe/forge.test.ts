import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Authority } from './certificates.ts';
import { look, verdicts } from './harness.ts';

/**
 * The forge collector against answers of a Gitea that ran, and against answers written after GitLab's API reference, whose address is
 * named where each is read.
 */
process.stdout.write('not run, since none is at hand: GitLab and Forgejo themselves\n');
jest.setTimeout(60_000);

const authority = new Authority();
const pair = authority.issue('DNS:localhost,IP:127.0.0.1');
const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

type Answers = Readonly<Record<string, unknown>>;

/** Serves answers by path and query to who names the token; to everybody else there is nothing. */
async function serving(answers: Answers): Promise<string> {
  const server = createServer({ cert: pair.certificate, key: pair.key }, (request, response) => {
    const known = request.headers.authorization === 'token secret' || request.headers['private-token'] === 'secret';
    const answer = known ? answers[request.url ?? ''] : undefined;
    response
      .writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer ?? { message: 'not found' }));
  });
  closing.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

async function ask(kind: 'forgejo' | 'gitlab', repository: string, branch: string, answers: Answers) {
  const shared = { kind, repository, branch, token: 'TOKEN', authority: 'ca.pem', gate: 'lukko' };
  const api = `${await serving(answers)}/api/${kind === 'gitlab' ? 'v4' : 'v1'}`;
  const { observations } = await look(
    { forges: [{ api, ...shared }] },
    { 'ca.pem': authority.pem },
    { TOKEN: 'secret' },
  );
  const [one] = observations;
  if (one === undefined) throw new Error('nothing was recorded');
  return one;
}

const gitea = JSON.parse(readFileSync(join(__dirname, 'gitea-1.26.0.json'), 'utf8')) as {
  readonly answers: Answers;
  readonly toOneWhoDoesNotAdminister: Answers;
};
const base = '/api/v1/repos/anna/stack';
const rule = gitea.answers[`${base}/branch_protections/rel-*`] as object;

/** The recorded answers with another rule for the branch rel-1. */
const ruled = (changes: object) =>
  ask('forgejo', 'anna/stack', 'rel-1', {
    ...gitea.answers,
    [`${base}/branch_protections/rel-*`]: { ...rule, ...changes },
  });

describe('Gitea 1.26.0, recorded', () => {
  test('who approved counts when they may write there and the change stayed as it was; the gate passed or did not', async () => {
    const one = await ask('forgejo', 'anna/stack', 'main', gitea.answers);
    // Merged into main: #1 as it should be; #2 approved by somebody who may not write, against the gate; #4 with changes
    // requested; #6 changed after its approval, without a verdict. #3 went elsewhere, #5 was closed.
    expect(one.checks.map(({ id, holds, saw }) => `${id}: ${holds}, ${saw}`)).toEqual([
      'branch-protected: false, an administrator may merge all the same',
      'reviewed-by-another: false, 3 of 4 were not: #6, #4, #2',
      'gate-passed: false, lukko did not pass 2 of 4: #6 no verdict, #2 failure',
      'gate-required: true, lukko must pass',
    ]);
    expect(String(one.facts.changes).replace(/p-[0-9a-f]{12}/g, 'P')).toBe(
      [
        '#6 merged 2026-11-21T19:18:06Z by P, approved by nobody, lukko without a verdict',
        '#4 merged 2026-11-21T19:17:34Z by P, approved by nobody, lukko success',
        '#2 merged 2026-11-21T19:17:18Z by P, approved by nobody, lukko failure',
        '#1 merged 2026-11-21T19:17:12Z by P, approved by P, lukko success',
      ].join(),
    );
    expect(JSON.stringify(one)).not.toMatch(/anna(?!\/stack)|"bo"|eve|secret/);
    expect(new Set(String(one.facts.changes).match(/p-[0-9a-f]{12}/g)).size).toBe(2);
  });

  test('the rule of a branch is the one that holds for it, also where that is a pattern', async () => {
    expect(verdicts(await ask('forgejo', 'anna/stack', 'rel-1', gitea.answers))).toEqual({
      'branch-protected': true,
      'reviewed-by-another': 'unknown',
      'gate-passed': 'unknown',
      'gate-required': true,
    });
    expect(verdicts(await ask('forgejo', 'anna/stack', 'dev', gitea.answers))).toMatchObject({
      'branch-protected': false,
      'gate-required': false,
    });
  });

  test.each<readonly [string, object]>([
    ['some push to it', { enable_push: true }],
    ['some push to it', { enable_push: true, enable_push_whitelist: true, push_whitelist_usernames: ['bo'] }],
    ['some push to it', { enable_push: true, enable_push_whitelist: true, push_whitelist_deploy_keys: true }],
    ['some force a push to it', { enable_force_push: true }],
    ['no approval is required', { required_approvals: 0 }],
  ])('%s: a way past review', async (said, changes) => {
    const { checks } = await ruled(changes);
    expect(checks[0]).toEqual({ id: 'branch-protected', holds: false, saw: said });
  });

  test('a list of nobody who may push lets nobody push; another name for administrators is understood', async () => {
    const nobody = { enable_push: true, enable_push_whitelist: true };
    expect(verdicts(await ruled(nobody))['branch-protected']).toBe(true);
    const asForgejo = { block_admin_merge_override: undefined, apply_to_admins: true };
    expect(verdicts(await ruled(asForgejo))['branch-protected']).toBe(true);
  });

  test('a token that may not see the rule, and a branch that is not there, show nothing', async () => {
    const other = await ask('forgejo', 'anna/stack', 'main', { ...gitea.answers, ...gitea.toOneWhoDoesNotAdminister });
    expect([other.outcome, other.problem]).toEqual([
      'failed',
      'its rule is shown to administrators of the repository only; give a token of one that may but read',
    ]);
    const none = await ask('forgejo', 'anna/stack', 'nowhere', gitea.answers);
    expect([none.outcome, none.problem]).toEqual([
      'failed',
      'no branch nowhere of anna/stack is there, or the token may not see it',
    ]);
  });
});

const project = '/api/v4/projects/lukko%2Fstack';
const gitlab: Answers = {
  [`${project}/protected_branches/main`]: {
    name: 'main',
    allow_force_push: false,
    push_access_levels: [{ access_level: 0 }],
  },
  [project]: { only_allow_merge_if_pipeline_succeeds: true },
  [`${project}/merge_requests?state=merged&target_branch=main&per_page=50`]: [
    { iid: 5, sha: 'c0ffee', author: { id: 11, username: 'anna' } },
  ],
  [`${project}/merge_requests/5/approvals`]: { approved_by: [{ user: { id: 12, username: 'bo' } }] },
  [`${project}/repository/commits/c0ffee/statuses?name=lukko`]: [{ name: 'lukko', status: 'success' }],
};

describe('GitLab', () => {
  test('protection, reviews, the verdict of the gate, and whether it must pass', async () => {
    expect(verdicts(await ask('gitlab', 'lukko/stack', 'main', gitlab))).toEqual({
      'branch-protected': true,
      'reviewed-by-another': true,
      'gate-passed': true,
      'gate-required': true,
    });
  });

  test.each<readonly [string, object]>([
    ['reviewed-by-another', { [`${project}/merge_requests/5/approvals`]: { approved_by: [{ user: { id: 11 } }] } }],
    ['gate-passed', { [`${project}/repository/commits/c0ffee/statuses?name=lukko`]: [] }],
    [
      'gate-required',
      { [project]: { only_allow_merge_if_pipeline_succeeds: true, allow_merge_on_skipped_pipeline: true } },
    ],
    [
      'branch-protected',
      {
        [`${project}/protected_branches/main`]: { push_access_levels: [{ access_level: 40 }], allow_force_push: false },
      },
    ],
  ])('%s does not hold where something else is answered', async (check, changes) => {
    expect(verdicts(await ask('gitlab', 'lukko/stack', 'main', { ...gitlab, ...changes }))[check]).toBe(false);
  });

  test('a project that is not there shows nothing', async () => {
    const { outcome, problem } = await ask('gitlab', 'lukko/other', 'main', gitlab);
    expect([outcome, problem]).toEqual(['failed', 'no project lukko/other is there, or the token may not see it']);
  });
});

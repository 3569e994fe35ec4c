import { Refusal } from './refusal.ts';

/** The Hetzner project a stack lives in. Key servers are apart: one leaked token must not reach data and the keys to it. */
export function projectOf(stack: string): string {
  return stack === 'keys' ? 'keys' : 'main';
}

/**
 * The token for one stack, from `HCLOUD_TOKEN_<PROJECT>`; `HCLOUD_TOKEN` alone stands for the project main.
 * Throws a Refusal when two projects are given one token, and, where it is `needed`, when there is none. No token is ever part of a message.
 */
export function tokenFor(stack: string, environment: NodeJS.ProcessEnv, needed: boolean): string | undefined {
  const projects = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    const project = /^HCLOUD_TOKEN_([A-Z][A-Z0-9_]*)$/.exec(name)?.[1]?.toLowerCase().replaceAll('_', '-');
    if (project !== undefined && value !== undefined && value !== '') projects.set(project, value);
  }
  const plain = environment.HCLOUD_TOKEN;
  if (plain !== undefined && plain !== '' && !projects.has('main')) projects.set('main', plain);
  const seen = new Map<string, string>();
  for (const [project, token] of [...projects].sort()) {
    const other = seen.get(token);
    if (other !== undefined) {
      throw new Refusal(
        `the projects ${other} and ${project} are given the same token, so one leaked token reaches both`,
        `make a token in each project and set ${variable(other)} and ${variable(project)}`,
      );
    }
    seen.set(token, project);
  }
  const project = projectOf(stack);
  const token = projects.get(project);
  if (token === undefined && needed)
    throw new Refusal(
      `stack ${stack} belongs to the Hetzner project ${project}, and ${variable(project)} is not set`,
      `set ${variable(project)} to a token of that project`,
    );
  return token;
}

function variable(project: string): string {
  return `HCLOUD_TOKEN_${project.toUpperCase().replaceAll('-', '_')}`;
}

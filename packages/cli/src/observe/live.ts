import { observeTargets, parseFile } from '@lukko/formats';
import { apiAsPlan, asLive, type Graph, readPlan } from '@lukko/terraform-model';
import { InputError } from '../errors.ts';
import { displayName, fromHere, type InputFile, readText } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';
import { endpointOf, readProject } from './hetzner-api.ts';

/** What the provider's API shows now: no file, and no code at hand. */
export interface FoundLive {
  readonly kind: 'live';
  readonly input: InputFile;
  readonly graph: Graph;
}

/** Milliseconds for one project. */
const limit = 300_000;

/**
 * Reads every project of observe.yaml, or the one of HCLOUD_TOKEN where there is no such file, into one graph.
 * @throws InputError when a token is missing or a project cannot be read: half an answer would look like a small system
 */
export async function findLive(ports: Ports): Promise<FoundLive> {
  const base = endpointOf(ports.environment.HCLOUD_ENDPOINT);
  const projects = await Promise.all(
    projectsOf(ports).map(async ({ project, token }) => {
      const value = ports.environment[token];
      if (value === undefined || value === '')
        throw new InputError(
          `--live: the variable ${token} is not set; give it a read-only token of project ${project}`,
        );
      try {
        const { lists, notLookedAt } = await readProject(base, project, value, AbortSignal.timeout(limit));
        if (notLookedAt.length > 0)
          ports.err(`note: ${base.host} has no ${notLookedAt.join(', ')}: nothing is known of them\n`);
        return { name: project, lists };
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new InputError(`--live: project ${project} cannot be read from ${base.host}: ${why}`);
      }
    }),
  );
  const file = `live:${base.host}/${projects.map(({ name }) => name).join('+')}`;
  const bytes = apiAsPlan(projects);
  return { kind: 'live', input: { file, bytes }, graph: asLive(readPlan({ bytes, file })) };
}

function projectsOf(ports: Ports): readonly { readonly project: string; readonly token: string }[] {
  const path = fromHere('observe.yaml', ports.cwd);
  if (ports.files.kind(path) !== 'file') return [{ project: 'default', token: 'HCLOUD_TOKEN' }];
  const name = displayName(path, ports.cwd);
  const { hetzner = [] } = parseFile(observeTargets, readText(path, name, ports.files), name).value;
  if (hetzner.length === 0) throw new InputError(`--live: ${name} names no project under hetzner; add one`);
  return hetzner;
}

import { fixtures } from '@lukko/formats';
import type { Endpoint } from './endpoints.ts';
import { Refusal } from './refusal.ts';

/**
 * Refuses what may only meet the sandbox, at any endpoint that is not loopback, with no override: keys whose private part was
 * thrown away (nobody could ever open the volumes), and environments whose data may be removed without asking.
 * @param file text of config/fixtures.json, undefined when the repository has none.
 */
export function refuseOffLoopback(
  at: readonly Endpoint[],
  found: {
    readonly fixtures: string | undefined;
    readonly texts: ReadonlyMap<string, string>;
    readonly environment: string;
    readonly disposable: boolean;
  },
): void {
  const remote = at.find((endpoint) => !endpoint.loopback);
  if (remote === undefined) return;
  if (found.disposable) {
    throw new Refusal(
      `the environment ${found.environment} is of class disposable, and ${remote.url} is not this machine`,
      'set environment.class to staging or production, or run against the sandbox',
    );
  }
  if (found.fixtures === undefined) return;
  const parsed = fixtures.safeParse(JSON.parse(found.fixtures));
  if (!parsed.success)
    throw new Refusal(
      'config/fixtures.json cannot be read, so it cannot be told what is a fixture',
      'restore it from the repository',
    );
  for (const fixture of parsed.data.fixtures) {
    for (const [stack, text] of found.texts) {
      if (!text.includes(core(fixture.value))) continue;
      throw new Refusal(
        `stack ${stack} holds the example's ${fixture.kind} (${fixture.usedFor}), whose private part was thrown away, and ${remote.url} is not this machine`,
        `replace ${fixture.usedFor} in config/<env>.yaml by a key of your own`,
      );
    }
  }
}

/** The longest word: a YAML printer may fold a value at its spaces. */
function core(value: string): string {
  return value.split(/\s+/).reduce((longest, word) => (word.length > longest.length ? word : longest));
}

import { Refusal } from './refusal.ts';

/** Name of the output in which every state carries the environment it belongs to. */
export const ENVIRONMENT_OUTPUT = 'lukko_environment';

/**
 * Refuses a state of another environment. `outputs` is what `terraform output -json` printed: empty for a state that does not
 * exist yet, else it must name this environment.
 */
export function refuseOtherEnvironment(outputs: string, stack: string, environment: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(outputs);
  } catch {
    throw new Refusal(
      `the outputs of the state of stack ${stack} cannot be read`,
      'run terraform output -json in this folder and look',
    );
  }
  const found = Object.entries(parsed as Record<string, unknown>);
  const value = (found.find(([name]) => name === ENVIRONMENT_OUTPUT)?.[1] as { value?: unknown } | undefined)?.value;
  if (found.length === 0 || value === environment) return;
  throw new Refusal(
    value === undefined
      ? `the state of stack ${stack} does not say which environment it belongs to`
      : `the state of stack ${stack} belongs to the environment ${JSON.stringify(value)}, and the configuration declares ${environment}`,
    'name the configuration of that environment in LUKKO_CONFIG, or give this one a state of its own',
  );
}

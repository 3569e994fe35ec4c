import type { Command, DataPath, Payload, ServerFacts } from '@lukko/facts';
import { all, no, type Truth, unknown, yes } from '@lukko/policy-engine';
import { nothingElse } from './nothing-else.ts';
import { isCaddy, keyServer, readable } from './payload.ts';

/**
 * What a host keeps for itself whatever it serves: Caddy's certificates. They are no live data, and lie on the encrypted volume
 * all the same (data-paths-on-encrypted-volume). What a unit is called counts for nothing: its image does.
 */
function isOwnAffair({ service }: DataPath, { containers }: Payload): boolean {
  const container = containers.find(({ unit }) => unit.name === service);
  return container === undefined ? service === 'caddy' : isCaddy(container.image);
}

/** Whether a server is a key server without data. */
export function keysOnly(server: ServerFacts): Truth {
  return all([
    keyServer(server),
    transparent(server.payload),
    nothingElse(server, ({ program }) => program === 'tangd'),
  ]);
}

/** Whether the append-only restic server runs there, and nothing else that keeps data. */
export function resticOnly(server: ServerFacts): Truth {
  const { payload, dataPaths } = server;
  const serving = payload.commands.filter(servesRestic);
  const truth = all(serving.map(appendOnly));
  const whole = all([readable(payload), transparent(payload)]);
  if (serving.length === 0) {
    const absent = { at: payload.attr.at, saw: 'nothing runs rclone serve restic --append-only' };
    return whole.is === true ? no(absent) : whole;
  }
  const others = dataPaths.filter((path) => !isOwnAffair(path, payload) && !belongs(path, serving));
  const alone = others.map((path) => no({ at: path.at, saw: `${path.service} keeps data in ${path.path}` }));
  return all([truth, whole, ...alone, nothingElse(server, servesRestic)]);
}

function servesRestic({ program, args }: Command): boolean {
  return program === 'rclone' && args[0] === 'serve' && args[1] === 'restic';
}

function appendOnly({ args, at }: Command): Truth {
  if (args.includes('--append-only')) return yes({ at, saw: 'rclone serve restic --append-only' });
  return args.includes(undefined)
    ? unknown({ at, saw: 'rclone serve restic with arguments that are not known', causes: ['function'] })
    : no({ at, saw: 'rclone serve restic without --append-only' });
}

function belongs(path: DataPath, serving: readonly Command[]): boolean {
  return serving.some((command) => command.at === path.at || command.args.includes(path.path));
}

/** Whether every command can be seen: a script fetched at boot may install any service. */
export function transparent(payload: Payload): Truth {
  const opaque = payload.commands.filter((command) => command.opaque);
  return opaque.length === 0
    ? yes({ at: payload.attr.at, saw: 'no command whose effect cannot be seen' })
    : unknown(
        ...opaque.map(({ at, program }) => ({
          at,
          saw: `${program} runs what cannot be seen`,
          causes: ['function' as const],
        })),
      );
}

import type { Payload, ServerFacts } from '@lukko/facts';
import type { Truth } from '@lukko/policy-engine';
import { no, unknown, yes } from '@lukko/policy-engine';
import { count } from './words.ts';

/**
 * Whether the payload was read whole. Not so is unknown, never false: what cannot be seen may hold anything.
 * A server without user_data certainly runs nothing of it.
 */
export function readable(payload: Payload): Truth {
  const { state, causes, attr, unread } = payload;
  if (state === 'none') return yes({ at: attr.at, saw: 'no user_data' });
  if (state === 'unknown') return unknown({ at: attr.at, saw: 'a payload that cannot be read', causes });
  const [first] = unread;
  if (first === undefined)
    return yes({ at: attr.at, saw: `a payload of ${count(payload.files.length, 'file')}, read whole` });
  return unknown(...unread.map(({ at, why }) => ({ at, saw: `not read: ${why}`, causes: ['function' as const] })));
}

/** Whether Tang answers on this server: its daemon is started by a unit, or by its socket, that the payload starts. */
export function runsTang(payload: Payload): Truth {
  const unit = payload.units.find((one) => one.started && /^tangd?(@|\.|-|d)/.test(one.name));
  if (unit !== undefined) return yes({ at: unit.file.at, saw: `${unit.name} is started` });
  const command = payload.commands.find(
    (one) =>
      one.program === 'tangd' ||
      (one.program === 'systemctl' && one.args.some((arg) => arg?.startsWith('tangd.') ?? false)),
  );
  if (command !== undefined) return yes({ at: command.at, saw: 'tangd is started' });
  const whole = readable(payload);
  return whole.is === true ? no(...whole.because, { at: payload.attr.at, saw: 'nothing starts tangd' }) : whole;
}

/** A key server: Tang answers there and nothing on it keeps data. */
export function keyServer(server: ServerFacts): Truth {
  const tang = runsTang(server.payload);
  if (tang.is !== true) return tang;
  const whole = readable(server.payload);
  if (whole.is !== true) return whole;
  const [data] = server.dataPaths;
  if (data !== undefined) return no({ at: data.at, saw: `${data.service} keeps data in ${data.path}` });
  const [attached] = server.attached;
  if (attached !== undefined) return no({ at: attached.via.at, saw: `${attached.volume.address} is attached` });
  return yes(...tang.because, { at: server.resource.id, saw: 'no service that keeps data, no volume' });
}

/** Whether an image is Caddy, from whichever registry. */
export function isCaddy(image: string): boolean {
  return /(^|\/)caddy(:|@|$)/.test(image);
}

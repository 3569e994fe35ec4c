import { takeTurn } from './one-at-a-time.ts';
import { StepFailed } from './problem.ts';
import { type HostWork, quiesced, recorder } from './rebuild.ts';
import { serverById, serverByName } from './server.ts';

/**
 * Empties and closes a host and powers it off, so that its volume can be detached with nothing lost. A server that is gone has
 * nothing to close.
 * @param named name of the server, or its id
 */
export async function quiesceHost(work: HostWork, named: string): Promise<void> {
  const { api, say, stack } = work;
  const server =
    (await serverByName(api, named)) ?? (/^\d{1,15}$/.test(named) ? await serverById(api, Number(named)) : undefined);
  if (server === undefined) {
    const ours = `lukko-${stack.environment}-`;
    // Whoever mistypes a name is not told that a host is closed which runs on.
    if (!/^\d+$/.test(named) && !named.startsWith(ours))
      throw new StepFailed(
        `there is no server ${named}, and none of ${stack.environment} was ever called that`,
        `give its name at Hetzner, such as ${ours}${stack.name}, or its id`,
      );
    say(`there is no server ${named} any more: nothing to quiesce`);
    return;
  }
  const release = await takeTurn(
    stack.kept,
    (holder) => say(`${server.name}: waits, since ${holder} works on another host`),
    () => work.now().getTime(),
  );
  const contact = work.reach?.(server);
  try {
    const record = recorder(work, server, undefined, 'quiesce');
    await quiesced({ work, server, contact, record });
    if (server.status === 'off') return;
    record('power-off', 'begun');
    await api.act(`/servers/${server.id}/actions/poweroff`);
    record('power-off', 'done');
    say(`${server.name} is powered off`);
  } finally {
    contact?.close();
    release();
  }
}

import { createConnection } from 'node:net';

/**
 * One command of QEMU's monitor protocol over a unix socket; gives what QEMU returns.
 *
 * @throws when QEMU refuses the command or does not answer within a minute.
 * @see https://www.qemu.org/docs/master/interop/qmp-spec.html
 */
export function monitor(socket: string, command: string, args: Record<string, unknown> = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(socket);
    let text = '';
    const end = (finish: () => void) => {
      clearTimeout(limit);
      connection.destroy();
      finish();
    };
    const limit = setTimeout(() => end(() => reject(new Error(`QEMU does not answer to ${command}`))), 60_000);
    connection.on('error', (error) => end(() => reject(error)));
    connection.on('close', () => end(() => reject(new Error(`QEMU closed its monitor at ${command}`))));
    connection.on('data', (data) => {
      text += data.toString('utf8');
      const answers = text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((answer) => 'return' in answer || 'error' in answer);
      const answer = answers[1];
      if (answer === undefined) return;
      end(() => {
        if ('error' in answer) reject(new Error(`QEMU refused ${command}: ${JSON.stringify(answer.error)}`));
        else resolve(answer.return);
      });
    });
    const commands = [{ execute: 'qmp_capabilities' }, { execute: command, arguments: args }];
    connection.write(commands.map((each) => `${JSON.stringify(each)}\n`).join(''));
  });
}

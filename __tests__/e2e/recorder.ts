import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningSandbox, startSandbox } from '../../packages/cli/src/sandbox/start.ts';

export interface RecordedSandbox {
  readonly sandbox: RunningSandbox;
  /** As the sandbox's, with the endpoints where requests are written down. */
  readonly environment: Readonly<Record<string, string>>;
  /** Method and path of each request so far. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

/** A sandbox with the projects of the example, and before it a server that writes down what it is asked. */
export async function recordedSandbox(): Promise<RecordedSandbox> {
  const projects = ['main', 'keys'];
  const sandbox = await startSandbox(
    { projects, port: 0, speed: Number.POSITIVE_INFINITY, rateLimit: 1_000_000 },
    Date.now,
  );
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request;
    requests.push(`${method} ${url.split('?')[0]}`);
    const passed = ask({ host: '127.0.0.1', port: sandbox.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    sandbox,
    environment: { ...sandbox.environment, HCLOUD_ENDPOINT: `${base}/v1`, HETZNER_ENDPOINT: `${base}/hetzner/v1` },
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sandbox.stop();
    },
  };
}

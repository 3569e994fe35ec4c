import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Sandbox } from '@lukko/sandbox';
import { makeAuthority } from './authority.ts';
import { type AnswerApi, HOSTS, interceptOn } from './proxy.ts';

export interface Intercepting {
  /** What clients with hard-coded hosts need in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Answers for Hetzner's hosts to clients that know no other endpoint. The certificate they trust lies in a folder of this run
 * alone and goes with it; the key that signs stays in memory.
 * @param now milliseconds since 1970
 */
export async function intercept(sandbox: Sandbox, answerApi: AnswerApi, now: number): Promise<Intercepting> {
  const authority = makeAuthority(Object.keys(HOSTS), now);
  const listening = await interceptOn(authority, sandbox, answerApi);
  const folder = mkdtempSync(path.join(tmpdir(), 'lukko-sandbox-'));
  const file = path.join(folder, 'authority.pem');
  writeFileSync(file, authority.certificate, { mode: 0o600 });
  const proxy = `http://127.0.0.1:${listening.port}`;
  const here = '127.0.0.1,localhost,::1';
  return {
    environment: {
      ...{ HTTPS_PROXY: proxy, https_proxy: proxy, HTTP_PROXY: proxy, http_proxy: proxy },
      ...{ NO_PROXY: here, no_proxy: here },
      // OpenSSL and Go; Python's requests; curl, where another one is set; Node.
      ...{ SSL_CERT_FILE: file, REQUESTS_CA_BUNDLE: file, CURL_CA_BUNDLE: file, NODE_EXTRA_CA_CERTS: file },
    },
    close: async () => {
      await listening.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

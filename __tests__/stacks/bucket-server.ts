import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { createServer as createSocket } from 'node:net';
import path from 'node:path';
import { must, run, sleep } from '../boot/run.ts';

export const REGION = 'fsn1';
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A key of object storage. */
export interface Key {
  readonly id: string;
  readonly secret: string;
}

/** Object storage on loopback, with what its owner does to it. */
export interface BucketServer {
  readonly endpoint: string;
  readonly owner: Key;
  /** A request of the owner's, or of another key: status and body. */
  readonly ask: (
    method: string,
    pathname: string,
    more?: { key?: Key; body?: string; headers?: readonly string[] },
  ) => { status: number; body: string };
  readonly make: (bucket: string, locked: boolean) => void;
  readonly lock: (bucket: string, mode: string, days: number) => void;
  /** Rules of a bucket's lifecycle, or none. */
  readonly lifecycle: (bucket: string, rules: string | undefined) => void;
  readonly addUser: (key: Key) => void;
  readonly policy: (bucket: string, statements: readonly object[]) => void;
  readonly stop: () => Promise<void>;
}

/** A rule for all objects: hidden after some days, and removed some days later. */
export const expires = (hidden: number, removed: number, filter = '<Filter><Prefix></Prefix></Filter>'): string =>
  `<Rule><ID>backups</ID>${filter}<Status>Enabled</Status><Expiration><Days>${hidden}</Days></Expiration>` +
  `<NoncurrentVersionExpiration><NoncurrentDays>${removed}</NoncurrentDays></NoncurrentVersionExpiration></Rule>`;

/**
 * versitygw, which keeps versions and locks, behind a listener that answers one question in its place: the lifecycle of a bucket, which it
 * does not have (501 NotImplemented). That answer has the form S3 documents; nothing is removed by it here.
 */
export async function startBucketServer(program: string, folder: string): Promise<BucketServer> {
  const owner: Key = { id: 'owner-key', secret: 'owner-secret-owner-secret' };
  const [behind, port] = [await freePort(), await freePort()];
  for (const each of ['store', 'versions', 'users']) mkdirSync(path.join(folder, each), { recursive: true });
  const gateway = spawn(
    program,
    [
      ...['--port', `127.0.0.1:${behind}`, '--region', REGION, '--iam-dir', path.join(folder, 'users'), '--quiet'],
      ...['posix', '--versioning-dir', path.join(folder, 'versions'), path.join(folder, 'store')],
    ],
    { stdio: 'ignore', env: { ...process.env, ROOT_ACCESS_KEY: owner.id, ROOT_SECRET_KEY: owner.secret } },
  );
  const ended = new Promise<void>((resolve) => gateway.once('close', () => resolve()));
  const lifecycles = new Map<string, string>();
  const front = createServer((incoming, answer) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
    const bucket = pathname.slice(1);
    const rules = lifecycles.get(bucket);
    if (searchParams.has('lifecycle') && incoming.method === 'GET') {
      const [status, body] =
        rules === undefined
          ? [404, `<Error><Code>NoSuchLifecycleConfiguration</Code><BucketName>${bucket}</BucketName></Error>`]
          : [200, `<LifecycleConfiguration xmlns="${NAMESPACE}">${rules}</LifecycleConfiguration>`];
      answer.writeHead(status, { 'content-type': 'application/xml' });
      answer.end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
      return;
    }
    if (searchParams.has('lifecycle') && incoming.method === 'PUT') {
      let document = '';
      incoming.on('data', (piece: Buffer) => {
        document += piece;
      });
      incoming.once('end', () => {
        lifecycles.set(
          bucket,
          /<LifecycleConfiguration[^>]*>([^]*)<\/LifecycleConfiguration>/.exec(document)?.[1] ?? '',
        );
        answer.end();
      });
      return;
    }
    // The name it was asked by stays: the signature is over it.
    const onwards = request(
      {
        host: '127.0.0.1',
        port: behind,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
        setHost: false,
      },
      (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      },
    );
    onwards.once('error', () => answer.destroy());
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => front.listen(port, '127.0.0.1', resolve));

  const direct = `http://127.0.0.1:${behind}`;
  const ask: BucketServer['ask'] = (method, pathname, { key = owner, body, headers = [] } = {}) => {
    const digest = body === undefined ? [] : [`Content-MD5: ${createHash('md5').update(body).digest('base64')}`];
    const { stdout } = run(
      'curl',
      [
        ...['-sS', '--config', '-', '--aws-sigv4', `aws:amz:${REGION}:s3`, '-X', method, '-w', '\n%{http_code}'],
        ...[...headers, ...digest, 'x-amz-content-sha256: UNSIGNED-PAYLOAD'].flatMap((header) => ['-H', header]),
        ...(body === undefined ? [] : ['--data-binary', body]),
        `${direct}${pathname}`,
      ],
      { input: `user = "${key.id}:${key.secret}"\n` },
    );
    const cut = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) };
  };
  const mustAsk = (...args: Parameters<BucketServer['ask']>) => {
    const said = ask(...args);
    if (said.status >= 300) throw new Error(`${args[0]} ${args[1]}: ${said.status} ${said.body}`);
  };
  for (let tries = 0; tries < 200 && ask('GET', '/').status !== 200; tries += 1) await sleep(50);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    owner,
    ask,
    make: (bucket, locked) =>
      mustAsk('PUT', `/${bucket}`, { headers: locked ? ['x-amz-bucket-object-lock-enabled: true'] : [] }),
    lock: (bucket, mode, days) =>
      mustAsk('PUT', `/${bucket}?object-lock=`, {
        body: `<ObjectLockConfiguration xmlns="${NAMESPACE}"><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>${mode}</Mode><Days>${days}</Days></DefaultRetention></Rule></ObjectLockConfiguration>`,
      }),
    lifecycle: (bucket, rules) => {
      if (rules === undefined) lifecycles.delete(bucket);
      else lifecycles.set(bucket, rules);
    },
    addUser: ({ id, secret }) => {
      must(program, [
        ...['admin', '--access', owner.id, '--secret', owner.secret, '--endpoint-url', direct, '--region', REGION],
        ...['create-user', '--access', id, '--secret', secret, '--role', 'user'],
      ]);
    },
    policy: (bucket, statements) =>
      mustAsk('PUT', `/${bucket}?policy=`, { body: JSON.stringify({ Version: '2012-10-17', Statement: statements }) }),
    stop: async () => {
      front.close();
      front.closeAllConnections();
      gateway.kill();
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createSocket().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** What the hosts' key may do at this server, where a key may do nothing that is not allowed. */
export function hostsMay(key: Key, bucket: string): readonly object[] {
  const may = (actions: readonly string[], what: string) => ({
    Effect: 'Allow',
    Principal: key.id,
    Action: actions.map((action) => `s3:${action}`),
    Resource: `arn:aws:s3:::${what}`,
  });
  const settings = ['GetBucketVersioning', 'GetBucketObjectLockConfiguration', 'GetLifecycleConfiguration'];
  return [
    may(['ListBucket', 'GetBucketLocation', ...settings], bucket),
    may(['GetObject', 'PutObject', 'DeleteObject', 'AbortMultipartUpload'], `${bucket}/*`),
  ];
}

/** The largest object below a prefix, as it stands: its name. */
export function largestPack(store: BucketServer, bucket: string, prefix: string): string {
  const { body } = store.ask('GET', `/${bucket}?list-type=2&prefix=${encodeURIComponent(prefix)}`);
  const packs = [...body.matchAll(/<Contents>([^]*?)<\/Contents>/g)].map(([, text = '']) => ({
    key: /<Key>(.*?)<\/Key>/.exec(text)?.[1] ?? '',
    size: Number(/<Size>(\d+)<\/Size>/.exec(text)?.[1]),
  }));
  const [largest] = packs.sort((a, b) => b.size - a.size);
  if (largest === undefined || largest.size < 1_000) throw new Error(`no pack below ${prefix}: ${body}`);
  return largest.key;
}

/** Every version that is kept, whether it is hidden or not. */
export function versionsIn(
  store: BucketServer,
  bucket: string,
): readonly { readonly key: string; readonly id: string }[] {
  const { body } = store.ask('GET', `/${bucket}?max-keys=1000&versions=`);
  return [...body.matchAll(/<Version>([^]*?)<\/Version>/g)].map(([, text = '']) => ({
    key: /<Key>(.*?)<\/Key>/.exec(text)?.[1] ?? '',
    id: /<VersionId>(.*?)<\/VersionId>/.exec(text)?.[1] ?? '',
  }));
}

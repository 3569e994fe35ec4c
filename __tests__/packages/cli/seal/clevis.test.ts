import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readAdvertisement } from '../../../../packages/cli/src/seal/advertisement.ts';
import { sealToTangs } from '../../../../packages/cli/src/seal/clevis.ts';
import { missingForTang, type RunningTang, startTang } from './tang.ts';

/* What is sealed here is opened by the real clevis with real Tang servers on loopback. Where they are missing, it is not run. */

jest.setTimeout(120_000);

const declared: string[] = [];
const withTang = (name: string, body: (tangs: readonly RunningTang[]) => Promise<void>): void => {
  declared.push(name);
  if (missingForTang !== '') return;
  test(name, async () => {
    const tangs = await Promise.all([startTang(), startTang(), startTang()]);
    const stop = tangs.map((tang) => tang.stop);
    try {
      await body(tangs);
    } finally {
      await Promise.all(stop.map((each) => each().catch(() => undefined)));
    }
  });
};

const sealedTo = async (tangs: readonly RunningTang[], plain: Uint8Array) =>
  sealToTangs(
    2,
    await Promise.all(
      tangs.map(async ({ url, thumbprint, advertisement }) => ({
        url,
        advertisement: readAdvertisement(await advertisement(), thumbprint, url),
      })),
    ),
    plain,
  );
/** Asynchronous servers answer while this waits, so the program runs beside them. */
const opened = (sealed: string) =>
  new Promise<{ code: number | null; out: Buffer }>((resolve) => {
    const clevis = spawn('clevis', ['decrypt'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const pieces: Buffer[] = [];
    clevis.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    clevis.once('close', (code) => resolve({ code, out: Buffer.concat(pieces) }));
    clevis.stdin.end(sealed);
  });

withTang('any two of three open it, with clevis and no code of ours', async (tangs) => {
  const plain = randomBytes(70);
  const sealed = await sealedTo(tangs, plain);
  expect(sealed).not.toContain(plain.toString('base64url').slice(0, 20));
  expect(await opened(sealed)).toEqual({ code: 0, out: plain });
  await tangs[1]?.stop();
  expect(await opened(sealed)).toEqual({ code: 0, out: plain });
  await tangs[0]?.stop();
  const { code, out } = await opened(sealed);
  expect(code).not.toBe(0);
  expect(out).toHaveLength(0);
});

withTang('an advertisement of another key, or changed on the way, is refused', async ([tang, other]) => {
  if (tang === undefined || other === undefined) throw new Error('no tang');
  const adv = await tang.advertisement();
  expect(() => readAdvertisement(adv, other.thumbprint, 'tang-fsn1')).toThrow(
    /^the advertisement of tang-fsn1 is of another key than the pinned \S{43}: found \S{43}; fetch it again with `lukko keys pin`$/,
  );
  const { payload, ...rest } = JSON.parse(adv) as { payload: string };
  const keys = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
    keys: { key_ops?: string[]; x: string }[];
  };
  for (const key of keys.keys)
    if (key.key_ops?.includes('deriveKey')) key.x = Buffer.alloc(66, 1).toString('base64url');
  const changed = JSON.stringify({ payload: Buffer.from(JSON.stringify(keys)).toString('base64url'), ...rest });
  expect(() => readAdvertisement(changed, tang.thumbprint, 'tang-fsn1')).toThrow('is not signed by the pinned key');
  expect(() => readAdvertisement('<html>', tang.thumbprint, 'tang-fsn1')).toThrow('is no JSON');
});

test('what needs tang and clevis is run, or named', () => {
  if (missingForTang !== '')
    console.warn(
      `not run, since ${missingForTang} is not installed:\n${declared.map((name) => `  - ${name}`).join('\n')}`,
    );
  expect(declared).toHaveLength(2);
});

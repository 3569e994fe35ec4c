import { deciding, volumeOf, withScript } from './encrypted-volume.ts';
import { cloudConfig, DEVICE, type Host, host, script } from './sample.ts';

const claim = 'nobody else knows its keys';
const MAKES = 'head -c 32 /dev/urandom >/run/key';
const FORMATS = 'cryptsetup luksFormat --batch-mode --type luks2 --key-file /run/key "$LUKKO_VOLUME_DEVICE"';
const made = (by: string): Host => withScript(script.replace(MAKES, by));
const formatted = (by: string): Host => withScript(script.replace(FORMATS, by));

/** What the proof says of the keys, and the first reason that decided it. */
function keys(change: Host): string {
  const { encryption } = volumeOf(host(change));
  const step = encryption.steps.find((each) => each.claim === claim);
  if (step === undefined) throw new Error('the proof says nothing of keys');
  if (step.is !== true) expect(encryption.is).toBe(step.is);
  const last = step.is === true ? step.because[0] : step.because.find((each) => each.saw !== '');
  return `${step.is} ${last?.saw}`;
}

describe('keys that are random and stay in memory', () => {
  it.each([
    ['dd', 'dd if=/dev/urandom of=/run/key bs=32 count=1'],
    ['dd with a suffix', 'dd if=/dev/random of=/run/key bs=1k count=4'],
    ['openssl', 'openssl rand -hex -out /run/key 32'],
    ['openssl redirected', 'openssl rand -base64 48 > /run/key'],
    ['filters', "head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >/run/key"],
    ['an endless source that is cut', 'tr -dc A-Za-z0-9 </dev/urandom | head -c 43 >/run/key'],
    ['the kernel’s uuid', 'cat /proc/sys/kernel/random/uuid >/run/key'],
    ['tee', 'head -c 32 /dev/urandom | base64 | tee /run/key'],
  ])('%s', (_, by) => {
    expect(keys(made(by))).toBe('true cryptsetup: /run/key, random and in memory');
  });

  it('also in a file system in memory of its own', () => {
    const text = script
      .replaceAll('/run/key', '/mnt/keys/key')
      .replace('set -eu', 'set -eu\nmount -t tmpfs tmpfs /mnt/keys');
    expect(keys(withScript(text))).toBe('true cryptsetup: /mnt/keys/key, random and in memory');
  });

  it('given on standard input', () => {
    expect(keys(formatted('openssl rand 32 | cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -'))).toMatch(/^true /);
    expect(keys(formatted('cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" - < /run/key'))).toMatch(/^true /);
  });
});

describe('keys that others know', () => {
  it.each([
    ['the host name', '--key-file /etc/hostname', 'cryptsetup: /etc/hostname is known to others'],
    ['the machine id', '--key-file=/etc/machine-id', 'cryptsetup: /etc/machine-id is known to others'],
    ['nothing', '-d /dev/null', 'cryptsetup: /dev/null is known to others'],
    ['zeros', '-d /dev/zero --keyfile-size 32', 'cryptsetup: /dev/zero is known to others'],
    [
      'a file of the distribution',
      '-d /usr/share/common-licenses/GPL-3',
      'cryptsetup: /usr/share/common-licenses/GPL-3 is known to others',
    ],
    [
      'a public key of the host',
      '-d /etc/ssh/ssh_host_ed25519_key.pub',
      'cryptsetup: /etc/ssh/ssh_host_ed25519_key.pub is known to others',
    ],
    ['a file of the payload', '-d /etc/lukko/host.env', 'cryptsetup: /etc/lukko/host.env stands in the payload'],
    [
      'the volume key itself',
      '-d /run/key --volume-key-file /etc/hostname',
      'cryptsetup: /etc/hostname is known to others',
    ],
  ])('%s', (_, option, saw) => {
    expect(keys(formatted(`cryptsetup luksFormat --batch-mode ${option} "$LUKKO_VOLUME_DEVICE"`))).toBe(`false ${saw}`);
  });

  it.each([
    ['echo', 'echo -n x | cryptsetup luksFormat --batch-mode "$LUKKO_VOLUME_DEVICE"'],
    [
      'printf into a key file on standard input',
      'printf \'%s\' correct-horse | cryptsetup luksFormat -q --key-file - "$LUKKO_VOLUME_DEVICE"',
    ],
    ['a variable', 'pass=secret1\n  echo "$pass" | sudo cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -'],
    ['filtered', 'echo a | sha256sum | cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -'],
    ['a here-string', 'cryptsetup luksFormat --batch-mode "$LUKKO_VOLUME_DEVICE" <<< "secret"'],
    ['a here-document', 'cryptsetup luksFormat --batch-mode "$LUKKO_VOLUME_DEVICE" - <<EOF\nsecret\nEOF'],
    ['a group', '{ echo secret; } | cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -'],
    ['a function with its input', 'f() { cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -; }\n  f <<< secret'],
  ])('a constant on standard input: %s', (_, by) => {
    expect(keys(formatted(by))).toBe('false cryptsetup: a text that stands in the payload');
  });

  it.each([
    ['echo', 'echo secret >/run/key', 'a text that stands in the payload'],
    ['a here-document', 'cat >/run/key <<EOF\nsecret\nEOF', '/run/key stands in the payload'],
    ['a copy', 'cp /etc/machine-id /run/key', 'made of /etc/machine-id, which is known to others'],
    ['a digest', 'sha256sum /etc/machine-id >/run/key', 'made of /etc/machine-id, which is known to others'],
    ['its name', 'hostname >/run/key', 'made of what hostname prints, which is known to others'],
    ['zeros', 'dd if=/dev/zero of=/run/key bs=32 count=1', 'made of /dev/zero, which is known to others'],
    ['one of two ways', `${MAKES}\n  echo secret >/run/key`, 'a text that stands in the payload'],
  ])('written to the key file: %s', (_, by, saw) => {
    expect(keys(made(by))).toBe(`false cryptsetup: ${saw}`);
  });

  it('a second key beside a good one', () => {
    const more = (line: string) => withScript(script.replace(FORMATS, `${FORMATS}\n  ${line}`));
    expect(keys(more('cryptsetup luksAddKey --key-file /run/key "$LUKKO_VOLUME_DEVICE" /etc/hostname'))).toBe(
      'false cryptsetup: /etc/hostname is known to others',
    );
    expect(keys(more('echo -n x | cryptsetup luksAddKey -d /run/key "$LUKKO_VOLUME_DEVICE"'))).toBe(
      'false cryptsetup: a text that stands in the payload',
    );
    expect(keys(more('cryptsetup luksAddKey -d /run/key --new-keyfile /etc/hostname "$LUKKO_VOLUME_DEVICE"'))).toMatch(
      /^false /,
    );
  });

  it('a literal key file of the payload, with or without a hole', () => {
    const files = { '/etc/luks.key': 'secret\n' };
    const crypttab = `lukko-data ${DEVICE} /etc/luks.key luks\n`;
    expect(keys({ files: { ...files, '/etc/crypttab': crypttab } })).toBe(
      'false systemd-cryptsetup: /etc/luks.key stands in the payload',
    );
    expect(
      keys({
        files: {
          '/etc/luks.key': '${hcloud_volume.data.name}',
          '/etc/crypttab': crypttab,
        },
      }),
    ).toMatch(/^false /);
  });

  it('of another volume say nothing of this one', () => {
    const other = 'cryptsetup luksFormat -q -d /etc/hostname /dev/disk/by-id/scsi-0HC_Volume_4711';
    expect(keys(withScript(script.replace(FORMATS, `${FORMATS}\n  ${other}`)))).toMatch(/^true /);
  });
});

describe('keys of which nothing is shown', () => {
  it.each([
    [
      'no key at all',
      formatted('cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE"'),
      'cryptsetup: nothing shows what key it is given',
    ],
    ['a file nobody writes', made(':'), 'cryptsetup: nothing shows where /run/key comes from'],
    [
      'a file that is not determined',
      formatted('cryptsetup luksFormat -q -d "$(mktemp)" "$LUKKO_VOLUME_DEVICE"'),
      'cryptsetup: a key file that is not determined',
    ],
    [
      'a fetched one',
      made('curl -o /run/key https://keys.example/a'),
      'cryptsetup: curl: what the key is made of is not shown',
    ],
    [
      'too few bytes',
      made('head -c 4 /dev/urandom >/run/key'),
      'cryptsetup: head: fewer than 16 random bytes, or none counted',
    ],
    [
      'no count',
      made('tr -dc a-z </dev/urandom | head -n 1 >/run/key'),
      'cryptsetup: tr | head: fewer than 16 random bytes, or none counted',
    ],
    [
      'a count nobody knows',
      made('head -c "$(cat /etc/n)" /dev/urandom >/run/key'),
      'cryptsetup: head: fewer than 16 random bytes, or none counted',
    ],
    [
      'more than random bytes',
      made('head -c 32 /dev/urandom | sed s/././g >/run/key'),
      'cryptsetup: head | sed: more than random bytes',
    ],
    [
      'a substitution',
      formatted('echo "$(head -c 32 /dev/urandom)" | cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -'),
      'cryptsetup: echo: what the key is made of is not shown',
    ],
    [
      'on the root disk',
      withScript(script.replaceAll('/run/key', '/root/key')),
      'cryptsetup: /root/key lies on the root disk, which is not encrypted',
    ],
    [
      'one that is taken away again',
      formatted(
        `echo x | cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -\n  cryptsetup luksRemoveKey "$LUKKO_VOLUME_DEVICE" /run/key`,
      ),
      'cryptsetup: a text that stands in the payload',
    ],
    [
      'under a condition about something else',
      withScript(
        script.replace(
          FORMATS,
          `if [ -e /etc/x ]; then echo x | cryptsetup luksAddKey -d /run/key "$LUKKO_VOLUME_DEVICE"; fi\n  ${FORMATS}`,
        ),
      ),
      'cryptsetup: a text that stands in the payload',
    ],
  ] as readonly (readonly [string, Host, string])[])('%s', (_, change, saw) => {
    expect(keys(change)).toBe(`unknown ${saw}`);
  });
});

it('a volume that only a token opens has no key of the payload', () => {
  const payload = cloudConfig({}, [['clevis', 'luks', 'unlock', '-d', DEVICE, '-n', 'lukko-data']]);
  expect(keys({ payload })).toBe('true no command gives it a key');
});

it('the reason stands in the proof, whole', () => {
  const steps = volumeOf(host(made('echo secret >/run/key'))).encryption.steps.filter((step) => step.is === false);
  expect(steps.map(deciding)).toMatchInlineSnapshot(`
    [
      "false nobody else knows its keys: hcloud_server.host.user_data:/usr/local/lib/lukko/volume:9: cryptsetup: a text that stands in the payload · hcloud_server.host.user_data:/usr/local/lib/lukko/volume:10: clevis: a text that stands in the payload · hcloud_server.host.user_data:/usr/local/lib/lukko/volume:11: cryptsetup: a text that stands in the payload",
    ]
  `);
});

describe('keys that are handed on', () => {
  const more = (line: string) => withScript(script.replace(FORMATS, `${FORMATS}\n  ${line}`));

  it.each([
    ['a copy on the root disk', 'cp /run/key /root/k'],
    ['a copy in memory that is copied on', 'mv /run/key /run/k2\n  cp /run/k2 /root/k'],
    ['its folder', 'tar -C / -cf /root/k.tar /run/lukko', '/run/lukko/key'],
    ['printed, so in the journal', 'cat /run/key'],
    ['printed through a filter', 'base64 < /run/key | tr -d x'],
    ['through a filter to the root disk', 'base64 /run/key >/var/k'],
    ['dd', 'dd if=/run/key of=/var/k'],
    ['sent', 'curl -T /run/key https://logs.lukko.example/'],
    ['sent as a form', 'curl -F file=@/run/key https://logs.lukko.example/'],
    ['given to a program', 'logger -f /run/key'],
    ['piped to a program', 'cat /run/key | logger'],
    ['opened for reading again by age', 'age --decrypt -i /run/key x'],
  ])('%s', (_, line, file = '/run/key') => {
    const change = more(line);
    const text = change.files?.['/usr/local/lib/lukko/volume'] ?? '';
    expect(keys(withScript(text.replaceAll('/run/key', file)))).toMatch(
      /^unknown cryptsetup: .* may hand \/run\/\S+ on/,
    );
  });

  it('aside, while it is made', () => {
    const aside = 'cryptsetup: tee writes it to a disk that is not encrypted, or prints it';
    expect(keys(made('head -c 32 /dev/urandom | tee /run/key /root/k'))).toBe(`unknown ${aside}`);
    expect(keys(formatted('openssl rand 32 | tee /root/k | cryptsetup luksFormat -q "$LUKKO_VOLUME_DEVICE" -'))).toBe(
      `unknown ${aside}`,
    );
  });

  it.each([
    ['counted', '[ "$(wc -c </run/key)" -eq 32 ]'],
    ['taken away', 'shred -u /run/key; rm -f /run/key'],
    ['sealed to people', 'age --encrypt -r age1x --output /root/key.age /run/key'],
    ['sealed through a pipe', 'cat /run/key | age -r age1x >/root/key.age'],
    ['given to cryptsetup by a pipe', 'cat /run/key | cryptsetup open --test-passphrase "$LUKKO_VOLUME_DEVICE" -d -'],
    ['copied in memory', 'cp /run/key /run/key2; chmod 0400 /run/key2'],
    ['another file whose name begins alike', 'cp /run/key.pub /root/'],
  ])('not: %s', (_, line) => {
    expect(keys(more(line))).toBe('true cryptsetup: /run/key, random and in memory');
  });
});

describe('what clevis binds a volume to', () => {
  const BINDS = /tang '[^']*'/;
  const bound = (pin: string): Host => withScript(script.replace(BINDS, pin));
  const TANG = '{"url":"http://tang","thp":"x"}';

  it.each([
    ['nobody', "null '{}'", 'false clevis: bound by clevis to nobody (pin null): it opens for everybody'],
    [
      'nobody, as one share that is enough',
      `sss '{"t":1,"pins":{"null":{},"tang":[${TANG}]}}'`,
      'false clevis: bound by clevis to nobody (pin null): it opens for everybody',
    ],
    [
      'nobody, as one share of two',
      `sss '{"t":2,"pins":{"null":{},"tang":[${TANG}]}}'`,
      'unknown clevis: one of the shares it is bound to is known: bound by clevis to nobody (pin null): it opens for everybody',
    ],
    ['no threshold', `sss '{"t":0,"pins":{"tang":[${TANG}]}}'`, /^unknown clevis: bound to shares .* threshold/],
    ['too few shares', `sss '{"t":2,"pins":{"tang":[${TANG}]}}'`, /^unknown clevis: bound to 1 shares of which 2/],
    ['a machine without TPM', "tpm2 '{}'", /^unknown clevis: bound by clevis to tpm2/],
    ['no configuration', "tang 'x'", /^unknown clevis: what clevis binds it to \(pin tang\)/],
    ['Tang', `tang '${TANG}'`, /^true /],
    ['two of three', `sss '{"t":2,"pins":{"tang":[${TANG},${TANG},${TANG}]}}'`, /^true /],
  ])('%s', (_, pin, saw) => {
    if (typeof saw === 'string') expect(keys(bound(pin))).toBe(saw);
    else expect(keys(bound(pin))).toMatch(saw);
  });
});

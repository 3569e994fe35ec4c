/** Where a command of the runbooks is tried: a file below `__tests__`, and words that stand in it, the name of a test or of a check. */
export type Tried = readonly [file: string, words: string];

const BOOT_FIRST: Tried = ['boot/first-boot.ts', 'serving says so, and what it waits for'];
const REPORT: Tried = [
  'boot/first-boot.ts',
  'the report names the volume, the key servers and the payload it was handed',
];
const WHY_LOCKED: Tried = [
  'boot/reboot.ts',
  'SSH is up, nothing is mounted, no service runs, the reason is in the journal',
];
const QUIESCE: Tried = ['boot/rebuild.ts', 'quiesce stops what runs, closes the journal and the volume'];
const SEAL: Tried = ['packages/cli/host/pin.test.ts', 'a secret is sealed with no key server asked, more are added'];
const DEPLOY: Tried = [
  'e2e/sandbox.test.ts',
  'a larger volume and another payload: the volume grows, the server is rebuilt',
];
const RECOVERY: Tried = [
  'docs/runbooks.test.ts',
  'the recovery key is unsealed, changed and sealed to other people as the pages say',
];
const DATABASE: Tried = ['boot/host-errors.ts', 'the dump is restored as the runbook says'];
const BY_HAND: Tried = ['boot/reboot.ts', 'the token, one identity and the lines of the page open it'];

/**
 * Every command of docs/runbooks/ with the test that tries it, or `not tried here`: then its step says so, too. A block of lines is named by its
 * first one.
 */
export const COMMANDS: Readonly<Record<string, Readonly<Record<string, Tried | 'not tried here'>>>> = {
  'README.md': {
    'ssh root@<host> /usr/local/lib/lukko/serving': BOOT_FIRST,
    '…/report': REPORT,
    'journalctl -u lukko-volume': WHY_LOCKED,
  },
  'backup-bucket.md': {
    'lukko register init': ['packages/cli/commands/register.test.ts', 'init'],
    'lukko secrets seal backup-bucket': SEAL,
    "ssh root@<host> 'cat >/srv/lukko/secrets/sealed.json' <config/<name>.sealed.json": [
      'boot/secrets.ts',
      'a sealed secret is opened on the host',
    ],
    "npx cdktf deploy '*' --parallelism 1": DEPLOY,
    'ssh root@<host> systemctl start lukko-backup.service': [
      'stacks/backup-bucket.test.ts',
      'a backup is made, checked and noted',
    ],
    'journalctl -u lukko-backup': ['stacks/backup-bucket.test.ts', 'in one line each'],
    'npx cdktf deploy edge logs errors --parallelism 1': DEPLOY,
    'lukko retire backups --reason <text>': [
      'e2e/sandbox.test.ts',
      'retire lifts protection, empties the host, detaches and removes, in this order',
    ],
    '…/serving': BOOT_FIRST,
    '…/report': REPORT,
  },
  'certificate-trouble.md': {
    'ssh root@<host> /usr/local/lib/lukko/serving': BOOT_FIRST,
    'journalctl -u lukko-secrets': ['boot/secrets.ts', 'one that does not open is refused in one line'],
    'journalctl -u caddy': ['stacks/acme.test.ts', 'could not get certificate from issuer'],
    'systemctl restart caddy': [
      'stacks/acme.test.ts',
      'a certificate is issued with the account binding, and served on',
    ],
  },
  'first-deploy.md': {
    'export LUKKO_CONFIG=config/<name>.yaml': ['main.test.ts', 'LUKKO_CONFIG'],
    'npx cdktf deploy network dns keys --parallelism 1': [
      'e2e/deploy.test.ts',
      'the example passes both gates, and network, dns and keys are applied',
    ],
    'lukko keys pin': [
      'packages/cli/host/pin.test.ts',
      'thumbprints are read, checked against the signed advertisement',
    ],
    'lukko images mirror': ['packages/cli/images/images.test.ts', 'mirror copies every image for all platforms'],
    'lukko images load --host <host> --from <registry>': [
      'packages/cli/images/images.test.ts',
      'load puts an image onto a host under the name and digest its unit asks for',
    ],
    "npx cdktf deploy '*' --parallelism 1": DEPLOY,
    'ssh root@<host> /usr/local/lib/lukko/serving': BOOT_FIRST,
    'lukko secrets seal acme-account': SEAL,
    'lukko secrets seal alert-mail': ['stacks/bad-input.test.ts', 'alert-mail'],
    "ssh root@<host> 'cat >/srv/lukko/secrets/sealed.json' <config/<name>.sealed.json": [
      'boot/secrets.ts',
      'a sealed secret is opened on the host',
    ],
    'ssh -t root@<errors host> podman exec -it glitchtip ./manage.py createsuperuser': 'not tried here',
    'lukko volumes pin': ['packages/cli/host/pin.test.ts', 'UUIDs of volumes are written in place'],
    'ssh root@<host> /usr/local/lib/lukko/sealed': [
      'stacks/backup.test.ts',
      'once an operator fetched the sealed password',
    ],
    '…/report': REPORT,
  },
  'host-rebuilt.md': {
    'npx cdktf deploy <stack>': DEPLOY,
    'lukko host rebuild --server <id> --stack <host>': [
      'packages/cli/host/rebuild.test.ts',
      'report, quiesce, rebuild, wait: in this order',
    ],
    'ssh root@<host> /usr/local/lib/lukko/key-servers': ['boot/reboot.ts', 'the host says which one does not answer'],
    'ssh root@<host> /usr/local/lib/lukko/quiesce': QUIESCE,
    '…/serving': BOOT_FIRST,
    '…/report': REPORT,
    'journalctl -u lukko-volume -b': WHY_LOCKED,
  },
  'joiner-and-leaver.md': {
    'ssh-keygen -s ca -I <person> -n root -V +30d id_ed25519.pub': [
      'stacks/ssh.test.ts',
      'who has a certificate of the user CA',
    ],
    "ssh root@<host> 'cat >>/etc/ssh/lukko_revoked_keys' <key.pub": [
      'stacks/ssh.test.ts',
      'who leaves is refused at once',
    ],
  },
  'lost-tang.md': {
    'journalctl -u lukko-volume -b': WHY_LOCKED,
    'lukko keys replace --server <name> --reason <text>': [
      'packages/cli/host/replace.test.ts',
      'a new key server takes the place of a lost one',
    ],
    'ssh root@<host> /usr/local/lib/lukko/rebind without http://<address>:7500': [
      'packages/cli/host/replace.test.ts',
      "'rebind', 'key-servers'",
    ],
    "npx cdktf deploy '*' --parallelism 1": DEPLOY,
    'lukko secrets seal': SEAL,
  },
  'recovery-key.md': {
    'cryptsetup luksDump --dump-json-metadata <device> | jq \'first(.tokens[] | select(.type == "lukko-recovery"))\' >token.json':
      RECOVERY,
    'jq -r .age token.json | base64 -d | age --decrypt -i identity >key': RECOVERY,
    "ssh root@<host> 'cat >/run/key' <key": BY_HAND,
    'systemctl stop lukko-volume.service': BY_HAND,
    'ssh root@<host> /usr/local/lib/lukko/serving': BY_HAND,
    'rm key': BY_HAND,
  },
  'region-lost.md': {
    'lukko retire <stack> --reason <text>': [
      'e2e/sandbox.test.ts',
      'retire lifts protection, empties the host, detaches and removes, in this order',
    ],
  },
  'resize.md': {
    '/usr/local/lib/lukko/volume': ['boot/other-disks.ts', 'the file system grows into it when it is opened'],
    'systemctl reboot': ['boot/reboot.ts', 'the volume opens by itself, with what was on it and the same identity'],
    'ssh root@<host> /usr/local/lib/lukko/quiesce': QUIESCE,
    'ssh root@<host> systemctl start lukko-volume.service': [
      'boot/other-disks.ts',
      'systemctl start --no-block lukko-volume.service',
    ],
    'df -h /srv/lukko': ['boot/other-disks.ts', 'df --output=size -B1 /srv/lukko'],
  },
  'restore.md': {
    'ssh root@<host> jq . /srv/lukko/state/backup.json': [
      'stacks/backup.test.ts',
      'a backup is made, checked and noted',
    ],
    '…/sealed': ['stacks/backup.test.ts', 'once an operator fetched the sealed password'],
    'age --decrypt -i identity restic-password.age': [
      'stacks/backup.test.ts',
      'sealed to both operators in the same step',
    ],
    'export HTTPS_PROXY=http://127.0.0.1:8888 RESTIC_PASSWORD_FILE=/srv/lukko/secrets/restic-password': [
      'stacks/backup.test.ts',
      'one file comes back as the page says',
    ],
    'export RCLONE_S3_PROVIDER=Other RCLONE_S3_ENV_AUTH=true RCLONE_S3_ENDPOINT=https://fsn1.your-objectstorage.com RCLONE_S3_REGION=fsn1':
      ['stacks/backup-bucket.test.ts', 'is brought back as the page says'],
    'restic -r repository snapshots': ['stacks/backup-bucket.test.ts', "back('snapshots', '--json')"],
    'ssh -N -L 8081:127.0.0.1:8081 root@<backups>': [
      'stacks/ssh.test.ts',
      'an operator reaches what listens on loopback',
    ],
    'ls /srv/lukko/restic/<host>': ['stacks/backup.test.ts', "readdirSync(path.join(store, 'edge'))"],
    'lukko restore --from <environment> --host <host> --password restic-password.age --identity identity --target restored --repository rest:http://127.0.0.1:8081/<host>/<week>':
      ['packages/cli/host/restore.test.ts', 'a backup is restored where the volume never was'],
    'tar -c --numeric-owner -C restored/srv/lukko . | ssh root@<host> tar -x --numeric-owner -C /srv/lukko':
      'not tried here',
    'systemctl stop glitchtip': DATABASE,
    'podman exec -i postgresql pg_restore --clean --create --exit-on-error --username=glitchtip --dbname=postgres <glitchtip.pgdump':
      DATABASE,
    'systemctl start glitchtip': DATABASE,
    'chown -R 971:971': 'not tried here',
    '…/drill': ['stacks/backup.test.ts', 'the drill restores it and notes point and time'],
    'age --decrypt -i identity restic-password.age | ssh root@<host> /usr/local/lib/lukko/drill -': [
      'stacks/backup.test.ts',
      'the drill opens the repository with the copy an operator unsealed',
    ],
  },
  'rotate.md': {
    'lukko keys rotate --server <name>': ['packages/cli/host/pin.test.ts', 'a key server is rotated and pinned'],
    "npx cdktf deploy '*' --parallelism 1": DEPLOY,
    'lukko keys rebind': ['packages/cli/host/pin.test.ts', 'after rebinding its new keys open the volume'],
    'lukko secrets seal': SEAL,
    'cryptsetup luksDump <device>': ['boot/first-boot.ts', 'cryptsetup luksDump'],
    "head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \\n' >/run/new": RECOVERY,
  },
};

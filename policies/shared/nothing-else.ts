import type { Command, Payload, ServerFacts } from '@lukko/facts';
import { type Truth, unknown, yes } from '@lukko/policy-engine';
import type { Reason } from '@lukko/terraform-model';
import { isCaddy } from './payload.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ''));

/** Programs that set a host up, open a disk or print: none of them is a service that keeps data of its own. */
const programs = words(`
  [ age apt-get awk base64 basename blkid cat chattr chmod chown chronyc clevis cmp cp cryptsetup curl cut date dd df dirname echo
  env false find findmnt getent grep head hostname hostnamectl id install ip jose jq journalctl ln logger ls lsblk mkdir mkfs.ext4 mkfs.xfs mount
  mountpoint mv netplan nft od openssl printf readlink resize2fs resolvectl restic rm sed sha256sum sleep sort ssh-keygen stat swapoff sync
  sysctl systemctl systemd-journal-upload systemd-sysusers systemd-tmpfiles tail test timedatectl tinyproxy touch tr true udevadm umount wc wipefs
`);

/** Packages of a host that is only set up, of Tang, of restic's server and of the Caddy before it. */
const packages = words(`
  aardvark-dns age apparmor apt-transport-https ca-certificates caddy chrony clevis clevis-luks clevis-systemd crun cryptsetup
  cryptsetup-bin curl e2fsprogs fail2ban iproute2 jose jq netavark nftables openssh-server openssl podman rclone restic
  systemd-cryptsetup systemd-journal-remote systemd-resolved systemd-timesyncd tang tinyproxy-bin unattended-upgrades xfsprogs
`);

/** Units that come with the system or with one of these packages. */
const systemUnits =
  /^(apt-daily|apt-daily-upgrade|caddy|chrony|chronyd|fail2ban|nftables|podman|ssh|sshd|sysinit|systemd-[a-z-]+|tangd|tangd@|unattended-upgrades)\.[a-z]+$/;

/** Images Hetzner makes of a distribution alone; those of type `app` bring services. https://docs.hetzner.cloud/reference/cloud */
const plainImages = /^(alma|centos-stream|debian|fedora|opensuse|rocky|ubuntu)-[0-9.]+$/;

/**
 * Whether a server runs nothing but what sets it up and what is `expected`. Nobody can list every program that keeps data, so
 * what is not known here is unknown, whatever it is called.
 */
export function nothingElse({ resource, payload }: ServerFacts, expected: (command: Command) => boolean): Truth {
  const image = resource.attr('image');
  const open: readonly (readonly [at: string, what: string])[] = [
    ...(plainImages.test(image.text ?? '')
      ? []
      : [[image.at, `the image ${image.text ?? 'that is not known'}`] as const]),
    ...payload.containers
      .filter((container) => !isCaddy(container.image))
      .map(({ unit }) => [unit.file.at, unit.name] as const),
    ...payload.packages
      .filter((name) => !packages.has(name))
      .map((name) => [`${payload.attr.at}:packages`, `the package ${name}`] as const),
    ...payload.commands
      .filter((command) => !expected(command))
      .flatMap((command) => (known(command, payload) ? [] : [[command.at, command.program] as const])),
    ...payload.commands.flatMap((command) =>
      startedElsewhere(command, payload).map((unit) => [command.at, unit] as const),
    ),
  ];
  if (open.length === 0) return yes({ at: payload.attr.at, saw: 'nothing else that could keep data' });
  const because = open.map(([at, what]): Reason => ({ at, saw: `${what} may keep data`, causes: ['outside'] }));
  return unknown(...because);
}

/** A known program, or a script of the payload itself, whose own commands are judged one by one. */
function known({ program, programPath }: Command, { files }: Payload): boolean {
  return programs.has(program) || files.some(({ path }) => path === programPath);
}

/** Units that a command starts and that neither the payload nor the system brings. */
function startedElsewhere({ program, args }: Command, { units, files }: Payload): readonly string[] {
  if (program !== 'systemctl') return [];
  const [verb, ...names] = args.filter((arg) => arg === undefined || !arg.startsWith('-'));
  if (!/^(enable|start|restart|reload-or-restart|try-restart)$/.test(verb ?? '')) return [];
  return names
    .map((name) => (name === undefined ? 'a unit that is not known' : name.includes('.') ? name : `${name}.service`))
    .filter(
      (name) =>
        !systemUnits.test(name) &&
        !isOwnUnit(
          name,
          units.map((unit) => unit.name),
        ) &&
        !files.some(({ path }) => path.endsWith(`/${name}`)),
    );
}

/** `logs.service` is what the quadlet `logs.container` becomes: podman-systemd.unit(5). */
function isOwnUnit(name: string, own: readonly string[]): boolean {
  return own.includes(name) || own.includes(name.replace(/\.service$/, '.container'));
}

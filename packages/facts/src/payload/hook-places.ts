/** Shell scripts the system runs by itself once they lie there: cron(8), init, ifupdown, networkd-dispatcher, login shells. */
export const SCRIPT =
  /^\/etc\/(cron\.(hourly|daily|weekly|monthly)|init\.d|rcS\.d|rc[0-6]\.d|network\/if-[a-z-]+\.d|networkd-dispatcher\/[a-z.]+|NetworkManager\/dispatcher\.d|dhcp\/dhclient-[a-z-]+\.d|profile\.d|kernel\/[a-z.-]+\.d|acpi)\/|^\/etc\/(rc\.local|profile|bash\.bashrc|environment\.sh)$|\/systemd\/system-(sleep|shutdown)\//;
export const TABLE = /^\/etc\/(crontab|cron\.d\/[^/]+|anacrontab)$|^\/var\/spool\/cron\//;

/** Files that make the system do what no command of the payload says, in forms this engine does not follow. */
export const UNREAD: readonly (readonly [RegExp, RegExp, string])[] = [
  [
    /\/udev\/rules\.d\//,
    /^(?!\s*#)(?!.*SUBSYSTEM=="net").*(RUN|PROGRAM|IMPORT\{(program|builtin)\}|SYMLINK|NAME=)/m,
    'a rule of udev that runs or names something',
  ],
  [/\/systemd\/(system|user)-(environment-)?generators\//, /./, 'a generator of units'],
  [/\/systemd\/(system|user)\/[^/]+\.(wants|requires|upholds)\//, /./, 'a unit in the folder of a dependency'],
  [
    /\/systemd\/(system|user)\.conf(\.d\/|$)/,
    /^\s*(DefaultEnvironment|ManagerEnvironment)\s*=/m,
    'an environment for all units',
  ],
  [/^\/etc\/ld\.so\.preload$/, /./, 'a library that every program loads'],
  [
    /^\/etc\/cloud\//,
    /^\s*(runcmd|bootcmd|write_files|mounts|fs_setup|disk_setup|cloud_\w+_modules|datasource\w*)\s*:/m,
    'a configuration of cloud-init itself',
  ],
  [/^\/etc\/apt\/apt\.conf/, /(Pre|Post)-Invoke|Pre-Install-Pkgs|Proxy-Auto-Detect|::Run\b/i, 'a command of apt'],
  [/\/modprobe\.d\//, /^\s*(install|remove)\s+\S+\s+(?!\/bin\/(true|false))/m, 'a command of modprobe'],
  [/\/repart\.d\/|^\/etc\/(initramfs-tools|dracut)/, /./, 'what is done to disks before the system starts'],
  [/^\/etc\/(pam\.d\/|security\/pam_)/, /pam_exec/, 'a program of PAM'],
];

/** Whether the system does something because a file lies at this path. */
export function isHook(path: string): boolean {
  return SCRIPT.test(path) || TABLE.test(path) || UNREAD.some(([place]) => place.test(path));
}

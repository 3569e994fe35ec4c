const QUOTED = `(?:"([^"\\\\]+)"|'([^'\\\\]+)')`;
const FORMS = [
  new RegExp(`^${QUOTED}\\s+in\\s+disk\\.symlinks$`),
  new RegExp(`^disk\\.symlinks\\.exists\\(\\s*([a-z]\\w*)\\s*,\\s*\\1\\s*==\\s*${QUOTED}\\s*\\)$`),
  new RegExp(`^disk\\.dev_path\\s*==\\s*${QUOTED}$`),
];

/** The disk Talos runs from, by a name that is no volume's. */
const SYSTEM_DISK = '/dev/sda';

/**
 * The device that a selector of Talos certainly means: an expression in CEL whose conditions, joined by `&&`, name one path. Undefined for
 * everything else, since several disks may match.
 */
export function diskOf(selector: string | undefined): string | undefined {
  if (selector === undefined || selector.length > 2000 || selector.includes('||')) return undefined;
  const conditions = selector.split('&&').map((each) =>
    each
      .trim()
      .replace(/^\(([^()]*)\)$/, '$1')
      .trim(),
  );
  if (conditions.includes('system_disk')) return SYSTEM_DISK;
  const paths = conditions.flatMap((condition) => {
    for (const form of FORMS) {
      const path = form
        .exec(condition)
        ?.filter((group) => group !== undefined)
        .at(-1);
      if (path !== undefined) return [path];
    }
    return [];
  });
  const [first] = new Set(paths);
  return new Set(paths).size === 1 && first?.startsWith('/') === true ? first : undefined;
}

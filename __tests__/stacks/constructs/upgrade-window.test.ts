import { upgradeWindow } from '../../../stacks/constructs/upgrade-window.ts';
import { shipped } from '../built.ts';

const config = shipped('example.yaml');
const names = ['edge', 'logs', 'errors', 'backups', 'tang-fsn1', 'tang-nbg1', 'tang-hel1'];

test('windows of the example', () => {
  expect(Object.fromEntries(names.map((name) => [name, upgradeWindow(config, name).calendar]))).toMatchInlineSnapshot(`
    {
      "backups": "Mon,Wed,Fri *-*-* 04:00",
      "edge": "Mon,Wed,Fri *-*-* 01:00",
      "errors": "Mon,Wed,Fri *-*-* 03:00",
      "logs": "Mon,Wed,Fri *-*-* 02:00",
      "tang-fsn1": "Tue *-*-* 01:00",
      "tang-hel1": "Sat *-*-* 01:00",
      "tang-nbg1": "Thu *-*-* 01:00",
    }
  `);
});

test.each([3, 5, 9])(
  'no two of %s key servers and the hosts share a window, and key servers no day with a host',
  (count) => {
    const many = shipped('example.yaml', (each) => {
      const [first] = each.keys.servers;
      each.keys.servers = Array.from({ length: count }, (_, index) => ({
        ...(first as NonNullable<typeof first>),
        name: `tang-${index}`,
      }));
    });
    const hosts = names.slice(0, 4).map((name) => upgradeWindow(many, name));
    const keys = many.keys.servers.map(({ name }) => upgradeWindow(many, name));
    const slots = [...hosts, ...keys].flatMap(({ days, reboot }) => days.split('; ').map((day) => `${day} ${reboot}`));
    expect(new Set(slots).size).toBe(slots.length);
    const hostDays = new Set(hosts.flatMap(({ days }) => days.split('; ')));
    for (const { days } of keys) expect(hostDays.has(days)).toBe(false);
  },
);

test('a server the configuration does not have is a mistake', () => {
  expect(() => upgradeWindow(config, 'nobody')).toThrow('no server nobody in the configuration');
});

import { Client, fault } from '../../client.ts';

const PASSWORD = 'Correct-horse-7';
const body = { name: 'b', storage_box_type: 'bx11', location: 'hel1', password: PASSWORD };

const make = (client: Client, extra: object = {}): number =>
  client.post('/storage_boxes', { ...body, ...extra }).json.storage_box.id;
const shown = (client: Client, id: number) => client.get(`/storage_boxes/${id}`).json.storage_box;
const act = (client: Client, id: number, verb: string, what: object = {}) =>
  client.post(`/storage_boxes/${id}/actions/${verb}`, what);

test('it has a name and a server when it is ready, and its password is kept nowhere', () => {
  const client = new Client({ speed: 1 });
  const made = client.post('/storage_boxes', body).json;
  expect(made.action).toMatchObject({ command: 'create', status: 'running' });
  expect(made.storage_box).toMatchObject({ status: 'initializing', username: null, server: null, system: null });
  const { id } = made.storage_box;
  expect(fault(client.post(`/storage_boxes/${id}/snapshots`))).toBe('423 locked');
  client.pass(10_000);
  expect(shown(client, id)).toMatchObject({
    status: 'active',
    username: `u${id}`,
    server: `u${id}.your-storagebox.de`,
    storage_box_type: { name: 'bx11' },
    access_settings: { reachable_externally: false, ssh_enabled: false, zfs_enabled: false },
  });
  expect(client.log.join()).not.toContain(PASSWORD);
  expect(client.strange).toEqual([]);
});

test.each([
  ['a type that is none', { storage_box_type: 'bx99' }, '422 invalid_input'],
  ['a location that is none', { location: 'moon' }, '422 invalid_input'],
  ['a location that has none', { location: 'nbg1' }, '412 resource_unavailable'],
  ['a short password', { password: 'Short-1' }, '422 invalid_input'],
  ['a password of letters', { password: 'abcdefghijklmnop' }, '422 invalid_input'],
  ['a key that is none', { ssh_keys: ['ssh-ed25519 AAAA'] }, '422 invalid_input'],
])('%s is refused', (_, extra, expected) => {
  const client = new Client();
  expect(fault(client.post('/storage_boxes', { ...body, ...extra }))).toBe(expected);
  expect(client.log).toEqual([]);
});

test('settings are changed in part, the type up and down, the plan on and off', () => {
  const client = new Client();
  const id = make(client, { access_settings: { ssh_enabled: true } });
  act(client, id, 'update_access_settings', { zfs_enabled: true });
  expect(shown(client, id).access_settings).toMatchObject({ ssh_enabled: true, zfs_enabled: true });
  expect(fault(act(client, id, 'update_access_settings', { readonly: true }))).toBe('422 invalid_input');
  act(client, id, 'change_type', { storage_box_type: 'bx21' });
  expect(shown(client, id).storage_box_type.name).toBe('bx21');
  const plan = { max_snapshots: 10, minute: 0, hour: 3 };
  act(client, id, 'enable_snapshot_plan', { ...plan, day_of_week: 5 });
  expect(shown(client, id).snapshot_plan).toEqual({ ...plan, day_of_week: 5, day_of_month: null });
  expect(fault(act(client, id, 'enable_snapshot_plan', { ...plan, max_snapshots: 21 }))).toBe('422 invalid_input');
  act(client, id, 'disable_snapshot_plan');
  expect(shown(client, id).snapshot_plan).toBeNull();
  expect(fault(act(client, id, 'reset_password', { password: 'short' }))).toBe('422 invalid_input');
  expect(act(client, id, 'reset_password', { password: `${PASSWORD}x` }).status).toBe(201);
  expect(client.strange).toEqual([]);
});

test('protection; what belongs to it goes with it', () => {
  const client = new Client();
  const id = make(client);
  const snapshot = client.post(`/storage_boxes/${id}/snapshots`).json.snapshot.id;
  act(client, id, 'change_protection', { delete: true });
  expect(fault(client.delete(`/storage_boxes/${id}`))).toBe('423 protected');
  act(client, id, 'change_protection', { delete: false });
  expect(client.delete(`/storage_boxes/${id}`).status).toBe(201);
  expect(fault(client.get(`/storage_boxes/${id}/snapshots/${snapshot}`))).toBe('404 not_found');
  expect(client.get('/storage_boxes').json.storage_boxes).toEqual([]);
  expect(client.sandbox.count()).toMatchObject({ main: 0 });
});

describe('snapshots', () => {
  test('named by their second, listed without pages, changed, and gone when newer than a rollback', () => {
    const client = new Client();
    const id = make(client);
    const create = (description: string) =>
      client.post(`/storage_boxes/${id}/snapshots`, { description, labels: { of: description } }).json.snapshot.id;
    const [first, second] = [create('one'), create('two')];
    client.pass(60_000);
    const third = create('three');
    const list = (query = '') =>
      client.get(`/storage_boxes/${id}/snapshots${query}`).json.snapshots.map((each: { id: number }) => each.id);
    expect(list()).toEqual([first, second, third]);
    expect(list('?sort=name:desc')).toEqual([third, second, first]);
    expect(list('?label_selector=of%3Dtwo')).toEqual([second]);
    expect(list('?is_automatic=true')).toEqual([]);
    expect(list('?name=2026-06-01T12-00-00')).toEqual([first]);
    client.put(`/storage_boxes/${id}/snapshots/${first}`, { description: 'uno' });
    const { snapshot } = client.get(`/storage_boxes/${id}/snapshots/${first}`).json;
    expect(snapshot).toMatchObject({ description: 'uno', labels: { of: 'one' }, storage_box: id });
    expect(act(client, id, 'rollback_snapshot', { snapshot: second }).status).toBe(201);
    expect(list()).toEqual([first, second]);
    expect(act(client, id, 'rollback_snapshot', { snapshot: snapshot.name }).status).toBe(201);
    expect(list()).toEqual([first]);
    expect(fault(act(client, id, 'rollback_snapshot', { snapshot: third }))).toBe('404 not_found');
    expect(client.delete(`/storage_boxes/${id}/snapshots/${first}`).status).toBe(201);
    expect(list()).toEqual([]);
    expect(client.strange).toEqual([]);
  });

  test('as many as the type has, and only of this box', () => {
    const client = new Client();
    const [id, other] = [make(client), make(client, { name: 'c' })];
    const made = Array.from({ length: 10 }, () => client.post(`/storage_boxes/${id}/snapshots`).json.snapshot.id);
    expect(
      new Set(client.get(`/storage_boxes/${id}/snapshots`).json.snapshots.map((each: { name: string }) => each.name))
        .size,
    ).toBe(10);
    expect(fault(client.post(`/storage_boxes/${id}/snapshots`))).toBe('403 resource_limit_exceeded');
    expect(fault(client.get(`/storage_boxes/${other}/snapshots/${made[0]}`))).toBe('404 not_found');
  });
});

describe('subaccounts', () => {
  const account = { home_directory: 'backup/db', password: PASSWORD };

  test('numbered, with a home of their own, changed and gone', () => {
    const client = new Client();
    const id = make(client);
    const create = (extra: object = {}) => client.post(`/storage_boxes/${id}/subaccounts`, { ...account, ...extra });
    const first = create().json.subaccount.id;
    create({ name: 'two', home_directory: 'backup/files' });
    const path = `/storage_boxes/${id}/subaccounts/${first}`;
    expect(client.get(path).json.subaccount).toMatchObject({
      username: `u${id}-sub1`,
      name: `u${id}-sub1`,
      server: `u${id}-sub1.your-storagebox.de`,
      home_directory: 'backup/db',
      description: '',
      access_settings: { readonly: false, ssh_enabled: false },
    });
    expect(fault(create({ name: 'two' }))).toBe('409 uniqueness_error');
    expect(fault(client.put(path, { name: 'two' }))).toBe('409 uniqueness_error');
    expect(client.put(path, { name: 'one', labels: { a: 'b' } }).json.subaccount).toMatchObject({ name: 'one' });
    const change = (verb: string, what: object) => client.post(`${path}/actions/${verb}`, what);
    change('update_access_settings', { readonly: true });
    change('change_home_directory', { home_directory: 'elsewhere' });
    expect(client.get(path).json.subaccount).toMatchObject({
      home_directory: 'elsewhere',
      access_settings: { readonly: true, ssh_enabled: false },
    });
    expect(fault(change('update_access_settings', { zfs_enabled: true }))).toBe('422 invalid_input');
    expect(fault(change('change_home_directory', { home_directory: '../x' }))).toBe('422 invalid_input');
    expect(fault(change('reset_subaccount_password', { password: 'x' }))).toBe('422 invalid_input');
    expect(change('reset_subaccount_password', { password: PASSWORD }).status).toBe(201);
    const folders = (query = '') => client.get(`/storage_boxes/${id}/folders${query}`);
    expect(folders().json.folders).toEqual(['backup', 'elsewhere']);
    expect(folders('?path=backup').json.folders).toEqual(['files']);
    expect(fault(folders('?path=nothing'))).toBe('404 not_found');
    expect(client.get(`/storage_boxes/${id}/subaccounts?username=u${id}-sub2`).json.subaccounts).toHaveLength(1);
    expect(client.delete(path).status).toBe(201);
    expect(fault(client.get(path))).toBe('404 not_found');
    // The number that is free again is given away again.
    expect(client.get(`/storage_boxes/${id}/subaccounts/${create().json.subaccount.id}`).json.subaccount.username).toBe(
      `u${id}-sub1`,
    );
    expect(client.log.join()).not.toContain(PASSWORD);
    expect(client.strange).toEqual([]);
  });
});

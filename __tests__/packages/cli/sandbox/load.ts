// biome-ignore lint/suspicious/noExplicitAny: answers are JSON of many forms, read by tests alone
type Json = any;

/** A sandbox that runs, and what a client of it needs. */
export interface Served {
  readonly endpoint: string;
  readonly token: string;
}

/** What a client was told of an object, and what it asked for without hearing of it. */
interface Known {
  readonly path: '/servers' | '/volumes';
  readonly name: string;
  id: number | undefined;
  /** Absent: never made, or deleted. */
  state: State | undefined;
  /** Requests under way when the connection ended: either state may be found. */
  pending: State | undefined | 'nothing';
}

interface State {
  readonly version: string;
  readonly server: number | null;
}

/**
 * Clients that do what an apply does — make servers and volumes, label, attach, poll, delete — and remember what was
 * acknowledged. `broken` names what a sandbox afterwards does not show.
 */
export class Load {
  private readonly objects: Known[] = [];
  private count = 0;
  acknowledged = 0;

  /** One client, until the sandbox no longer answers. */
  async client(served: Served, random: () => number): Promise<void> {
    const own: Known[] = [];
    try {
      for (;;) await this.step(served, own, random);
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
  }

  private async step(served: Served, own: Known[], random: () => number): Promise<void> {
    const volumes = own.filter(({ path, state }) => path === '/volumes' && state !== undefined);
    const servers = own.filter(({ path, state }) => path === '/servers' && state !== undefined);
    const volume = volumes[Math.floor(random() * volumes.length)];
    const server = servers[Math.floor(random() * servers.length)];
    const dice = random();
    if (volume === undefined || dice < 0.25) return this.make(served, own, '/volumes');
    if (server === undefined || dice < 0.35) return this.make(served, own, '/servers');
    if (dice < 0.6) {
      const version = String(this.next());
      const labels = { version };
      return this.change(served, 'PUT', '', volume, { labels }, { ...(volume.state as State), version });
    }
    if (dice < 0.8 && volume.state?.server === null)
      return this.change(
        served,
        'POST',
        '/actions/attach',
        volume,
        { server: server.id },
        { ...volume.state, server: server.id as number },
      );
    if (dice < 0.9 && volume.state?.server === null)
      return this.change(served, 'DELETE', '', volume, undefined, undefined);
    await ask(served, 'GET', `/volumes/${volume.id}`);
  }

  private async make(served: Served, own: Known[], path: Known['path']): Promise<void> {
    const version = String(this.next());
    const name = `${path === '/servers' ? 's' : 'v'}-${version}`;
    const known: Known = { path, name, id: undefined, state: undefined, pending: { version, server: null } };
    this.objects.push(known);
    own.push(known);
    const more = path === '/servers' ? { server_type: 'cx23', image: 'debian-13' } : { size: 10 };
    const { status, json } = await ask(served, 'POST', path, { name, location: 'hel1', labels: { version }, ...more });
    if (status !== 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(json)}`);
    known.id = (json.server ?? json.volume).id;
    this.settle(known, { version, server: null });
  }

  private async change(
    served: Served,
    method: string,
    verb: string,
    known: Known,
    body: unknown,
    then: State | undefined,
  ): Promise<void> {
    known.pending = then;
    const { status } = await ask(served, method, `${known.path}/${known.id}${verb}`, body);
    // Locked, for instance: refused, so nothing happened.
    this.settle(known, status < 300 ? then : known.state, status < 300);
  }

  private settle(known: Known, state: State | undefined, done = true): void {
    known.state = state;
    known.pending = 'nothing';
    if (done) this.acknowledged += 1;
  }

  private next(): number {
    this.count += 1;
    return this.count;
  }

  /** Compares a sandbox with what was acknowledged, and takes over what it shows of requests nobody heard of. */
  async broken(served: Served, which: 'last' | 'all'): Promise<readonly string[]> {
    const wanted = which === 'all' ? this.objects : this.objects.splice(this.seen);
    if (which === 'last') this.objects.push(...wanted);
    this.seen = this.objects.length;
    const found: string[] = [];
    for (const known of wanted) {
      const { json } = await ask(served, 'GET', `${known.path}?name=${known.name}`);
      const object = (json.servers ?? json.volumes)[0] as Json;
      const shown: State | undefined =
        object === undefined ? undefined : { version: object.labels.version, server: object.server ?? null };
      const allowed = [known.state, ...(known.pending === 'nothing' ? [] : [known.pending])];
      if (!allowed.some((each) => JSON.stringify(each) === JSON.stringify(shown)))
        found.push(`${known.name}: shown ${JSON.stringify(shown)}, acknowledged ${JSON.stringify(known.state)}`);
      known.state = shown;
      known.pending = 'nothing';
    }
    return found;
  }
  private seen = 0;
}

/** The sandbox does not answer any more. */
class Gone extends Error {}

async function ask(
  { endpoint, token }: Served,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; json: Json }> {
  try {
    const answer = await fetch(`${endpoint}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
  } catch {
    throw new Gone();
  }
}

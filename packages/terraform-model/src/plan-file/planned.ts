import { bracket } from '../configuration/instance.ts';
import { localName } from '../configuration/resources.ts';
import { entriesOf, type ResourceChange } from '../plan/format.ts';
import { instanceAddress } from './address.ts';
import { type Planned, readMsgpack } from './msgpack.ts';
import { Message, textOf, WireError } from './protobuf.ts';

/** What the plan inside a binary plan file says: the same as `terraform show -json` prints of it, but for what only schemas tell. */
export interface BinaryPlan {
  readonly terraformVersion: string | undefined;
  readonly changes: readonly ResourceChange[];
  readonly variables: ReadonlyMap<string, unknown>;
  /** Ended with an error: it is not whole, and cannot be applied. */
  readonly errored: boolean;
  /** Made with `-target` or `-exclude`, or with changes put off. */
  readonly partial: boolean;
}

/** Numbers of the fields that are read, by message: planfile.proto of terraform 0.12 to 1.14 and of OpenTofu 1.6 to 1.12. */
const PLAN = {
  version: 1,
  variables: 2,
  changes: 3,
  targets: 5,
  excludes: 6,
  terraformVersion: 14,
  errored: 20,
  deferred: 27,
  actionTargets: 32,
};
const CHANGE = {
  module: 1,
  mode: 2,
  type: 3,
  name: 4,
  text: 5,
  number: 6,
  deposed: 7,
  provider: 8,
  change: 9,
  address: 13,
};
const VALUES = { action: 1, values: 2, beforeSensitive: 3, afterSensitive: 4 };

/** The only version of the format there has been since terraform 0.12. */
const FORMAT = 3;

/** In the order of the enumeration `Action`; 4 and 9 of OpenTofu never were written. */
const ACTIONS: ReadonlyMap<number, readonly string[]> = new Map([
  [0, ['no-op']],
  [1, ['create']],
  [2, ['read']],
  [3, ['update']],
  [5, ['delete']],
  [6, ['delete', 'create']],
  [7, ['create', 'delete']],
  [8, ['forget']],
  [9, ['create', 'forget']],
  [10, ['forget', 'create']],
]);

/**
 * Reads the entry `tfplan` of a plan file: protocol buffers whose values are MessagePack.
 * @throws WireError for bytes that are no such message, or of a format that is not known
 */
export function readPlanned(bytes: Uint8Array): BinaryPlan {
  const plan = new Message(bytes);
  const format = plan.number(PLAN.version);
  if (format !== FORMAT) throw new WireError(`plan format ${format}; format ${FORMAT} is read`);
  const version = plan.text(PLAN.terraformVersion);
  return {
    terraformVersion: version === '' ? undefined : version,
    changes: plan.all(PLAN.changes).map((each) => changeOf(new Message(each))),
    variables: new Map(plan.all(PLAN.variables).map(variableOf)),
    errored: plan.number(PLAN.errored) !== 0,
    partial: [PLAN.targets, PLAN.excludes, PLAN.deferred, PLAN.actionTargets].some((field) => plan.has(field)),
  };
}

/** An entry of a map is a message of a key and a value. */
function variableOf(bytes: Uint8Array): [string, unknown] {
  const entry = new Message(bytes);
  const value = entry.message(2);
  return [entry.text(1), value === undefined ? null : (dynamic(value).value ?? null)];
}

function dynamic(value: Message): Planned {
  return readMsgpack(value.bytes(1) ?? new Uint8Array([0xc0]));
}

function changeOf(message: Message): ResourceChange {
  const { module, mode, type, name, index, address } = addressOf(message);
  const deposed = message.text(CHANGE.deposed);
  const provider =
    /provider\["([^"]+)"\]/.exec(message.text(CHANGE.provider))?.[1] ??
    /provider\.([\w-]+)/.exec(message.text(CHANGE.provider))?.[1];
  const change = message.message(CHANGE.change);
  if (change === undefined) throw new WireError(`${address} has no change`);
  return {
    address,
    mode,
    type,
    name,
    ...(module === '' ? {} : { module_address: module }),
    ...(index === undefined ? {} : { index }),
    ...(provider === undefined ? {} : { provider_name: provider }),
    ...(deposed === '' ? {} : { deposed }),
    change: valuesOf(change, address),
  };
}

function addressOf(message: Message): ReturnType<typeof instanceAddress> & { readonly address: string } {
  const address = message.text(CHANGE.address);
  if (address !== '') return { ...instanceAddress(address), address };
  // Until terraform 1.0 the parts stood in fields of their own.
  const module = message.text(CHANGE.module);
  const mode = message.number(CHANGE.mode) === 1 ? 'data' : 'managed';
  const [type, name] = [message.text(CHANGE.type), message.text(CHANGE.name)];
  if (type === '' || name === '') throw new WireError('a change of a resource without address');
  const index =
    message.bytes(CHANGE.text) !== undefined
      ? message.text(CHANGE.text)
      : message.has(CHANGE.number)
        ? message.number(CHANGE.number)
        : undefined;
  const prefix = module === '' ? '' : `${module}.`;
  return { module, mode, type, name, index, address: `${prefix}${localName(mode, type, name)}${bracket(index)}` };
}

function valuesOf(change: Message, address: string): ResourceChange['change'] {
  const action = change.number(VALUES.action);
  const actions = ACTIONS.get(action);
  if (actions === undefined)
    throw new WireError(`${address} has the action ${action}, which is not known; use a newer lukko`);
  const values = change.all(VALUES.values).map((each) => dynamic(new Message(each)));
  const [first, second] = values;
  const alone = actions.length === 1;
  const gone = alone && (actions[0] === 'delete' || actions[0] === 'forget');
  // One value of a change without change is both; else before, after, or both, in that order.
  const before = alone && (actions[0] === 'create' || actions[0] === 'read') && values.length < 2 ? undefined : first;
  const after = gone ? undefined : values.length > 1 ? second : first;
  if (!gone && (after?.value === null || typeof after?.value !== 'object' || Array.isArray(after.value)))
    throw new WireError(`${address} has no planned values`);
  return {
    actions,
    before: before?.value ?? null,
    after: after?.value ?? null,
    after_unknown: after?.unknown ?? {},
    before_sensitive: withSecrets(marks(change.all(VALUES.beforeSensitive)), before?.value),
    after_sensitive: withSecrets(marks(change.all(VALUES.afterSensitive)), after?.value),
  };
}

/** How providers call arguments that their schemas mark as sensitive: a plan file has no schemas, so more is hidden than must be, never less. */
const SECRET =
  /(^|_)(password|passwd|passphrase|private_key(_pem|_openssh)?|secret|secret_key|access_key|api_key|token|credentials)$/;

function withSecrets(marks: unknown, values: unknown): unknown {
  return entriesOf(values)
    .filter(([name, value]) => SECRET.test(name) && value !== null)
    .reduce((all, [name]) => marked(all, [name]), marks);
}

/** Paths of sensitive values in the shape `after_sensitive` has: `true` where a value is marked; an element of a set marks the whole set. */
function marks(paths: readonly Uint8Array[]): unknown {
  let root: unknown = {};
  for (const path of paths) {
    const steps: (string | number)[] = [];
    for (const bytes of new Message(path).all(1)) {
      const step = new Message(bytes);
      const key = step.message(2);
      const value = key === undefined ? textOf(step.bytes(1) ?? new Uint8Array()) : dynamic(key).value;
      if (
        typeof value !== 'string' &&
        !(typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e6)
      )
        break;
      steps.push(value);
    }
    root = marked(root, steps);
  }
  return root;
}

function marked(holder: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined || holder === true) return true;
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(holder) ? [...holder] : [];
    list[step] = marked(list[step], rest);
    return list;
  }
  const entries: Record<string, unknown> = Object.assign(Object.create(null), holder);
  entries[step] = marked(entries[step], rest);
  return entries;
}

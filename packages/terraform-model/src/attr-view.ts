import type { Attr } from './attr.ts';
import { itemsOf, navigate } from './navigate.ts';
import type { Path, Reference, Value } from './value.ts';
import { pathText, referencesOf, unset } from './values.ts';

/** The one implementation of `Attr`; made when asked for, never stored by the model. */
export class AttrView implements Attr {
  readonly owner: string;
  readonly path: Path;
  readonly value: Value;
  #at: string | undefined;

  constructor(owner: string, path: Path, value: Value) {
    this.owner = owner;
    this.path = path;
    // A written null means the same to Terraform as nothing written.
    this.value = value.state === 'known' && value.value === null ? unset : value;
  }

  /** Made when asked for: most attributes are looked at, and not named. */
  get at(): string {
    this.#at ??= qualified(this.owner, this.path);
    return this.#at;
  }

  get references(): readonly Reference[] {
    return referencesOf(this.value);
  }

  get text(): string | undefined {
    return this.value.state === 'known' ? String(this.value.value) : undefined;
  }

  attr(...path: Path): Attr {
    let view: AttrView = this;
    for (const step of path) view = view.#child(step, navigate(view.value, step));
    return view;
  }

  items(): readonly Attr[] {
    return itemsOf(this.value).map((item, index) => this.#child(index, item));
  }

  #child(step: string | number, value: Value): AttrView {
    return new AttrView(this.owner, [...this.path, step], value);
  }
}

function qualified(owner: string, path: Path): string {
  const below = pathText(path);
  if (below === '') return owner;
  return below.startsWith('[') ? `${owner}${below}` : `${owner}.${below}`;
}

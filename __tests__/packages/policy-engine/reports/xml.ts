/** An element of XML, read strictly: what is not well-formed throws. Enough of https://www.w3.org/TR/xml/ for JUnit. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function parseXml(source: string): Element {
  const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
  if (!allowed.test(source)) throw new Error('a character that XML 1.0 does not have');
  let at = source.indexOf('?>') + 2;
  const take = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match === null) throw new Error(`not well-formed at ${at}: ${JSON.stringify(source.slice(at, at + 40))}`);
    at += match[0].length;
    return match;
  };
  const plain = (text: string) =>
    text.replace(/&(?:(\w+);)?/g, (_, name: string | undefined) => {
      const found = name === undefined ? undefined : entities[name];
      if (found === undefined) throw new Error(`an entity that is none: &${name}`);
      return found;
    });
  const element = (): Element => {
    const [, name = '', list = '', end] = take(/\s*<([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/y);
    const attributes = Object.fromEntries(
      [...list.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, plain(value)]),
    );
    const children: Element[] = [];
    let text = '';
    if (end === '/') return { name, attributes, children, text };
    while (!source.startsWith('</', at)) {
      text += plain(take(/[^<]*/y)[0]);
      if (source[at] === '<' && source[at + 1] !== '/') children.push(element());
    }
    take(new RegExp(`</${name}>`, 'y'));
    return { name, attributes, children, text };
  };
  const root = element();
  take(/\s*$/y);
  return root;
}

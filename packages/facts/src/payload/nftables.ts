/** A ruleset as nft(8) loads it from a file, as far as its text tells. */
export interface NftRuleset {
  readonly chains: readonly NftChain[];
  readonly unread: readonly { readonly line: number; readonly why: string }[];
}

export interface NftChain {
  /** `inet`, `ip`, `ip6`, `arp`, `bridge`, `netdev`. */
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Base chains only: `filter`, `nat`, `route`; and `input`, `forward`, `output`, `prerouting`, … */
  readonly type: string | undefined;
  readonly hook: string | undefined;
  /** nft(8): `accept` when nothing is written. */
  readonly policy: string;
  readonly rules: readonly NftRule[];
  readonly line: number;
}

export interface NftRule {
  /** Words, operators and anonymous sets (`{ 80, 443 }`, as one word); variables of the file are replaced. */
  readonly words: readonly string[];
  readonly line: number;
}

type Token = { readonly text: string; readonly line: number; readonly kind: 'word' | '{' | '}' | 'end' };
type Draft = { -readonly [K in keyof NftChain]: NftChain[K] } & { rules: NftRule[] };

const FAMILIES = /^(inet|ip|ip6|arp|bridge|netdev)$/;
const BLOCK = /^(table|chain|set|map|flowtable|counter|quota|limit|secmark|synproxy|ct)$/;
const MOST_RULES = 20_000;

/**
 * Reads an nftables file (nft(8), *Input file format*): tables with their chains, `add rule` lines, `define` variables. What it includes, or does
 * in another way, is unread; nothing is thrown.
 */
export function parseNftables(text: string): NftRuleset {
  const reader = new Reader();
  for (const token of tokens(text)) reader.take(token);
  return reader.result();
}

class Reader {
  private readonly chains: Draft[] = [];
  private readonly unread: { line: number; why: string }[] = [];
  private readonly variables = new Map<string, string>();
  private statement: Token[] = [];
  /** The braces that are open: blocks by their header, and how deep an anonymous set is. */
  private readonly open: { readonly kind: string; readonly words: readonly string[]; readonly chain?: Draft }[] = [];
  private inSet = 0;
  private rules = 0;

  take(token: Token): void {
    if (this.inSet > 0) {
      if (token.kind === '{') this.inSet += 1;
      if (token.kind === '}') this.inSet -= 1;
      if (token.kind !== 'end') this.statement.push(token);
      return;
    }
    if (token.kind === 'word') this.statement.push(token);
    else if (token.kind === 'end') this.end();
    else if (token.kind === '}') this.close(token);
    else if (this.opens()) this.enter();
    else {
      this.statement.push(token);
      this.inSet = 1;
    }
  }

  result(): NftRuleset {
    this.end();
    if (this.open.length > 0) this.unread.push({ line: 1, why: 'a brace that is not closed' });
    return { chains: this.chains, unread: this.unread };
  }

  private opens(): boolean {
    const words = this.words().filter((word) => word !== 'add' && word !== 'create');
    return words.length <= 5 && BLOCK.test(words[0] ?? '') && this.open[this.open.length - 1]?.kind !== 'chain';
  }

  private words(): string[] {
    return this.statement.map(({ text }) => text);
  }

  private enter(): void {
    const words = this.words().filter((word) => word !== 'add' && word !== 'create');
    const line = this.statement[0]?.line ?? 1;
    const [kind = '', ...named] = words;
    this.statement = [];
    if (kind !== 'chain') {
      this.open.push({ kind, words: named });
      return;
    }
    const outer = this.open.find((each) => each.kind === 'table')?.words;
    const chain = this.chainOf(outer === undefined ? named : [...outer, ...named], line);
    this.open.push({ kind, words: named, chain });
  }

  /** `[family] table chain`. */
  private chainOf(words: readonly string[], line: number): Draft {
    const [family = 'ip', table = '', name = ''] = FAMILIES.test(words[0] ?? '') ? words : ['ip', ...words];
    const known = this.chains.find((each) => each.family === family && each.table === table && each.name === name);
    if (known !== undefined) return known;
    const chain: Draft = { family, table, name, type: undefined, hook: undefined, policy: 'accept', rules: [], line };
    this.chains.push(chain);
    return chain;
  }

  private close({ line }: Token): void {
    this.end();
    if (this.open.pop() === undefined) this.unread.push({ line, why: 'a closing brace without an opening one' });
  }

  private end(): void {
    const words = joined(this.statement, this.variables);
    const line = this.statement[0]?.line ?? 1;
    this.statement = [];
    if (words.length === 0) return;
    const inside = this.open[this.open.length - 1];
    if (inside?.chain !== undefined) this.inChain(inside.chain, words, line);
    else if (inside === undefined) this.atTop(words, line);
    else if (
      inside.kind === 'table' &&
      words[0] !== 'comment' &&
      (words[0] !== 'flags' || words.join(' ').includes('dormant'))
    )
      this.fail(line, words);
  }

  private fail(line: number, words: readonly string[]): void {
    this.unread.push({ line, why: `${words.slice(0, 2).join(' ')}: not followed` });
  }

  private inChain(chain: Draft, words: readonly string[], line: number): void {
    const [first, second] = words;
    if (first === 'type') {
      chain.type = second;
      chain.hook = words[words.indexOf('hook') + 1];
    } else if (first === 'policy') {
      chain.policy = second ?? 'accept';
    } else if (first !== 'comment') {
      this.add(chain, words, line);
    }
  }

  private add(chain: Draft, words: readonly string[], line: number): void {
    this.rules += 1;
    if (this.rules <= MOST_RULES) chain.rules.push({ words, line });
    else if (this.rules === MOST_RULES + 1) this.unread.push({ line, why: `more than ${MOST_RULES} rules` });
  }

  private atTop(words: readonly string[], line: number): void {
    const [first, second, ...rest] = words;
    if (first === 'define' || first === 'redefine') {
      const [name = '', , ...value] = [second, ...rest];
      this.variables.set(`$${name}`, value.join(' '));
    } else if ((first === 'add' || first === 'insert') && second === 'rule') {
      const names = FAMILIES.test(rest[0] ?? '') ? 3 : 2;
      const chain = this.chainOf(rest.slice(0, names), line);
      if (first === 'insert') this.fail(line, words);
      this.add(chain, rest.slice(names), line);
    } else if (first === 'add' && (second === 'table' || second === 'element' || second === 'set')) {
      // What a table or a set holds beside decides no rule's form.
    } else if (
      !(
        (first === 'flush' && second === 'ruleset' && this.chains.length === 0) ||
        (first === 'table' && words.length <= 3)
      )
    ) {
      this.fail(line, words);
    }
  }
}

/** Words of a statement; an anonymous set becomes one word, a variable its value. */
function joined(statement: readonly Token[], variables: ReadonlyMap<string, string>): string[] {
  const words: string[] = [];
  let depth = 0;
  for (const { text, kind } of statement) {
    const word = text.startsWith('$') ? (variables.get(text) ?? text) : text;
    if (depth === 0 && kind !== '}') words.push(word);
    else words[words.length - 1] += ` ${word}`;
    if (kind === '{') depth += 1;
    if (kind === '}') depth -= 1;
  }
  return words;
}

function* tokens(text: string): Generator<Token> {
  let line = 1;
  const pattern = /\\\r?\n|[ \t\r]+|#[^\n]*|"[^"\n]*"|[{};\n]|[^\s{};#"]+|"/g;
  for (const [piece] of text.matchAll(pattern)) {
    if (piece === '{' || piece === '}') yield { text: piece, line, kind: piece };
    else if (piece === ';' || piece === '\n') yield { text: piece, line, kind: 'end' };
    else if (!/^([ \t\r\\]|#)/.test(piece)) yield { text: piece, line, kind: 'word' };
    line += piece.split('\n').length - 1;
  }
  yield { text: '', line, kind: 'end' };
}

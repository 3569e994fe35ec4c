import { byText } from '../memo.ts';
import {
  type Assignment,
  type Branch,
  type Clause,
  type List,
  type Node,
  type Part,
  type Redirect,
  ShellSyntaxError,
  type Word,
} from './shell-syntax.ts';
import { ShellCursor } from './shell-words.ts';

const RESERVED =
  /(?:if|then|elif|else|fi|while|until|do|done|for|case|esac|function|select|coproc|\{|\}|!|\[\[)(?=[\s;&|()<>]|$)/y;
const FUNCTION = /[A-Za-z_][A-Za-z0-9_.:-]*[ \t]*\([ \t]*\)/y;
const ASSIGNMENT = /[A-Za-z_][A-Za-z0-9_]*(?:\[[^\]\s]*\])?\+?=/y;
const CLOSERS = ['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}'];

/**
 * Reads a POSIX shell script (POSIX.1-2024, Shell Command Language §2.10), with those words of bash that hosts' scripts
 * use: `[[ … ]]`, `(( … ))`, arrays, `function`, process substitution, here-strings.
 *
 * @throws ShellSyntaxError where the script is not understood; the caller records it as unread, never as empty.
 */
export function parseShell(text: string, line = 1): List {
  const key = `${line}\n${text}`;
  const known = scripts.get(key);
  if (known !== undefined) return known;
  const fresh = new ShellParser(text, line).script();
  if (scripts.size >= 64) scripts.clear();
  scripts.set(key, fresh);
  return fresh;
}

const fromFirstLine = byText(parseShell);

/** The same, worked out once for a text that begins at its first line: hosts share most of their scripts. */
export function parsedShell(text: string, line: number): List {
  return line === 1 ? fromFirstLine(text) : parseShell(text, line);
}

/** Hosts share most of their scripts, so each is parsed once; the trees are never changed. */
const scripts = new Map<string, List>();

class ShellParser extends ShellCursor {
  script(): List {
    const nodes = this.list([]);
    if (!this.done) this.fail('a command');
    return nodes;
  }

  protected inner(text: string, line: number): List {
    const parser = new ShellParser(text, line);
    parser.inherit(this.level);
    return parser.script();
  }

  protected list(closing: readonly string[]): List {
    const nodes: Node[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.done || this.closes(closing)) return nodes;
      nodes.push(this.nested(() => this.andOr()));
      this.skipBlanks();
      if (this.at(';;') || this.at(';&')) return nodes;
      if (this.at(';') || this.at('&')) this.advance(1);
      else if (!this.at('\n') && !this.done && !this.closes(closing)) this.fail('the end of a command');
    }
  }

  private closes(closing: readonly string[]): boolean {
    if (closing.includes(')') && this.at(')')) return true;
    if (closing.includes(';;') && (this.at(';;') || this.at(';&'))) return true;
    const word = this.peek();
    if (word === undefined || !CLOSERS.includes(word)) return false;
    if (closing.includes(word)) return true;
    return this.fail(`${closing.join(' or ') || 'a command'}, found ${word}`);
  }

  private peek(): string | undefined {
    RESERVED.lastIndex = this.position;
    return RESERVED.exec(this.text)?.[0];
  }

  private andOr(): Node {
    const first = this.pipeline();
    const rest: { operator: '&&' | '||'; node: Node }[] = [];
    for (;;) {
      this.skipBlanks();
      const operator = this.at('&&') ? '&&' : this.at('||') ? '||' : undefined;
      if (operator === undefined) return rest.length === 0 ? first : { type: 'and-or', first, rest };
      this.advance(2);
      this.skipNewlines();
      rest.push({ operator, node: this.pipeline() });
    }
  }

  private pipeline(): Node {
    let negated = false;
    while (this.peek() === '!') {
      this.advance(1);
      this.skipBlanks();
      negated = !negated;
    }
    const nodes: Node[] = [this.command()];
    for (;;) {
      this.skipBlanks();
      if (!this.at('|') || this.at('||')) break;
      this.advance(this.at('|&') ? 2 : 1);
      this.skipNewlines();
      nodes.push(this.command());
    }
    const [only] = nodes;
    return only !== undefined && nodes.length === 1 && !negated ? only : { type: 'pipeline', negated, nodes };
  }

  private command(): Node {
    const { line } = this;
    const word = this.peek();
    switch (word) {
      case 'if':
        return this.conditional(line);
      case 'while':
      case 'until':
        return this.loop(word, line);
      case 'for':
        return this.forEach(line);
      case 'case':
        return this.choice(line);
      case '{':
        this.advance(1);
        return this.group('}', false);
      case '[[':
        return this.test(line);
      case 'function':
        this.advance(8);
        this.skipBlanks();
        return this.definition(this.take(/[A-Za-z_][A-Za-z0-9_.:-]*/y) ?? this.fail('a function name'));
      case undefined:
        break;
      default:
        return this.fail(`a command, found ${word}`);
    }
    if (this.at('((')) {
      this.arithmetic([]);
      return { type: 'test', words: [{ parts: [{ type: 'unknown' }], line }], line };
    }
    if (this.at('(')) {
      this.advance(1);
      return this.group(')', true);
    }
    const definition = this.take(FUNCTION);
    if (definition !== undefined) return this.definition(definition.replace(/[ \t()]+/g, ''));
    return this.simple(line);
  }

  private definition(name: string): Node {
    this.skipBlanks();
    if (this.at('(')) {
      this.advance(1);
      this.skipBlanks();
      this.expect(')');
    }
    this.skipNewlines();
    const body = this.nested(() => this.command());
    return { type: 'function', name, body: [body] };
  }

  private group(close: '}' | ')', subshell: boolean): Node {
    const body = this.list([close]);
    this.expect(close);
    return { type: 'group', body, subshell, redirects: this.redirects() };
  }

  private redirects(): Redirect[] {
    const redirects: Redirect[] = [];
    for (;;) {
      this.skipBlanks();
      const redirect = this.redirect();
      if (redirect === undefined) return redirects;
      redirects.push(redirect);
    }
  }

  private keyword(word: string): void {
    this.skipNewlines();
    if (this.peek() !== word) this.fail(word);
    this.advance(word.length);
  }

  private conditional(line: number): Node {
    const branches: Branch[] = [];
    let otherwise: List | undefined;
    let word = 'if';
    do {
      this.keyword(word);
      const condition = this.list(['then']);
      this.keyword('then');
      branches.push({ condition, body: this.list(['elif', 'else', 'fi']) });
      word = this.peek() ?? this.fail('fi');
    } while (word === 'elif');
    if (word === 'else') {
      this.keyword('else');
      otherwise = this.list(['fi']);
    }
    this.keyword('fi');
    return this.redirected({ type: 'if', branches, otherwise, line });
  }

  private redirected(node: Node): Node {
    const redirects = this.redirects();
    return redirects.length === 0 ? node : { type: 'group', body: [node], subshell: false, redirects };
  }

  private loop(word: 'while' | 'until', line: number): Node {
    this.keyword(word);
    const condition = this.list(['do']);
    return this.redirected({ type: 'while', until: word === 'until', condition, body: this.doGroup(), line });
  }

  private doGroup(): List {
    this.keyword('do');
    const body = this.list(['done']);
    this.keyword('done');
    return body;
  }

  private forEach(line: number): Node {
    this.keyword('for');
    this.skipBlanks();
    if (this.at('((')) {
      this.arithmetic([]);
      this.skipBlanks();
      if (this.at(';')) this.advance(1);
      return this.redirected({ type: 'for', name: '_', words: undefined, body: this.doGroup(), line });
    }
    const name = this.take(/[A-Za-z_][A-Za-z0-9_]*/y) ?? this.fail('a name after for');
    this.skipNewlines();
    const listed = this.take(/in(?=[\s;]|$)/y) !== undefined;
    const words = listed ? this.words() : undefined;
    this.skipBlanks();
    if (this.at(';')) this.advance(1);
    return this.redirected({ type: 'for', name, words, body: this.doGroup(), line });
  }

  private words(): Word[] {
    const words: Word[] = [];
    for (;;) {
      this.skipBlanks();
      const word = this.word();
      if (word === undefined) return words;
      words.push(word);
    }
  }

  private choice(line: number): Node {
    this.keyword('case');
    this.skipBlanks();
    const word = this.word() ?? this.fail('a word after case');
    this.keyword2('in');
    const clauses: Clause[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.peek() === 'esac') break;
      clauses.push(this.nested(() => this.clause()));
    }
    this.keyword('esac');
    return this.redirected({ type: 'case', word, clauses, line });
  }

  private keyword2(word: string): void {
    this.skipNewlines();
    this.expect(word);
  }

  private clause(): Clause {
    if (this.at('(')) this.advance(1);
    const patterns: Word[] = [];
    do {
      this.skipBlanks();
      patterns.push(this.word() ?? this.fail('a pattern'));
      this.skipBlanks();
    } while (this.take(/\|/y) !== undefined);
    this.expect(')');
    const body = this.list([';;', 'esac']);
    if (this.take(/;;&|;&/y) !== undefined)
      throw new ShellSyntaxError(this.line, ';; at the end of a clause (falling through is not evaluated)');
    if (this.at(';;')) this.advance(2);
    return { patterns, body };
  }

  /** `[[ … ]]`: its words, without the grammar of its operators. */
  private test(line: number): Node {
    this.advance(2);
    const words: Word[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.done) this.fail(']]');
      if (this.take(/\]\](?=[\s;&|)]|$)/y) !== undefined) return { type: 'test', words, line };
      const operator = this.take(/&&|\|\||[()<>|&;]/y);
      words.push(operator === undefined ? (this.word() ?? this.fail(']]')) : literal(operator, line));
    }
  }

  private simple(line: number): Node {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    for (;;) {
      this.skipBlanks();
      const redirect = this.redirect();
      if (redirect !== undefined) {
        redirects.push(redirect);
        continue;
      }
      const name = words.length === 0 || DECLARES.includes(textOf(words[0])) ? this.take(ASSIGNMENT) : undefined;
      if (name !== undefined) {
        assignments.push(this.assignment(name));
        continue;
      }
      const word = this.word();
      if (word === undefined) break;
      words.push(word);
    }
    if (assignments.length + words.length + redirects.length === 0) this.fail('a command');
    return { type: 'command', assignments, words, redirects, line };
  }

  private assignment(text: string): Assignment {
    const name = text.replace(/(\[.*)?\+?=$/, '');
    const plain = text === `${name}=`;
    if (this.at('(')) {
      this.advance(1);
      do {
        this.skipNewlines();
      } while (this.word() !== undefined);
      this.expect(')');
      return { name, value: undefined, other: true };
    }
    return { name, value: this.word(), other: !plain };
  }
}

/** Built-ins whose arguments are assignments. */
export const DECLARES = ['export', 'readonly', 'local', 'declare', 'typeset'];

function textOf(word: Word | undefined): string {
  const [part] = word?.parts ?? [];
  return part?.type === 'text' ? part.text : '';
}

function literal(text: string, line: number): Word {
  const part: Part = { type: 'text', text, quoted: true };
  return { parts: [part], line };
}

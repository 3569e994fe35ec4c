import { stripVTControlCharacters } from 'node:util';

/**
 * What cdktf 0.21 looks for in terraform's output, anywhere in it, to start a prompt of its own or to believe that somebody
 * decided elsewhere (models/deploy-machine.js and models/terraform-cli.js of @cdktf/cli-core). A label, a log line or an error
 * message may hold any of them, so each is broken up in everything that is passed on.
 */
const PHRASES = [
  'Do you want to perform these actions',
  'Do you really want to destroy all resources',
  'Do you want to override the soft failed policy check',
  'approved using the UI or API',
  'discarded using the UI or API',
  'overridden using the UI or API',
  'Enter a value:',
  'Should Terraform migrate your existing state',
  'Do you want to copy existing state to the new backend',
];

/** The two questions the gate asks in cdktf's own words, so that cdktf shows them to the operator. */
export const QUESTIONS = {
  apply: 'Do you want to perform these actions?',
  destroy: 'Do you really want to destroy all resources?',
} as const;

/** One line, with every phrase cdktf acts on broken up by a middle dot; colours of such a line are lost. */
export function defuse(line: string): string {
  const plain = stripVTControlCharacters(line);
  if (!PHRASES.some((phrase) => plain.includes(phrase))) return line;
  return PHRASES.reduce((text, phrase) => text.replaceAll(phrase, phrase.replaceAll(' ', '·')), plain);
}

/**
 * Passes text on line by line, each defused: a phrase may arrive in two pieces, so an unfinished line waits.
 * @returns `write` for the next piece (bytes may split a character), `end` for what is left.
 */
export function relay(sink: (text: string) => void): { write(piece: Buffer): void; end(): void } {
  const decoder = new TextDecoder();
  let waiting = '';
  const push = (text: string) => {
    const lines = (waiting + text).split('\n');
    waiting = lines.pop() ?? '';
    if (lines.length > 0) sink(`${lines.map(defuse).join('\n')}\n`);
  };
  return {
    write: (piece) => push(decoder.decode(piece, { stream: true })),
    end: () => {
      push(decoder.decode());
      if (waiting !== '') sink(`${defuse(waiting)}\n`);
      waiting = '';
    },
  };
}

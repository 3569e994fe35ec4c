import { ask } from '../http.ts';
import { type Collector, check } from '../task.ts';

/** security.txt as researchers find it (RFC 9116): Contact and Expires are mandatory, and what has expired is to be ignored. */
export const securityTxt: Collector = ({ targets, now, file }) =>
  (targets.securityTxt ?? []).map(({ url, authority }) => {
    const target = new URL('/.well-known/security.txt', url);
    const subject = { kind: 'page', id: `security-txt:${target.host}`, name: target.hostname };
    const look = async ({ signal }: { signal: AbortSignal }) => {
      const answer = await ask(target, {
        signal,
        most: 100_000,
        ...(authority === undefined ? {} : { authority: file(authority) }),
      });
      const { contacts, expires } = readSecurityTxt(answer.body);
      const time = Date.parse(expires ?? '');
      const problem =
        answer.status !== 200
          ? `answered ${answer.status}`
          : !/^text\/plain\b/.test(answer.headers['content-type'] ?? '')
            ? 'is not text/plain'
            : contacts.length === 0
              ? 'names no contact'
              : Number.isNaN(time)
                ? 'says not when it expires'
                : time <= now().getTime()
                  ? `expired on ${expires}`
                  : undefined;
      const { chain, address } = answer;
      return [
        {
          subject,
          endpoint: target.href,
          chain,
          ...(address === undefined ? {} : { address }),
          checks: [
            check(
              'security-txt-valid',
              problem === undefined,
              problem ?? `${contacts.length} contacts, until ${expires}`,
            ),
          ],
          facts: { status: answer.status, contacts: contacts.length, expires: expires ?? null },
          answer: answer.body,
        },
      ];
    };
    return { collector: 'security-txt', subject, endpoint: target.href, limit: 15_000, attempts: 2, look };
  });

/** The two mandatory fields. A second Expires makes the file invalid (section 2.5.5), so then there is none. */
export function readSecurityTxt(text: string): {
  readonly contacts: readonly string[];
  readonly expires: string | undefined;
} {
  const fields = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = /^([A-Za-z-]+):[ \t]*(\S.*?)\s*$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name: name.toLowerCase(), value }];
  });
  const of = (name: string) => fields.filter((field) => field.name === name).map(({ value }) => value);
  const expires = of('expires');
  return {
    contacts: of('contact').filter((contact) => /^(mailto:|https:\/\/|tel:)/.test(contact)),
    expires: expires.length === 1 ? expires[0] : undefined,
  };
}

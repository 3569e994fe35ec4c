/**
 * The answer of a DNS server to one question (RFC 1035 section 4): the IPv4 address of a name, no record of any other type, and that
 * there is no such name where no address is known.
 *
 * @param addressOf the address of a name in lower case
 */
export function dnsAnswer(
  question: Buffer,
  addressOf: (name: string) => string | undefined,
): { readonly name: string; readonly answer: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0 && at < question.length; length = question[at] ?? 0) {
    labels.push(question.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  const name = labels.join('.').toLowerCase();
  const address = addressOf(name);
  const asked = question.subarray(12, at + 5);
  const isAddress = question[at + 1] === 0 && question[at + 2] === 1;
  const known = address !== undefined && isAddress;
  const head = Buffer.from([0x81, address === undefined ? 0x83 : 0x80, 0, 1, 0, known ? 1 : 0, 0, 0, 0, 0]);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...(address ?? '').split('.').map(Number)]);
  return { name, answer: Buffer.concat([question.subarray(0, 2), head, asked, ...(known ? [record] : [])]) };
}

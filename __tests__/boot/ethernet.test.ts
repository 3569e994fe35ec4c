import * as fc from 'fast-check';
import { dnsAnswer } from './dns.ts';
import { answerFrame } from './ethernet.ts';

/** What the boot test answers on a guest's network, against frames written down by hand from the RFCs. */
const ADDRESS = '10.0.5.53';
const GUEST = '525400000003';
const hex = (...parts: readonly string[]): Buffer => Buffer.from(parts.join(''), 'hex');
const lookup = (question: Buffer) =>
  dnsAnswer(question, (name) => (name === 'authority.example' ? '10.0.4.100' : undefined)).answer;
const answered = (frame: Buffer) => answerFrame(frame, ADDRESS, 53, lookup)?.toString('hex');

test('who has its address is told, who has another is not', () => {
  const ask = (target: string) =>
    hex('ffffffffffff', GUEST, '0806', '0001080006040001', GUEST, '0a00050f', '000000000000', target, '00'.repeat(18));
  expect(answered(ask('0a000535'))).toBe(
    `${GUEST}525500000035080600010800060400025255000000350a000535${GUEST}0a00050f`,
  );
  expect(answered(ask('0a000501'))).toBeUndefined();
});

test('a question over UDP gets its answer, with a header whose checksum holds', () => {
  const name = hex('09', Buffer.from('authority').toString('hex'), '07', Buffer.from('example').toString('hex'), '00');
  const question = (type: string) => Buffer.concat([hex('abcd01000001000000000000'), name, hex(type, '0001')]);
  const frame = (port: string, body: Buffer) => {
    const [whole, datagram] = [Buffer.alloc(2), Buffer.alloc(2)];
    whole.writeUInt16BE(28 + body.length);
    datagram.writeUInt16BE(8 + body.length);
    const ip = hex('4500', whole.toString('hex'), '0000000040110000', '0a00050f', '0a000535');
    return Buffer.concat([hex('525500000035', GUEST, '0800'), ip, hex('d431', port), datagram, hex('0000'), body]);
  };
  const answer = Buffer.from(answered(frame('0035', question('0001'))) ?? '', 'hex');
  const header = answer.subarray(14, 34);
  let sum = 0;
  for (let at = 0; at < 20; at += 2) sum += header.readUInt16BE(at);
  expect((sum & 0xffff) + (sum >>> 16)).toBe(0xffff);
  expect(answer.subarray(26, 34).toString('hex')).toBe('0a0005350a00050f');
  expect(answer.subarray(-4).toString('hex')).toBe('0a000464');
  // No address of the other family, and that is no failure.
  expect(answered(frame('0035', question('001c')))).toContain('abcd81800001000000000000');
  expect(answered(frame('0036', question('0001')))).toBeUndefined();
});

test('nothing that comes in makes it fail', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.constantFrom('0806', '0800', '86dd'), (bytes, type) => {
      const frame = Buffer.concat([hex('525500000035', GUEST, type), Buffer.from(bytes)]);
      answerFrame(frame, ADDRESS, 53, lookup);
      lookup(Buffer.from(bytes));
    }),
  );
});

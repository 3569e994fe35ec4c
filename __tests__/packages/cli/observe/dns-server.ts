import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

const types: Readonly<Record<number, string>> = {
  1: 'A',
  2: 'NS',
  5: 'CNAME',
  15: 'MX',
  16: 'TXT',
  28: 'AAAA',
  257: 'CAA',
};

/** What a zone answers: by `name TYPE`, the data of each record as bytes. */
export type Zone = Readonly<Record<string, readonly Buffer[]>>;

export const a = (address: string) => Buffer.from(address.split('.').map(Number));
export const caa = (tag: string, value: string) =>
  Buffer.concat([Buffer.from([0, tag.length]), Buffer.from(tag), Buffer.from(value)]);
export const txt = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);

/** An authoritative name server on loopback over UDP (RFC 1035): one question, its records, nothing else. */
export async function serveDns(zone: Zone): Promise<{ readonly port: number; close(): void }> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    let at = 12;
    const labels: string[] = [];
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.subarray(at + 1, at + 1 + length).toString('latin1'));
      at += 1 + length;
    }
    const question = query.subarray(12, at + 5);
    const type = query.readUInt16BE(at + 1);
    const name = labels.join('.').toLowerCase();
    const records = zone[`${name} ${types[type]}`] ?? [];
    const known = Object.keys(zone).some((key) => key.startsWith(`${name} `));
    const header = Buffer.from([
      query[0] ?? 0,
      query[1] ?? 0,
      0x85,
      known ? 0x80 : 0x83,
      0,
      1,
      0,
      records.length,
      0,
      0,
      0,
      0,
    ]);
    const answers = records.map((data) => {
      const fixed = Buffer.alloc(12);
      fixed.writeUInt16BE(0xc00c, 0);
      fixed.writeUInt16BE(type, 2);
      fixed.writeUInt16BE(1, 4);
      fixed.writeUInt32BE(60, 6);
      fixed.writeUInt16BE(data.length, 10);
      return Buffer.concat([fixed, data]);
    });
    socket.send(Buffer.concat([header, question, ...answers]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { port: (socket.address() as AddressInfo).port, close: () => socket.close() };
}

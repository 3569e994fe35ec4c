const ARP = 0x0806;
const IPV4 = 0x0800;
const UDP = 17;
/** Of the machine that answers; locally administered. */
const MAC = Buffer.from('525500000035', 'hex');

/**
 * One machine on a guest's network that answers to one UDP port: QEMU's own network lets nothing but TCP into a guest that is cut off,
 * and names are asked over UDP. Takes an Ethernet frame and gives the one to answer with, or nothing: ARP (RFC 826) for its address,
 * UDP (RFC 768) in IPv4 (RFC 791) to its port.
 */
export function answerFrame(
  frame: Buffer,
  address: string,
  port: number,
  answer: (question: Buffer) => Buffer,
): Buffer | undefined {
  const own = Buffer.from(address.split('.').map(Number));
  if (frame.length < 42) return undefined;
  const type = frame.readUInt16BE(12);
  const packet = frame.subarray(14);
  const back = (body: Buffer): Buffer => Buffer.concat([frame.subarray(6, 12), MAC, frame.subarray(12, 14), body]);
  if (type === ARP) {
    if (packet.readUInt16BE(6) !== 1 || !packet.subarray(24, 28).equals(own)) return undefined;
    return back(Buffer.concat([packet.subarray(0, 6), Buffer.from([0, 2]), MAC, own, packet.subarray(8, 18)]));
  }
  const start = ((packet[0] ?? 0) & 15) * 4;
  if (type !== IPV4 || packet[9] !== UDP || !packet.subarray(16, 20).equals(own)) return undefined;
  if (packet.length < start + 8 || packet.readUInt16BE(start + 2) !== port) return undefined;
  const body = answer(packet.subarray(start + 8, start + packet.readUInt16BE(start + 4)));
  const head = Buffer.alloc(28);
  head.writeUInt16BE(0x4500, 0);
  head.writeUInt16BE(28 + body.length, 2);
  head.writeUInt16BE(0x4011, 8);
  packet.copy(head, 12, 16, 20);
  packet.copy(head, 16, 12, 16);
  head.writeUInt16BE(checksum(head.subarray(0, 20)), 10);
  // Ports change places; no checksum, which UDP over IPv4 may leave out.
  packet.copy(head, 20, start + 2, start + 4);
  packet.copy(head, 22, start, start + 2);
  head.writeUInt16BE(8 + body.length, 24);
  return back(Buffer.concat([head, body]));
}

/** Of an IPv4 header (RFC 1071). */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

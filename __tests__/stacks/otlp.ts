/**
 * One log record as an application's OpenTelemetry SDK sends it: ExportLogsServiceRequest of
 * https://github.com/open-telemetry/opentelemetry-proto (v1), in Protocol Buffers, which every SDK speaks.
 *
 * @param at milliseconds since 1970
 */
export function otlp(service: string, message: string, at: number): Buffer {
  const value = (text: string) => field(1, Buffer.from(text));
  const attribute = Buffer.concat([field(1, Buffer.from('service.name')), field(2, value(service))]);
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(BigInt(at) * 1_000_000n);
  // time_unix_nano = 1 (fixed64), severity_number = 2 (varint, 9 is INFO), body = 5
  const record = Buffer.concat([Buffer.from([0x09]), time, Buffer.from([0x10, 9]), field(5, value(message))]);
  const scope = field(2, record);
  const resource = field(1, field(1, attribute));
  return field(1, Buffer.concat([resource, field(2, scope)]));
}

/** A length-delimited field. */
function field(number: number, content: Buffer): Buffer {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), content]);
}

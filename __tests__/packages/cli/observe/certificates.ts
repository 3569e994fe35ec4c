import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryWith } from '../fake-ports.ts';

export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

const openssl = (directory: string, ...args: readonly string[]) =>
  execFileSync('openssl', [...args], { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** An authority of this test and what it issues, by OpenSSL. */
export class Authority {
  readonly directory = directoryWith({});
  #issued = 0;

  constructor(name = 'Test Root') {
    openssl(
      this.directory,
      ...[
        'req',
        '-x509',
        ...ec,
        '-keyout',
        'root.key',
        '-out',
        'root.pem',
        '-days',
        '3650',
        '-subj',
        `/C=FI/CN=${name}`,
      ],
      ...['-addext', 'basicConstraints=critical,CA:TRUE'],
    );
  }

  get pem(): string {
    return readFileSync(join(this.directory, 'root.pem'), 'utf8');
  }

  /** @param days -1: it expired yesterday */
  issue(names: string, days = 90): Pair {
    this.#issued += 1;
    const name = `leaf${this.#issued}`;
    openssl(this.directory, 'req', ...ec, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=leaf');
    writeFileSync(join(this.directory, `${name}.ext`), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
    openssl(
      this.directory,
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial'],
      ...['-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.pem`],
    );
    const text = (file: string) => readFileSync(join(this.directory, file), 'utf8');
    return { certificate: text(`${name}.pem`), key: text(`${name}.key`) };
  }
}

export function der(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

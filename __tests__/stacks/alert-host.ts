import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { HostFile } from './on-host.ts';

/** A host's scripts below a test's folder, with its paths, its way out and the programs it is planted with. */
export class AlertHost {
  private readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  at(name: string): string {
    return path.join(this.root, name);
  }

  /** @param proxy port at which the way out listens @param change what else differs here, in any file */
  put(
    files: readonly HostFile[],
    programs: Readonly<Record<string, string>>,
    proxy: number,
    change: (text: string) => string = (text) => text,
  ): void {
    rmSync(this.at('host'), { recursive: true, force: true });
    for (const folder of ['bin', 'lib', 'etc', 'run', 'srv/state', 'srv/secrets', 'journal'])
      mkdirSync(this.at(`host/${folder}`), { recursive: true });
    for (const file of files) {
      const where = /^\/usr\/local\/lib\/lukko\/[a-z-]+$/.test(file.path)
        ? 'lib'
        : /^\/etc\/lukko\/[a-z.-]+$/.test(file.path)
          ? 'etc'
          : '';
      if (where === '') continue;
      const text = file.content
        .replaceAll('/usr/local/lib/lukko/', `${this.at('host/lib')}/`)
        .replaceAll('/etc/lukko/', `${this.at('host/etc')}/`)
        .replaceAll('/run/lukko', this.at('host/run'))
        .replaceAll('/srv/lukko', this.at('host/srv'))
        .replaceAll('127.0.0.1:8888', `127.0.0.1:${proxy}`);
      const name = this.at(`host/${where}/${path.posix.basename(file.path)}`);
      writeFileSync(name, change(text));
      if (file.executable) chmodSync(name, 0o755);
    }
    const planted = {
      hostname: 'echo edge.lukko.example',
      df: 'printf "Use%%\\n 10%%\\n"',
      mountpoint: 'exit 0',
      timedatectl: 'echo yes',
      systemctl: 'exit 0',
      ...programs,
    };
    for (const [name, body] of Object.entries(planted)) {
      writeFileSync(this.at(`host/bin/${name}`), `#!/bin/sh\n${body}\n`);
      chmodSync(this.at(`host/bin/${name}`), 0o755);
    }
  }

  /** Runs a script of the host; what it said on both streams is what its journal would hold. */
  runs(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Said> {
    return new Promise((resolve) => {
      const child = spawn(this.at(`host/lib/${script}`), args, {
        env: { ...process.env, ...env, PATH: `${this.at('host/bin')}:${process.env.PATH}` },
      });
      let out = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece: Buffer) => (out += piece.toString()));
      child.once('close', (code) => resolve({ code, out }));
    });
  }
}

export interface Said {
  readonly code: number | null;
  readonly out: string;
}

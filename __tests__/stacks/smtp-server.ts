import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  /** Who signed in, as user and password; undefined where nobody did. */
  readonly login: string | undefined;
}

export interface Relay {
  readonly key: string;
  readonly certificate: string;
  /** TLS from the first byte (RFC 8314), by STARTTLS (RFC 3207), or none, as somebody between would make it look. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** Whether it takes mail only from who signed in. */
  readonly asks: boolean;
}

/** A mail relay as RFC 5321 has it, as far as handing over mail goes: TLS before mail, and a login where it asks for one. */
export class SmtpServer {
  readonly mails: Mail[] = [];
  /** Every command that came over a connection without TLS. */
  readonly plain: string[] = [];
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private readonly relay: Relay;

  constructor(relay: Relay) {
    this.relay = relay;
    this.server = createServer((socket) => {
      this.open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.open.delete(socket));
      if (relay.tls === 'implicit') this.serve(this.secured(socket), true, true);
      else this.serve(socket, false, true);
    });
  }

  /** Listens on loopback. @returns the port */
  async start(port = 0): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private secured(socket: Socket): TLSSocket {
    const { key, certificate: cert } = this.relay;
    const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key, cert }) });
    return secure.on('error', () => undefined);
  }

  private serve(socket: Socket, secure: boolean, greets: boolean): void {
    const { tls, asks } = this.relay;
    const say = (line: string) => socket.write(`${line}\r\n`);
    let login: string | undefined;
    let from = '';
    let to: string[] = [];
    let body: string[] | undefined;
    let signsIn = false;
    let rest = '';
    if (greets) say('220 relay of a test');
    const line = (text: string): void => {
      if (body !== undefined) {
        if (text !== '.') {
          body.push(text.startsWith('.') ? text.slice(1) : text);
          return;
        }
        this.mails.push({ from, to, text: body.join('\n'), login });
        body = undefined;
        say('250 taken');
        return;
      }
      if (signsIn) {
        signsIn = false;
        login = Buffer.from(text, 'base64').toString('utf8').split('\0').slice(1).join(' ');
        say('235 signed in');
        return;
      }
      if (!secure) this.plain.push(text);
      const command = text.toUpperCase();
      if (command.startsWith('EHLO')) {
        const offers = [...(!secure && tls === 'starttls' ? ['STARTTLS'] : []), ...(asks ? ['AUTH PLAIN'] : [])];
        for (const offer of offers) say(`250-${offer}`);
        say('250 8BITMIME');
      } else if (command === 'STARTTLS' && tls === 'starttls' && !secure) {
        say('220 go on');
        socket.removeAllListeners('data');
        this.serve(this.secured(socket), true, false);
      } else if (command === 'AUTH PLAIN') {
        signsIn = true;
        say('334 ');
      } else if (command.startsWith('MAIL FROM:')) {
        from = /<(.*)>/.exec(text)?.[1] ?? '';
        to = [];
        say(asks && login === undefined ? '530 5.7.0 sign in first' : '250 well');
      } else if (command.startsWith('RCPT TO:')) {
        to.push(/<(.*)>/.exec(text)?.[1] ?? '');
        say('250 well');
      } else if (command === 'DATA') {
        body = [];
        say('354 go on');
      } else if (command === 'QUIT') {
        say('221 bye');
        socket.end();
      } else say('502 what?');
    };
    socket.on('data', (piece: Buffer) => {
      rest += piece.toString('utf8');
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
        const text = rest.slice(0, end).replace(/\r$/, '');
        rest = rest.slice(end + 1);
        line(text);
      }
    });
  }
}

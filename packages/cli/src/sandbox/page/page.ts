import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sandbox } from '@lukko/sandbox';
import { script } from './script.ts';
import { style } from './style.ts';

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lukko sandbox</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1>Lukko sandbox</h1>
<p>the Hetzner Cloud API on this machine: nothing here costs anything or reaches Hetzner</p>
<p id="state" role="status">connecting</p>
</header>
<main>
<section id="faults" class="faults" aria-label="Faults" hidden><h2>Faults that were asked for</h2><ul></ul></section>
<p class="count" id="running" role="status"></p>
<div id="projects"></div>
</main>
<noscript><p>This page needs JavaScript to show objects as they change.</p></noscript>
<script>${script}</script>
</body>
</html>
`;

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const HEADERS = {
  'content-security-policy': `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** How often what is shown is compared with what there is, in milliseconds. */
const EVERY = 250;

export interface Page {
  /** Answers a request for the page or its events. @returns false for any other, which it leaves alone */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  close(): void;
}

/**
 * The page at `/`, which shows a sandbox as it changes. It needs no token, shows no secret and changes nothing; who reaches this
 * machine's loopback under another name (DNS rebinding) is refused.
 */
export function pageOf(sandbox: Sandbox): Page {
  const watchers = new Set<ServerResponse>();
  let last = '';
  const look = (): void => {
    const text = JSON.stringify(sandbox.overview());
    if (text === last) return;
    last = text;
    for (const watcher of watchers) watcher.write(event(text));
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    answer: (request, response) => {
      const { method, url } = request;
      if ((method !== 'GET' && method !== 'HEAD') || (url !== '/' && url !== '/events')) return false;
      if (!/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/.test(request.headers.host ?? '')) {
        response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' });
        response.end('this page is for this machine: open it at http://127.0.0.1\n');
      } else if (url === '/') {
        response.writeHead(200, { ...HEADERS, 'content-type': 'text/html; charset=utf-8' });
        response.end(html);
      } else {
        response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
        look();
        response.write(event(last));
        watchers.add(response);
        timer ??= setInterval(look, EVERY).unref();
        response.once('close', () => {
          watchers.delete(response);
          if (watchers.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        });
      }
      return true;
    },
    close: () => {
      clearInterval(timer);
      for (const watcher of watchers) watcher.end();
    },
  };
}

const event = (text: string): string => `data: ${text}\n\n`;

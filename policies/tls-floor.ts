import type { PayloadFile } from '@lukko/facts';
import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { answering, siteExample } from './shared/example-sites.ts';
import { anyOf, asSetUp, hiddenSetUp, judgeSites, legible, setUp, sitesOf } from './shared/host-setup.ts';
import { fit, short } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

const nginx = (protocols: string) => setUp({ '/etc/nginx/conf.d/tls.conf': `ssl_protocols ${protocols};\n` });

export const tlsFloor = rule({
  id: 'tls-floor',
  title: 'Services accept no TLS older than 1.2',
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.8.21', 'GDPR/32(1)(a)', 'NIS2/21(2)(h)'],
  rationale:
    'TLS 1.0 and 1.1 are withdrawn: they rest on MD5 and SHA-1, and whoever stands in the middle may ask for them where both sides still know them. Caddy accepts nothing below 1.2 by itself; nginx does what its configuration says.',
  remediation: 'Accept TLS 1.2 and 1.3 only',
  sources: ['https://www.rfc-editor.org/rfc/rfc8996', 'https://www.rfc-editor.org/rfc/rfc9325'],
  appliesTo: ['server'],
  appliesWhen: (host, facts) =>
    anyOf(
      facts.hostSettings(host.resource),
      [...sitesOf(host), ...host.payload.files.filter(isNginx)],
      'service with TLS',
    ),
  check: (host): readonly Judgement[] => {
    const files = host.payload.files.filter(isNginx).map((file): Judgement => {
      const truth = asSetUp(host, listed(file));
      const text =
        truth.is === 'unknown' ? 'is not shown to accept no TLS older than 1.2' : `accepts ${truth.because[0]?.saw}`;
      return { truth, message: fit(`${addressOf(host.resource)} ${text}`), at: file.at };
    });
    if (files.length > 0 && sitesOf(host).length === 0) return files;
    return [
      ...files,
      ...judgeSites(
        host,
        ({ at, line, minimumTls }): Truth => lowest(minimumTls, `${at}:${line}`),
        'accepts no TLS older than 1.2',
      ),
    ];
  },
  message: () => 'a service accepts TLS older than 1.2',
  examples: [
    { name: 'TLS 1.3 alone', verdict: 'pass', terraform: siteExample(answering('tls {\n    protocols tls1.3\n  }')) },
    { name: 'as Caddy has it', verdict: 'pass', terraform: siteExample(answering('encode gzip')) },
    { name: 'nginx with old versions', verdict: 'fail', terraform: nginx('TLSv1 TLSv1.1 TLSv1.2') },
    { name: 'nginx with 1.2 and 1.3', verdict: 'pass', terraform: nginx('TLSv1.2 TLSv1.3') },
    {
      name: 'a site that imports a file which the payload does not hold',
      verdict: 'unknown',
      terraform: siteExample(answering('import /etc/caddy/common.caddy')),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

function lowest(version: string | undefined, at: string): Truth {
  if (version === undefined) return yes({ at, saw: 'TLS 1.2, as Caddy has it' });
  if (/\p{Co}/u.test(version)) return unknown({ at, saw: 'a version that is not known', causes: ['function'] });
  return /^1\.[23]$/.test(version) ? yes({ at, saw: `TLS ${version}` }) : no({ at, saw: `TLS ${short(version, 20)}` });
}

/** https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_protocols */
const PROTOCOLS = /^\s*ssl_protocols\s+([^;]*);/gm;

function isNginx({ path, text }: PayloadFile): boolean {
  return path.startsWith('/etc/nginx/') && text.marked.includes('ssl_protocols');
}

function listed({ text, at }: PayloadFile): Truth {
  const words = [...text.marked.matchAll(PROTOCOLS)].flatMap(([, list = '']) => list.trim().split(/\s+/));
  const old = words.filter((word) => /^(SSLv2|SSLv3|TLSv1|TLSv1\.1)$/.test(word));
  if (old.length > 0) return no({ at, saw: old.join(', ') });
  const open = words.find((word) => !/^TLSv1\.[23]$/.test(word));
  return open === undefined && words.length > 0
    ? yes({ at, saw: words.join(', ') })
    : unknown({ at, saw: `ssl_protocols ${legible(open ?? '')}`.trim(), causes: ['function'] });
}

import { type Judgement, no, rule, type Truth, yes } from '@lukko/policy-engine';
import { answering, siteExample } from './shared/example-sites.ts';
import { hiddenSetUp, judgeSites, servesWeb } from './shared/host-setup.ts';

/** Fields of Caddy's access log that hold the address of the visitor: https://caddyserver.com/docs/caddyfile/directives/log */
const FIELDS = ['request>remote_ip', 'request>client_ip'] as const;
/** Filters after which an address names nobody, a hash excepted: all addresses of IPv4 can be tried. */
const MASKS = /^(ip_mask|delete|replace)\b/;

const logging = (...filters: readonly string[]) =>
  `{\n  log {\n    format filter {\n      fields {\n${filters.map((one) => `        ${one}\n`).join('')}      }\n      wrap json\n    }\n  }\n}\n${answering('log')}`;

export const logsMaskAddresses = rule({
  id: 'logs-mask-addresses',
  title: "Web logs do not keep visitors' whole addresses",
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.11', 'ISO27001:2022/A.8.15', 'ISO27001:2022/A.5.34', 'GDPR/5(1)(c)', 'GDPR/25'],
  rationale:
    'An address is personal data: with it a log says who read what, for as long as logs are kept. A network of 256 addresses is enough to see an attack. Errors name requests too, so the default logger counts, not only the one of a site.',
  remediation: 'Give the log a filter: request>remote_ip and request>client_ip by ip_mask 24 48',
  sources: ['https://caddyserver.com/docs/caddyfile/directives/log', 'https://eur-lex.europa.eu/eli/reg/2016/679/oj'],
  appliesTo: ['server'],
  appliesWhen: (host, facts) => servesWeb(host, facts),
  check: (host): readonly Judgement[] =>
    judgeSites(
      host,
      ({ at, line, loggers }): Truth => {
        for (const logger of loggers) {
          const open = FIELDS.find((field) => !MASKS.test(logger.filters.get(field) ?? ''));
          if (open !== undefined) return no({ at: `${at}:${logger.line}`, saw: `the log keeps ${open} as it is` });
        }
        return yes({ at: `${at}:${loggers[0]?.line ?? line}`, saw: `the log masks ${FIELDS.join(' and ')}` });
      },
      'masks addresses in its log',
    ),
  message: () => "a web log keeps visitors' whole addresses",
  examples: [
    {
      name: 'addresses are masked',
      verdict: 'pass',
      terraform: siteExample(logging('request>remote_ip ip_mask 24 48', 'request>client_ip ip_mask 24 48')),
    },
    { name: 'the log as Caddy writes it', verdict: 'fail', terraform: siteExample(answering('log')) },
    {
      name: 'one of the two fields is left',
      verdict: 'fail',
      terraform: siteExample(logging('request>remote_ip ip_mask 24 48')),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

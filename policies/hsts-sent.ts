import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { answering, siteExample } from './shared/example-sites.ts';
import { hiddenSetUp, judgeSites, servesWeb } from './shared/host-setup.ts';

/** Half a year, in seconds: what browsers and BSI take as long enough. */
const SHORTEST = 15_552_000;

export const hstsSent = rule({
  id: 'hsts-sent',
  title: 'Web sites tell browsers to come back over TLS only',
  severity: 'medium',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'ISO27001:2022/A.5.14'],
  rationale:
    'Whoever types a name without https asks in the clear first, and whoever stands between answers in its place. After one answer with Strict-Transport-Security a browser does not ask in the clear again, for as long as the header says.',
  remediation: 'Write header Strict-Transport-Security "max-age=31536000; includeSubDomains" in every site',
  sources: ['https://www.rfc-editor.org/rfc/rfc6797', 'https://caddyserver.com/docs/caddyfile/directives/header'],
  appliesTo: ['server'],
  appliesWhen: (host, facts) => servesWeb(host, facts),
  check: (host): readonly Judgement[] =>
    judgeSites(
      host,
      (site): Truth => {
        const at = `${site.at}:${site.line}`;
        // What is written last is what is sent.
        const sent = site.headers.findLast(({ name }) => name === 'strict-transport-security');
        if (sent === undefined || sent.value === '') return no({ at, saw: 'no header Strict-Transport-Security' });
        const place = `${site.at}:${sent.line}`;
        const age = /max-age="?(\d+)/i.exec(sent.value)?.[1];
        if (age === undefined)
          return /\p{Co}/u.test(sent.value)
            ? unknown({ at: place, saw: 'a header whose value is not known', causes: ['function'] })
            : no({ at: place, saw: 'Strict-Transport-Security without max-age' });
        return Number(age) >= SHORTEST
          ? yes({ at: place, saw: `max-age=${age}` })
          : no({ at: place, saw: `max-age=${age}, less than half a year` });
      },
      'tells browsers to come back over TLS only',
    ),
  message: () => 'a web site does not tell browsers to come back over TLS only',
  examples: [
    {
      name: 'a year',
      verdict: 'pass',
      terraform: siteExample(answering('header Strict-Transport-Security "max-age=31536000; includeSubDomains"')),
    },
    { name: 'no header', verdict: 'fail', terraform: siteExample(answering('encode gzip')) },
    {
      name: 'a day',
      verdict: 'fail',
      terraform: siteExample(answering('header Strict-Transport-Security max-age=86400')),
    },
    {
      name: 'only below one path',
      verdict: 'fail',
      terraform: siteExample(answering('header /login Strict-Transport-Security max-age=31536000')),
    },
    {
      name: 'a site that imports a file which the payload does not hold',
      verdict: 'unknown',
      terraform: siteExample(answering('import /etc/caddy/common.caddy')),
    },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

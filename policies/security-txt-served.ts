import type { Payload } from '@lukko/facts';
import { type Judgement, no, rule, type Truth, unknown, yes } from '@lukko/policy-engine';
import { answering, siteExample } from './shared/example-sites.ts';
import { hiddenSetUp, judgeSites, servesWeb } from './shared/host-setup.ts';

const PATH = '/.well-known/security.txt';
const contact = (...fields: readonly string[]) => ({ '/etc/caddy/well-known/security.txt': `${fields.join('\n')}\n` });
const full = contact('Contact: mailto:security@lukko.example', 'Expires: 2027-06-30T00:00:00Z');
const site = answering(
  `handle ${PATH} {\n    root * /etc/caddy/well-known\n    rewrite * /security.txt\n    file_server\n  }`,
);

export const securityTxtServed = rule({
  id: 'security-txt-served',
  title: 'Web sites say whom to tell of a hole: security.txt',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.8', 'ISO27001:2022/A.5.5', 'NIS2/21(2)(e)'],
  rationale:
    'Who finds a hole looks at one place for whom to write to. Without it the report goes to nobody, or to everybody. RFC 9116 asks for a contact and a day after which it must not be relied on.',
  remediation: 'Serve /.well-known/security.txt with Contact and Expires in every site',
  sources: ['https://www.rfc-editor.org/rfc/rfc9116'],
  appliesTo: ['server'],
  appliesWhen: (host, facts) => servesWeb(host, facts),
  check: (host): readonly Judgement[] =>
    judgeSites(
      host,
      ({ at, line, paths }): Truth =>
        paths.includes(PATH) ? complete(host.payload) : no({ at: `${at}:${line}`, saw: `nothing answers ${PATH}` }),
      'serves security.txt',
    ),
  message: () => 'a web site does not say whom to tell of a hole',
  examples: [
    { name: 'a contact, and until when', verdict: 'pass', terraform: siteExample(site, full) },
    { name: 'nothing answers there', verdict: 'fail', terraform: siteExample(answering('encode gzip'), full) },
    {
      name: 'a file without the day it expires',
      verdict: 'fail',
      terraform: siteExample(site, contact('Contact: mailto:security@lukko.example')),
    },
    { name: 'a file that the payload does not hold', verdict: 'unknown', terraform: siteExample(site) },
    { name: 'a payload that a variable without value holds', verdict: 'unknown', terraform: hiddenSetUp() },
  ],
});

/** RFC 9116, section 2.5: Contact and Expires must always be there. */
function complete({ files, attr }: Payload): Truth {
  const file = files.find(({ path }) => path.endsWith('/security.txt'));
  if (file === undefined)
    return unknown({ at: attr.at, saw: 'a security.txt that the payload does not hold', causes: ['outside'] });
  const lacking = ['Contact', 'Expires'].find((field) => !new RegExp(`^${field}:\\s*\\S`, 'im').test(file.text.marked));
  return lacking === undefined
    ? yes({ at: file.at, saw: 'Contact and Expires' })
    : no({ at: file.at, saw: `security.txt without ${lacking}` });
}

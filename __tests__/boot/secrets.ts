import { expectIn, expectSame, type Scenario } from './suite.ts';

/**
 * Seals an account binding (two lines, of characters that mean nothing to printf) as `lukko secrets seal` does, and puts it where the host
 * looks for it; a shell script for the host.
 */
export const seal = (
  binding: string,
): string => `. /etc/lukko/host.env; cd /run; jose jwk gen -i '{"alg":"ECDH-ES+A128KW"}' -o k.jwk; printf '${binding.replaceAll('\n', '\\n')}' >s
jose jwe enc -I s -k k.jwk -c -o s.jwe
jq -n --arg key "$(clevis encrypt sss "$LUKKO_CLEVIS" <k.jwk)" --arg sealed "$(cat s.jwe)" '{key: $key, secrets: {"acme-account": {sealed: $sealed}}}' >sealed.json
rm k.jwk s; mv sealed.json /srv/lukko/secrets/sealed.json`;
const BREAK = `jq '.secrets["acme-account"].sealed |= (.[0:-4] + "AAAA")' /srv/lukko/secrets/sealed.json >/run/bad; cat /run/bad >/srv/lukko/secrets/sealed.json`;

export const secrets: Scenario = {
  name: 'sealed secrets',
  core: false,
  run: async (suite) => {
    const guest = await suite.resumed('serving');
    await suite.check(
      'a sealed secret is opened on the host, and its plain text lies on the volume alone',
      async () => {
        guest.sshMust(seal('kid\nmac'));
        await guest.until('test -s /srv/lukko/secrets/acme-account/mac-key', 60);
        const opened = 'cd /srv/lukko/secrets/acme-account; cat key-id mac-key; ls /run/lukko/open 2>/dev/null || true';
        expectSame(guest.sshMust(opened).trim(), 'kidmac');
      },
    );
    await suite.check('one that does not open is refused in one line', async () => {
      guest.sshMust(BREAK);
      const journal = 'journalctl -u lukko-secrets -b -o cat --no-pager';
      await guest.until(`${journal} | grep -q "^refused: the secret acme-account does not open"`, 60);
      await guest.until('systemctl show -P SubState lukko-secrets.service | grep -q auto-restart', 30);
      expectIn(guest.sshMust('/usr/local/lib/lukko/report | jq -r ".failedUnits[]"'), 'lukko-secrets.service');
      await guest.until("journalctl -b -o cat --no-pager -t alert | grep -q '^ALERT failed lukko-secrets.service'", 30);
    });
  },
};

interface VerifyPage {
  readonly namespace: string;
  readonly chained: boolean;
  readonly expires: boolean;
}

/**
 * VERIFY.md: how to check a bundle with sha256sum and OpenSSH alone. Its shell lines are run as they stand by a test; each stops
 * with its own message.
 */
export function verifyPage({ namespace, chained, expires }: VerifyPage): string {
  const demo = namespace.endsWith('-demo');
  return `# How to verify this bundle

You need a shell, the GNU core utilities and OpenSSH 8.2 or newer; nothing of ours, and no network. Type \`sh\` in this directory, and run
the lines in that shell: one that finds something says so and ends it.

This page came with the bundle, so whoever forges one can change the other. Its lines are the same in every bundle but for
the steps that a bundle has no use for: compare them with an earlier one, or with docs/verify.md of Lukko's repository.
${demo ? '\n**This bundle is a demonstration.** It holds observations of a sandbox or of recorded answers, and is signed with a key that was made for it\nand thrown away. It shows nothing about any real system, whatever the lines below say.\n' : ''}
The fingerprint of the signing key must reach you by another way than this bundle: a call, a contract, an earlier audit. Write it here:

\`\`\`sh
FINGERPRINT='SHA256:write-it-here'
\`\`\`

1. **Who signed.** The list of files carries a signature of that key, for this purpose.

\`\`\`sh
[ "\${#FINGERPRINT}" -eq 50 ] || { echo 'write the fingerprint first'; exit 3; }
ssh-keygen -Y check-novalidate -n ${namespace} -s SHA256SUMS.sig < SHA256SUMS > /dev/null || { echo 'FORGED: the list is not what was signed'; exit 1; }
ssh-keygen -Y check-novalidate -n ${namespace} -s SHA256SUMS.sig < SHA256SUMS | grep -qF " $FINGERPRINT" || { echo 'FORGED: signed by another key'; exit 1; }
\`\`\`

2. **Nothing is changed or missing.**

\`\`\`sh
LC_ALL=C sort -c -k2 SHA256SUMS || { echo 'FORGED: the list is in another order'; exit 1; }
sha256sum --check --strict --quiet SHA256SUMS || { echo 'FORGED: a file is changed or missing'; exit 1; }
\`\`\`

3. **Nothing is added.**

\`\`\`sh
LISTED=$(cut -c67- SHA256SUMS | LC_ALL=C sort)
FOUND=$(find . ! -type d ! -path ./SHA256SUMS ! -path ./SHA256SUMS.sig | cut -c3- | LC_ALL=C sort)
[ "$LISTED" = "$FOUND" ] || { echo 'FORGED: a file is added'; exit 1; }
[ -z "$(find . ! -type d ! -type f)" ] || { echo 'FORGED: a link or something else stands in place of a file'; exit 1; }
\`\`\`
${
  chained
    ? `
4. **It continues the export before it.** With that export at hand, name its directory; without it, leave the line as it is.

\`\`\`sh
PREVIOUS=
[ -z "$PREVIOUS" ] || grep -qF "$(sha256sum < "$PREVIOUS/SHA256SUMS" | cut -c1-64)" manifest.json || { echo 'FORGED: it does not continue the export before it'; exit 1; }
HEAD=$([ -z "$PREVIOUS" ] || sed -n 's/^  "storeHead": "\\(.*\\)",$/\\1/p' "$PREVIOUS/manifest.json")
[ -z "$HEAD" ] || [ ! -e observations.jsonl ] || grep -qF "\\"digest\\":\\"$HEAD\\"" observations.jsonl || { echo 'FORGED: observations of the export before it are gone'; exit 1; }
\`\`\`
`
    : ''
}${
  expires
    ? `
${chained ? 5 : 4}. **Nothing it rests on is past its time.** Observations are evidence until they expire.

\`\`\`sh
EXPIRES=$(sed -n 's/^  "firstExpiry": "\\(.*\\)",$/\\1/p' manifest.json)
FIRST=$(printf '%s\\n' "$EXPIRES" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" | LC_ALL=C sort | head -n 1)
[ "$FIRST" != "$EXPIRES" ] || { echo 'EXPIRED: an observation is past its time'; exit 1; }
\`\`\`
`
    : ''
}
\`\`\`sh
echo 'good'
\`\`\`

A signature shows who vouches for these files and that they are as they were then. It cannot show that they were true; for that every
row names what it rests on.
`;
}

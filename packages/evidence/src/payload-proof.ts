/** What is known of the payload of one server. Digests in hexadecimal digits; absent where nobody could tell. */
export interface PayloadFacts {
  readonly server: string;
  readonly address: string;
  /** SHA-256 and SHA-1 of the declared text with the ids of the state; two texts where a pinned disk may stand in it or not. */
  readonly declared: readonly { readonly sha256: string; readonly sha1: string }[];
  /** What the state keeps of user_data: the SHA-1, in base64, of the text at creation. */
  readonly created: string | undefined;
}

export interface PayloadProof {
  readonly server: string;
  readonly address: string;
  /** Whether the server was created with what is declared now. */
  readonly atCreation: boolean | 'unknown';
  /** Whether what it is handed at boot is what is declared now, by its own signed report. */
  readonly atBoot: boolean | 'unknown';
  /** `proven`: by the report, or by the state where no report says otherwise. */
  readonly verdict: 'proven' | 'differs' | 'not proven';
  readonly because: string;
}

/**
 * Whether a server runs what is declared. The state's hash shows it only for a server that was never rebuilt: a rebuild changes
 * the payload and not the state. So a report of the host, which hashes what the metadata service hands out, decides where
 * there is one.
 * @param reported by the name of the server, SHA-256 of what its metadata service returns; only of reports that count
 */
export function provePayloads(
  payloads: readonly PayloadFacts[],
  reported: ReadonlyMap<string, string>,
): readonly PayloadProof[] {
  return payloads.map(({ server, address, declared, created }) => {
    const said = reported.get(server);
    const atBoot =
      said === undefined || declared.length === 0 ? 'unknown' : declared.some(({ sha256 }) => sha256 === said);
    const hex = created === undefined ? undefined : Buffer.from(created, 'base64').toString('hex');
    const atCreation =
      hex === undefined || hex.length !== 40 || declared.length === 0
        ? 'unknown'
        : declared.some(({ sha1 }) => sha1 === hex);
    const verdict =
      atBoot === true ? 'proven' : atBoot === false ? 'differs' : atCreation === true ? 'proven' : 'not proven';
    return { server, address, atCreation, atBoot, verdict, because: sentence(atBoot, atCreation, declared.length > 0) };
  });
}

function sentence(atBoot: boolean | 'unknown', atCreation: boolean | 'unknown', rendered: boolean): string {
  if (!rendered) return 'the declared text cannot be rendered: its state is not at hand';
  if (atBoot === true) return 'its report hashes the text that is declared';
  if (atBoot === false)
    return 'its report hashes another text than the declared one: it was changed, or is to be rebuilt';
  if (atCreation === true)
    return 'the state says that it was created with the text that is declared; no report looked since';
  if (atCreation === false) return 'it was created with another text, and no report says what it was rebuilt with';
  return 'neither its state nor a report says what it runs';
}

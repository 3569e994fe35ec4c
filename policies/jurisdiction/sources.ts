/**
 * Pages that state legal entities for several operators at once, named here so that an entry stays one screen. A company's
 * own page goes before these wherever its text was at hand.
 */

/** The day on which the stored copies of all pages named in this folder were read. */
export const read = '2026-11-21';

/** A vendor register kept for audits, at one commit; the line is where the entry with legal name and address begins. */
export const vendorRegister = (line: number): string =>
  `https://github.com/getprobo/probo/blob/5d717eaefbf631119dcb1fd405537dacd4cde93a/pkg/proboctl/seed/common-third-parties/data/data.json#L${line}`;

/** Root certificates as Node ships them: the subject of each states organisation and country (C=, O=). */
export const rootCertificates = 'https://github.com/nodejs/node/blob/v20.20.2/src/node_root_certs.h';

/** Members of the European Union, ISO 3166-1: https://european-union.europa.eu/principles-countries-history/eu-countries_en */
export const europeanUnion = [
  ...['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU'],
  ...['LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'],
] as const;

/**
 * The Union with Iceland, Liechtenstein and Norway, where Regulation (EU) 2016/679 applies too ("text with EEA relevance"):
 * https://eur-lex.europa.eu/eli/reg/2016/679/oj
 */
export const europeanEconomicArea = [...europeanUnion, 'IS', 'LI', 'NO'] as const;

/**
 * Countries whose level of protection the European Commission has found adequate under GDPR Article 45, those whose decision
 * covers the country as a whole or its commercial organisations. Left out: the United States, whose decision reaches only
 * companies that certify themselves; the European Patent Organisation, which is no country.
 * https://commission.europa.eu/law/law-topic/data-protection/international-dimension-data-protection/adequacy-decisions_en;
 * Brazil: Implementing Decision (EU) 2026/179.
 */
export const adequate = [
  ...['AD', 'AR', 'BR', 'CA', 'CH', 'FO', 'GB', 'GG', 'IL', 'IM', 'JE', 'JP', 'KR', 'NZ', 'UY'],
] as const;

const groups: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['EU', europeanUnion],
  ['EEA', europeanEconomicArea],
]);

/** Country codes a list of jurisdictions stands for: `EU` and `EEA` become their members, the rest stays. */
export function expandJurisdictions(jurisdictions: readonly string[]): readonly string[] {
  const known =
    expanded.get(jurisdictions) ?? [...new Set(jurisdictions.flatMap((one) => groups.get(one) ?? [one]))].sort();
  expanded.set(jurisdictions, known);
  return known;
}

/** Every host asks, of the same list. */
const expanded = new WeakMap<readonly string[], readonly string[]>();

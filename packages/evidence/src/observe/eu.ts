/** Members of the European Union by ISO 3166-1: https://european-union.europa.eu/principles-countries-history/eu-countries_en */
const members = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '));

export function euMember(country: string): boolean {
  return members.has(country.toUpperCase());
}

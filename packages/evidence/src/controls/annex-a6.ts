import { theme } from './control.ts';

/** People: no machine of this stack can show any of it. */
export const annexA6 = theme('A.6', [
  ['none', 'Those who join were looked at as far as the law allows', 'Records of checks'],
  ['none', 'Contracts of work say what people owe', 'The contracts'],
  ['none', 'People learn what they need to know, and again', 'Courses, who took part'],
  ['none', 'Breaking rules has known consequences', 'The procedure'],
  ['none', 'Some duties outlast a job', 'Contracts, talks at leaving'],
  ['none', 'Those who learn secrets have promised to keep them', 'Signed promises'],
  ['none', 'Working from elsewhere is as safe as at a desk', 'The rules, equipment of people'],
  ['none', 'Whoever sees something odd can say so at once', 'The way to do so, and what came in'],
]);

import { matchesSelector } from '../../../packages/facts/src/labels.ts';
import { factsOf } from './sample.ts';

const labels = (values: object) => {
  const [server] = factsOf({ resource: { hcloud_server: { a: { labels: values } } }, variable: { x: {} } }).servers;
  if (server === undefined) throw new Error('no server');
  return server.resource.attr('labels');
};

it.each([
  ['role', true],
  ['!role', false],
  ['other', false],
  ['!other', true],
  ['role=logs', true],
  ['role==edge', false],
  ['role!=edge', true],
  ['other!=edge', true],
  ['role in (edge, logs)', true],
  ['role notin (edge, logs)', false],
  ['other notin (a)', true],
  ['role=logs,env=prod', true],
  ['role=logs,env=dev', false],
  ['open=1', undefined],
  ['open', undefined],
  ['open=1,role=edge', false],
  ['role ~ logs', undefined],
  ['', undefined],
])('%s', (selector, expected) => {
  expect(matchesSelector(selector, labels({ role: 'logs', env: 'prod', open: '${var.x}' }))).toBe(expected);
});

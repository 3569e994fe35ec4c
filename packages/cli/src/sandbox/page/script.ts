/**
 * What runs in the browser. Everything it shows is set as text, never as markup: names and labels are whatever clients of the
 * API sent.
 */
export const script = `
'use strict';
const COLUMNS = {
  actions: { title: 'Running actions', none: 'Nothing runs.', columns: [['command', 'Action'], ['on', 'On'], ['progress', 'Progress'], ['id', 'Id']] },
  servers: { title: 'Servers', none: 'No servers.', columns: [['name', 'Name'], ['status', 'Status'], ['type', 'Type'], ['location', 'Location'], ['addresses', 'Addresses'], ['labels', 'Labels'], ['protection', 'Protection'], ['id', 'Id']] },
  volumes: { title: 'Volumes', none: 'No volumes.', columns: [['name', 'Name'], ['status', 'Status'], ['size', 'Size'], ['location', 'Location'], ['server', 'Attached to'], ['labels', 'Labels'], ['protection', 'Protection'], ['id', 'Id']] },
  networks: { title: 'Networks', none: 'No networks.', columns: [['name', 'Name'], ['range', 'Range'], ['subnets', 'Subnets'], ['servers', 'Servers'], ['protection', 'Protection'], ['id', 'Id']] },
  firewalls: { title: 'Firewalls', none: 'No firewalls.', columns: [['name', 'Name'], ['rules', 'Rules'], ['targets', 'Applied to'], ['id', 'Id']] },
};
const TONES = { running: 'good', available: 'good', off: 'off', error: 'bad', deleting: 'bad' };
const MONO = new Set(['addresses', 'range', 'subnets', 'rules', 'labels', 'command']);
const seen = new Map();
let first = true;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function cell(row, [key, label], position) {
  const element = make(position === 0 ? 'th' : 'td', key === 'id' ? 'id' : MONO.has(key) ? 'mono' : '');
  if (position === 0) element.scope = 'row';
  const value = row[key];
  if (key === 'status') element.append(make('span', 'pill ' + (TONES[value] || 'busy'), value));
  else if (key === 'protection' && value) element.append(make('span', 'pill off', value));
  else if (key === 'progress') {
    const bar = make('progress');
    bar.max = 100;
    bar.value = value;
    bar.setAttribute('aria-label', label + ' of ' + row.command + ' on ' + row.on);
    element.append(bar, make('span', 'percent', value + ' %'));
  } else element.textContent = value === '' ? '–' : String(value);
  return element;
}

function table(project, kind, { total, rows }) {
  const { title, none, columns } = COLUMNS[kind];
  const card = make('section', 'card');
  const head = make('div', 'head');
  const heading = make('h3', '', title);
  heading.id = project + '-' + kind;
  card.setAttribute('aria-labelledby', heading.id);
  head.append(heading, make('span', 'count', String(total)));
  card.append(head);
  if (total === 0) {
    card.append(make('p', 'empty', none));
    return card;
  }
  const element = make('table');
  element.append(make('caption', '', title + ' of project ' + project));
  const line = make('tr');
  for (const [, label] of columns) {
    const th = make('th', '', label);
    th.scope = 'col';
    line.append(th);
  }
  element.append(make('thead'));
  element.tHead.append(line);
  const body = make('tbody');
  for (const row of rows) {
    const tr = make('tr');
    tr.append(...columns.map((column, position) => cell(row, column, position)));
    const key = project + '/' + kind + '/' + row.id;
    const text = kind === 'actions' ? 'runs' : JSON.stringify(row);
    if (!first && seen.get(key) !== text) tr.className = 'fresh';
    seen.set(key, text);
    body.append(tr);
  }
  element.append(body);
  const scroll = make('div', 'scroll');
  scroll.tabIndex = 0;
  scroll.setAttribute('role', 'region');
  scroll.setAttribute('aria-label', title + ' of project ' + project);
  scroll.append(element);
  card.append(scroll);
  if (total > rows.length) card.append(make('p', 'more', total - rows.length + ' more are not shown.'));
  return card;
}

const shown = new Map();
function project(each) {
  const section = make('section', 'project');
  const head = make('div', 'head');
  head.append(make('h2', '', 'Project ' + each.name));
  const others = Object.entries(each.others).map(([kind, count]) => {
    const word = kind.replaceAll('_', ' ').replace('ssh', 'SSH').replace(/ip$/, 'IP').replace('rrset', 'record set');
    return count + ' ' + word + (count === 1 ? '' : word.endsWith('x') ? 'es' : 's');
  });
  if (others.length > 0) head.append(make('p', '', 'also: ' + others.join(', ')));
  section.append(head);
  if (Object.keys(COLUMNS).every((kind) => each[kind].total === 0)) {
    const card = make('section', 'card');
    card.append(make('p', 'nothing', others.length > 0 ? 'Nothing else here yet.' : 'Nothing here yet.'));
    section.append(card);
    return section;
  }
  for (const kind of Object.keys(COLUMNS)) {
    const key = each.name + '/' + kind;
    const text = JSON.stringify(each[kind]);
    const before = shown.get(key);
    // What did not change stays the same element: whoever reads or scrolls in it is not disturbed.
    const card = before !== undefined && before.text === text ? before.card : table(each.name, kind, each[kind]);
    shown.set(key, { text, card });
    section.append(card);
  }
  return section;
}

function show(overview) {
  const faults = document.getElementById('faults');
  faults.hidden = overview.faults.length === 0;
  faults.querySelector('ul').replaceChildren(...overview.faults.map(({ id, text, struck, met }) => {
    const item = make('li');
    item.append(make('code', '', text), ' — fault ' + id + ', struck ' + struck + ' of ' + met + (met === 1 ? ' request' : ' requests'));
    return item;
  }));
  document.getElementById('projects').replaceChildren(...overview.projects.map(project));
  const running = overview.projects.reduce((sum, each) => sum + each.actions.total, 0);
  const news = running === 0 ? 'nothing runs' : running === 1 ? '1 action runs' : running + ' actions run';
  const live = document.getElementById('running');
  if (live.textContent !== news) live.textContent = news;
  first = false;
}

const state = document.getElementById('state');
const events = new EventSource('/events');
events.onopen = () => { state.className = ''; state.textContent = 'live'; };
events.onmessage = ({ data }) => show(JSON.parse(data));
events.onerror = () => {
  if (state.className === 'lost') return;
  state.className = 'lost';
  state.textContent = 'the sandbox does not answer; as of ' + new Date().toLocaleTimeString();
};
`;

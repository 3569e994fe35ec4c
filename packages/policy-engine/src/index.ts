export * from './rule.ts';
export * from './truth.ts';

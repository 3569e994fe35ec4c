export { verdictOf } from '../../packages/cli/src/own-rules/test.ts';

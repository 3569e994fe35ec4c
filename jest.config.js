/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  // Half of the slow tests wait for terraform, a browser or a guest: the second core would idle with jest's default of one worker.
  maxWorkers: '100%',
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
};

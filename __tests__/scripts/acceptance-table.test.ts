import { goesRound, readOutcomes, table } from '../../scripts/acceptance-table.ts';

/** Lines as `go test -v` prints them, with tests that run side by side. */
const OUTPUT = `=== RUN   TestUnit
--- PASS: TestUnit (0.00s)
=== RUN   TestAccPasses
=== PAUSE TestAccPasses
=== RUN   TestAccPassesToo
=== CONT  TestAccPasses
=== CONT  TestAccBreaks
=== RUN   TestAccBreaks
    resource_test.go:10: Step 1/2 error: Error running apply: exit status 1

        Error: no such thing
=== NAME  TestAccPasses
    resource_test.go:20: text of another
--- FAIL: TestAccBreaks (1.00s)
--- PASS: TestAccPasses (2.00s)
--- PASS: TestAccPassesToo (2.00s)
=== RUN   TestAccSkips
    resource_test.go:30: 
        HCL:
=== NAME  TestAccSkips
    resource_test.go:31: no vSwitch here
--- SKIP: TestAccSkips (0.00s)
=== RUN   TestAccInstalls
        Error: Failed to query available provider packages
        no available releases match the given constraints 1.66.1
--- FAIL: TestAccInstalls (0.50s)
=== RUN   TestAccGoesRound
    resource_test.go:40: Post "https://api.hetzner.com/v1/storage_boxes": proxyconnect tcp: refused
--- FAIL: TestAccGoesRound (0.50s)
=== RUN   TestAccGone
        Error code: deprecated_api_endpoint
--- FAIL: TestAccGone (0.50s)
=== RUN   TestAccNeverEnds
panic: test timed out after 20m0s
`;

test('what go test printed becomes outcomes with their reasons', () => {
  expect(readOutcomes('thing', OUTPUT)).toMatchInlineSnapshot(`
    [
      {
        "outcome": "passed",
        "package": "thing",
        "test": "TestAccPasses",
      },
      {
        "outcome": "passed",
        "package": "thing",
        "test": "TestAccPassesToo",
      },
      {
        "outcome": "failed",
        "package": "thing",
        "reason": "Error: no such thing",
        "test": "TestAccBreaks",
      },
      {
        "outcome": "not reachable",
        "package": "thing",
        "reason": "skips itself: no vSwitch here",
        "test": "TestAccSkips",
      },
      {
        "outcome": "not reachable",
        "package": "thing",
        "reason": "installs version 1.66.1 of the provider from the public registry",
        "test": "TestAccInstalls",
      },
      {
        "outcome": "not reachable",
        "package": "thing",
        "reason": "its client ignores HETZNER_ENDPOINT and calls api.hetzner.com: reached with --intercept only",
        "test": "TestAccGoesRound",
      },
      {
        "everywhere": true,
        "outcome": "failed",
        "package": "thing",
        "reason": "reads data centers: 410 since 2026-10-01 (docs.hetzner.cloud/changelog)",
        "test": "TestAccGone",
      },
      {
        "outcome": "failed",
        "package": "thing",
        "reason": "panic: test timed out after 20m0s",
        "test": "TestAccNeverEnds",
      },
    ]
  `);
});

test('output of one test is not read as that of another', () => {
  const passes = readOutcomes('thing', OUTPUT).find((each) => each.test === 'TestAccPasses');
  expect(passes).toEqual({
    package: 'thing',
    test: 'TestAccPasses',
    outcome: 'passed',
  });
});

test('a package without acceptance tests has none, one with tests names those that are left out', () => {
  expect(readOutcomes('server', '=== RUN   TestUnit\n--- PASS: TestUnit (0.00s)\n')).toEqual([]);
  const server = readOutcomes('server', '=== RUN   TestAccA\n--- PASS: TestAccA (0.00s)\n');
  expect(server).toHaveLength(2);
  expect(server[1]).toMatchObject({
    outcome: 'not reachable',
    reason: expect.stringContaining('SSH'),
  });
});

test('the table is sorted, counted, and the same for the same outcomes in any order', () => {
  const outcomes = readOutcomes('thing', OUTPUT).map((each) =>
    goesRound(each) ? { ...each, outcome: 'passed' as const, intercepted: true as const } : each,
  );
  const { text, counts } = table(outcomes, '1.2.3');
  expect(counts).toEqual({
    passed: 2,
    passedIntercepted: 1,
    failed: 3,
    notReachable: 2,
  });
  expect(table([...outcomes].reverse(), '1.2.3').text).toBe(text);
  expect(JSON.parse(text).counts).toEqual(counts);
});

/** What can go wrong, by the words for it, as docs/sandbox.md lists them. */
export const FAULT_WORDS: readonly { readonly text: string; readonly about: string }[] = [
  {
    text: 'resource_unavailable',
    about:
      'the request is refused with this error code and its status; any code the sandbox knows, such as `placement_error`, `locked`, `conflict`, `no_space_left_in_location`',
  },
  { text: '429', about: 'the same by its status: 409, 412, 423, 429, 500, 502, 503, 504' },
  { text: 'drop', about: 'the connection ends before anything was done' },
  { text: 'drop-answer', about: 'the request is done, and the connection ends without its answer' },
  { text: 'delay:1500', about: 'the answer comes so many milliseconds later' },
  { text: 'slow:60000', about: 'the actions that the request begins take so many milliseconds longer' },
  {
    text: 'fail:unknown_error',
    about:
      'the actions that the request begins end with this error; what it changed of objects that were there is put back',
  },
];

/** Whom a fault strikes, as docs/sandbox.md lists it. */
export const FAULT_LIMITS: readonly { readonly text: string; readonly about: string }[] = [
  {
    text: 'on=create_server',
    about: 'requests of this operation; `*` stands for any part. Every request when it is not said',
  },
  { text: 'on=POST /servers/*', about: 'the same by method and path' },
  { text: 'project=keys', about: 'requests of this project alone' },
  { text: 'after=3', about: 'so many requests that it means are let through first' },
  { text: 'times=2', about: 'how often it strikes; always when it is not said' },
  {
    text: 'probability=0.25',
    about: 'the part of them it strikes, by dice that `--token-seed` makes fall the same again',
  },
];

import findMyWay from 'find-my-way';

/** The part of an operation of the API's description that routing needs. */
export interface Route {
  readonly operationId: string;
  readonly method: string;
  /** With parameters in braces, such as `/servers/{id}`. */
  readonly path: string;
}

export interface Match<T> {
  readonly operation: T;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/**
 * Compiles operations into one tree.
 * @returns finds the operation of a method and a path (without `/v1`), or undefined.
 */
export function router<T extends Route>(
  operations: readonly T[],
): (method: string, path: string) => Match<T> | undefined {
  const tree = findMyWay({ ignoreTrailingSlash: false, maxParamLength: 300 });
  const nothing = () => undefined;
  for (const operation of operations) {
    const path = operation.path.replace(/\{(\w+)\}/g, ':$1');
    tree.on(operation.method.toUpperCase() as 'GET', path, nothing, operation);
  }
  return (method, path) => {
    const match = tree.find(method as 'GET', path);
    return match === null ? undefined : { operation: match.store as T, params: match.params };
  };
}

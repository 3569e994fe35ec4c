/** HTTP status by error code, as the API's documentation lists them (docs.hetzner.cloud, "Errors"). */
const STATUS = {
  json_error: 400,
  unsupported_error: 400,
  unauthorized: 401,
  forbidden: 403,
  token_readonly: 403,
  resource_limit_exceeded: 403,
  not_found: 404,
  firewall_resource_not_found: 404,
  conflict: 409,
  uniqueness_error: 409,
  resource_in_use: 409,
  firewall_already_applied: 409,
  server_already_attached: 409,
  volume_already_attached: 409,
  server_already_added: 409,
  deprecated_api_endpoint: 410,
  placement_error: 412,
  resource_unavailable: 412,
  no_space_left_in_location: 412,
  invalid_input: 422,
  invalid_server_type: 422,
  server_not_stopped: 422,
  networks_overlap: 422,
  ip_not_available: 422,
  ip_not_owned: 422,
  no_subnet_available: 422,
  server_not_attached: 422,
  private_net_only_server: 422,
  primary_ip_assigned: 422,
  primary_ip_already_assigned: 422,
  primary_ip_version_mismatch: 422,
  protected: 423,
  locked: 423,
  resource_locked: 423,
  rate_limit_exceeded: 429,
  server_error: 500,
  unknown_error: 500,
  not_implemented: 501,
  bad_gateway: 502,
  maintenance: 503,
  service_error: 503,
  timeout: 504,
} as const satisfies Readonly<Record<string, number>>;

export type ErrorCode = keyof typeof STATUS;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(STATUS, text);

export interface FieldProblem {
  readonly name: string;
  readonly messages: readonly string[];
}

/** An answer in Hetzner's error form; thrown by whatever finds the fault. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly details: unknown;

  constructor(code: ErrorCode, message: string, details: unknown = null) {
    super(message);
    this.code = code;
    this.status = STATUS[code];
    this.details = details;
  }
}

export const notFound = (what: string, id: number | string): ApiError =>
  new ApiError('not_found', `${what} with ID '${id}' not found`);

/** A fault of one field, or of several. */
export function invalidInput(fields: readonly FieldProblem[]): ApiError {
  const named = fields.map(({ name }) => `'${name}'`).join(', ');
  return new ApiError('invalid_input', `invalid input in ${fields.length === 1 ? 'field' : 'fields'} ${named}`, {
    fields,
  });
}

export const invalidField = (name: string, message: string): ApiError => invalidInput([{ name, messages: [message] }]);

/** HTTP status by error code, as the API's documentation lists them (docs.hetzner.cloud, "Errors"). */
const STATUS = {
  unsupported_error: 400,
  unauthorized: 401,
  forbidden: 403,
  /** Until hcloud-go v2.51.0; now it is `forbidden`. */
  token_readonly: 403,
  resource_limit_exceeded: 403,
  not_found: 404,
  firewall_resource_not_found: 404,
  conflict: 409,
  uniqueness_error: 409,
  volume_already_attached: 409,
  deprecated_api_endpoint: 410,
  placement_error: 412,
  resource_unavailable: 412,
  no_space_left_in_location: 412,
  json_error: 422,
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
  primary_ip_datacenter_mismatch: 422,
  resource_in_use: 422,
  must_be_unassigned: 422,
  firewall_already_applied: 422,
  firewall_managed_by_label_selector: 422,
  server_already_attached: 422,
  server_already_added: 422,
  server_has_ipv4: 422,
  server_has_ipv6: 422,
  server_is_load_balancer_target: 422,
  floating_ip_assigned: 422,
  incorrect_zone_mode: 422,
  incompatible_network_type: 422,
  vswitch_id_already_used: 422,
  source_port_already_used: 422,
  target_already_defined: 422,
  load_balancer_already_attached: 422,
  load_balancer_not_attached_to_network: 422,
  load_balancer_public_interface_disabled: 422,
  load_balancer_target_not_found: 404,
  targets_without_use_private_ip: 422,
  server_not_attached_to_network: 422,
  missing_ipv4: 422,
  cloud_resource_ip_not_allowed: 422,
  invalid_load_balancer_type: 422,
  protected: 423,
  locked: 423,
  resource_locked: 423,
  rate_limit_exceeded: 429,
  server_error: 500,
  unknown_error: 500,
  not_implemented: 501,
  bad_gateway: 502,
  maintenance: 503,
  robot_unavailable: 503,
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

  /** @param status where an endpoint answers a code with another status than most */
  constructor(code: ErrorCode, message: string, details: unknown = null, status: number = STATUS[code]) {
    super(message);
    this.code = code;
    this.status = status;
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

import { referenced } from '../../collection.ts';
import type { Context } from '../../context.ts';
import { ApiError, invalidField, notFound } from '../../errors.ts';
import type { HealthCheck, LoadBalancer, Service, ServiceHttp } from './types.ts';

type Some<T> = { readonly [K in keyof T]?: T[K] | undefined };

export interface ServiceBody extends Some<Pick<Service, 'listen_port' | 'destination_port' | 'proxyprotocol'>> {
  readonly protocol?: Service['protocol'];
  readonly http?: Some<ServiceHttp>;
  readonly health_check?: Some<Omit<HealthCheck, 'http'>> & { readonly http?: Some<HealthCheck['http'] & object> };
}

const DEFAULT_PORTS: Readonly<Record<Service['protocol'], readonly [listen?: number, destination?: number]>> = {
  tcp: [],
  http: [80, 80],
  https: [443, 80],
};

/** What a service has that does not say otherwise (docs.hetzner.com/cloud/load-balancers). */
const DEFAULT_HTTP: ServiceHttp = {
  cookie_name: 'HCLBSTICKY',
  cookie_lifetime: 300,
  certificates: [],
  redirect_http: false,
  sticky_sessions: false,
  timeout_idle: 60,
};
const DEFAULT_CHECK = { interval: 15, timeout: 10, retries: 3 };
const DEFAULT_CHECK_HTTP = { domain: '', path: '/', response: '', status_codes: ['2??', '3??'], tls: false };

/** A service that may be added. @throws ApiError source_port_already_used, resource_limit_exceeded, invalid_input */
export function newService(context: Context, balancer: LoadBalancer, body: ServiceBody): Service {
  const protocol = body.protocol ?? 'tcp';
  const [listen, destination] = DEFAULT_PORTS[protocol];
  const port = body.listen_port ?? listen;
  const to = body.destination_port ?? destination;
  if (port === undefined) throw invalidField('listen_port', 'is required for protocol tcp');
  if (to === undefined) throw invalidField('destination_port', 'is required for protocol tcp');
  if (balancer.services.some(({ listen_port }) => listen_port === port))
    throw new ApiError(
      'source_port_already_used',
      `load balancer ${balancer.id} has a service on port ${port} already`,
    );
  const most = context.lookups.loadBalancerType(balancer.type)?.max_services ?? 0;
  if (balancer.services.length >= most)
    throw new ApiError('resource_limit_exceeded', `load balancer ${balancer.id} has ${most} services already`);
  return checked(context, balancer, changed({ protocol, listen_port: port, destination_port: to }, body));
}

/** The services with one changed. @throws ApiError not_found, invalid_input */
export function updatedServices(context: Context, balancer: LoadBalancer, body: ServiceBody): readonly Service[] {
  const old = serviceAt(balancer, body.listen_port);
  const next = checked(context, balancer, changed(old, body));
  return balancer.services.map((each) => (each === old ? next : each));
}

/** @throws ApiError not_found */
export function serviceAt({ id, services }: LoadBalancer, port: number | undefined): Service {
  const service = services.find(({ listen_port }) => listen_port === port);
  if (service === undefined) throw notFound(`service of load balancer ${id} on port`, port ?? 0);
  return service;
}

type Base = Pick<Service, 'protocol' | 'listen_port' | 'destination_port'> & Partial<Service>;

/** A service with the fields of a body over those it had, and those over what any has. */
function changed(old: Base, body: ServiceBody): Service {
  const protocol = body.protocol ?? old.protocol;
  const destination_port = body.destination_port ?? old.destination_port;
  const http = protocol === 'tcp' ? undefined : { ...DEFAULT_HTTP, ...old.http, ...given(body.http) };
  return {
    protocol,
    listen_port: old.listen_port,
    destination_port,
    proxyprotocol: body.proxyprotocol ?? old.proxyprotocol ?? false,
    ...(http && { http }),
    health_check: checkOf(protocol, destination_port, old.health_check, body.health_check ?? {}),
  };
}

function checkOf(
  service: Service['protocol'],
  destination: number,
  old: HealthCheck | undefined,
  body: NonNullable<ServiceBody['health_check']>,
): HealthCheck {
  const protocol = body.protocol ?? old?.protocol ?? (service === 'tcp' ? 'tcp' : 'http');
  const { http: asked, ...fields } = body;
  const { http: had, ...before } = old ?? {};
  const http = protocol === 'http' ? { ...DEFAULT_CHECK_HTTP, ...had, ...given(asked) } : undefined;
  const merged: HealthCheck = { ...DEFAULT_CHECK, ...{ port: destination }, ...before, ...given(fields), protocol };
  return http === undefined ? merged : { ...merged, http };
}

/** The fields that are there. */
const given = <T extends object>(fields: T | undefined) =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]-?: Exclude<T[K], undefined>;
  };

/** Limits of docs.hetzner.com/cloud/load-balancers and of the provider's documentation. */
function checked(context: Context, balancer: LoadBalancer, service: Service): Service {
  const { protocol, http, health_check: check } = service;
  for (const [name, port] of [
    ['listen_port', service.listen_port],
    ['destination_port', service.destination_port],
    ['health_check.port', check.port],
  ] as const)
    if (port < 1 || port > 65_535) throw invalidField(name, 'must be a port from 1 to 65535');
  within('health_check.interval', check.interval, 3, 60);
  within('health_check.timeout', check.timeout, 1, check.interval);
  within('health_check.retries', check.retries, 0, 5);
  if (http === undefined) return service;
  within('http.timeout_idle', http.timeout_idle, 30, 300);
  const types = context.lookups.loadBalancerType(balancer.type);
  for (const id of http.certificates) referenced(context, 'certificate', id);
  if (protocol === 'https' && http.certificates.length === 0)
    throw invalidField('http.certificates', 'a service of protocol https needs a certificate');
  if (protocol === 'http' && (http.certificates.length > 0 || http.redirect_http))
    throw invalidField('http', 'certificates and redirect_http are for protocol https');
  if (http.certificates.length > (types?.max_assigned_certificates ?? 0))
    throw new ApiError('resource_limit_exceeded', `load balancer ${balancer.id} takes no more certificates`);
  return service;
}

function within(field: string, value: number, least: number, most: number): void {
  if (value < least || value > most) throw invalidField(field, `must be from ${least} to ${most}`);
}

import type { Named, Pointers, PrimaryIp } from '../../types.ts';

export interface HealthCheck {
  readonly protocol: 'http' | 'tcp';
  readonly port: number;
  /** Seconds, as the timeout. */
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly http?: {
    readonly domain: string | null;
    readonly path: string;
    readonly response: string;
    readonly status_codes: readonly string[];
    readonly tls: boolean;
  };
}

export interface ServiceHttp {
  readonly cookie_name: string;
  readonly cookie_lifetime: number;
  readonly certificates: readonly number[];
  readonly redirect_http: boolean;
  readonly sticky_sessions: boolean;
  readonly timeout_idle: number;
}

/** A service as the API shows it. */
export interface Service {
  readonly protocol: 'tcp' | 'http' | 'https';
  readonly listen_port: number;
  readonly destination_port: number;
  readonly proxyprotocol: boolean;
  readonly http?: ServiceHttp;
  readonly health_check: HealthCheck;
}

/** Whom a load balancer sends to: by hand; servers that a selector finds are worked out when asked for. */
export type Target = ({ readonly server: number } | { readonly selector: string }) & { readonly privately: boolean };

export interface LoadBalancer extends Named {
  readonly type: number;
  readonly location: string;
  readonly algorithm: 'round_robin' | 'least_connections';
  readonly publicly: boolean;
  readonly ipv4: string;
  readonly ipv6: string;
  /** Primary IPs that were there before it; its other addresses are its own. */
  readonly primaryIps?: Readonly<Partial<Record<PrimaryIp['type'], number>>>;
  readonly pointers: Pointers;
  readonly privateNet: readonly { readonly network: number; readonly ip: string }[];
  readonly services: readonly Service[];
  readonly targets: readonly Target[];
  readonly deleteProtected: boolean;
}

import { ApiError } from './errors.ts';

/**
 * What a project may ask in an hour, refilled evenly: 3,600 at Hetzner, one a second. The limit of the sandbox is set by its
 * options, since loopback is faster than any limit.
 */
export class RateLimit {
  private readonly limit: number;
  private left: number;
  private at: number;

  constructor(limit: number, now: number) {
    this.limit = limit;
    this.left = limit;
    this.at = now;
  }

  /** Counts one request. @returns whether it may be answered. */
  take(now: number): boolean {
    this.left = Math.min(this.limit, this.left + (Math.max(0, now - this.at) / 3_600_000) * this.limit);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }

  /** The headers of an answer: `reset` is the second at which all is refilled. */
  headers(): Readonly<Record<string, string>> {
    const seconds = Math.ceil(((this.limit - this.left) / this.limit) * 3600);
    return {
      'ratelimit-limit': String(this.limit),
      'ratelimit-remaining': String(Math.floor(this.left)),
      'ratelimit-reset': String(Math.ceil(this.at / 1000) + seconds),
    };
  }
}

export const rateLimitExceeded = (): ApiError =>
  new ApiError('rate_limit_exceeded', 'rate limit of the project is exceeded');

/** For tests that look into a token. */

/** The parameters of the URL in it, decoded. */
export function parametersOf(token: string): URLSearchParams {
  return new URL(Buffer.from(token, 'base64url').toString()).searchParams
}

/** Its lifetime as it stands there. */
export function lifetimeOf(token: string): string | null {
  return parametersOf(token).get('X-Amz-Expires')
}

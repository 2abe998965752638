/** What is verified of a request: its first line and its headers exactly as received (`http.IncomingMessage` fits). */
export interface SignedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Names and values alternating, as Node keeps them; values are the received bytes as Latin-1. */
  readonly rawHeaders: readonly string[];
}

/** The secret behind an access key; `sessionToken` where the key belongs to a session. */
export interface Credentials {
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Finds the secret of an access key id; undefined for a key that does not exist. */
export type CredentialLookup = (accessKeyId: string) => Credentials | undefined;

/** What a valid signature proves about a request. */
export interface VerifiedSignature {
  readonly accessKeyId: string;
  readonly region: string;
  /** The service of the credential scope: `s3`, `sqs`, … */
  readonly service: string;
  /** `20260131/ap-south-1/s3/aws4_request` */
  readonly scope: string;
  /** `20260131T120000Z` */
  readonly date: string;
  readonly authType: 'REST-HEADER' | 'REST-QUERY-STRING' | 'POST';
  /** Names of the headers that the signature covers, lower case. */
  readonly signedHeaders: ReadonlySet<string>;
  /** Milliseconds between the signature's time and the clock that accepted it; never negative. */
  readonly signatureAgeMs: number;
  /** What the signature says of the body: its SHA-256 in hexadecimal, `UNSIGNED-PAYLOAD` or a `STREAMING-…` form. */
  readonly payloadHash: string;
  readonly signature: string;
  /** The derived key, with which the chunks of a streaming body are verified. */
  readonly signingKey: Buffer;
}

/** Headers by lower-case name; a header sent more than once is joined with commas. */
export const headerMap = (rawHeaders: readonly string[]): Map<string, string> => {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
};

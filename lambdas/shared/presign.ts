import { createHash, createHmac } from 'node:crypto';

/** Keys of a role's session, and where and when they sign. */
export interface SigningContext {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A request to S3 that somebody else will send. */
export interface RequestToSign {
  readonly method: 'GET' | 'PUT';
  /** Scheme, host and path, every segment of the key percent-encoded. */
  readonly address: URL;
  readonly query?: Readonly<Record<string, string>>;
  /** Headers that the sender has to send exactly so; lower-case names, without `host`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly expiresInSeconds: number;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs URLs by AWS Signature Version 4 (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html).
 * The SDK's presigner runs its whole middleware stack per URL; a multipart upload needs up to 1,000 of them in one answer,
 * so the day's key is derived once here and each URL costs one hash and one HMAC.
 */
export const urlSigner = (context: SigningContext): ((request: RequestToSign) => string) => {
  const { time, scope } = signingTime(context);
  const key = signingKey(context);
  const { accessKeyId, sessionToken } = context.credentials;
  return ({ method, address, query = {}, headers = {}, expiresInSeconds }) => {
    const signed: Record<string, string> = { ...headers, host: address.host };
    const names = Object.keys(signed).sort();
    const parameters = canonicalQuery({
      ...query,
      'X-Amz-Algorithm': algorithm,
      'X-Amz-Credential': `${accessKeyId}/${scope}`,
      'X-Amz-Date': time,
      'X-Amz-Expires': String(expiresInSeconds),
      'X-Amz-SignedHeaders': names.join(';'),
      'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD',
      ...(sessionToken === undefined ? {} : { 'X-Amz-Security-Token': sessionToken }),
    });
    const headerLines = names.map((name) => `${name}:${(signed[name] ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
    const canonical = [method, address.pathname, parameters, headerLines, names.join(';'), 'UNSIGNED-PAYLOAD'].join(
      '\n',
    );
    const signature = hmac(key, [algorithm, time, scope, sha256Hex(canonical)].join('\n')).toString('hex');
    return `${address.origin}${address.pathname}?${parameters}&X-Amz-Signature=${signature}`;
  };
};

/** One condition of a POST policy: an exact value, or the length of the file. */
export type FormCondition = Readonly<Record<string, string>> | readonly ['content-length-range', number, number];

/** The fields of a form that S3 accepts as far as its policy allows; every field is pinned to its value. */
export const signForm = (
  form: {
    readonly bucket: string;
    readonly fields: Readonly<Record<string, string>>;
    readonly lengthRange: readonly [number, number];
    readonly expiresAt: number;
  },
  context: SigningContext,
): Record<string, string> => {
  const { time, scope } = signingTime(context);
  const { accessKeyId, sessionToken } = context.credentials;
  const fields: Record<string, string> = {
    ...form.fields,
    'x-amz-algorithm': algorithm,
    'x-amz-credential': `${accessKeyId}/${scope}`,
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const conditions: FormCondition[] = [
    { bucket: form.bucket },
    ['content-length-range', ...form.lengthRange],
    ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
  ];
  const policy = Buffer.from(
    JSON.stringify({ expiration: new Date(form.expiresAt).toISOString(), conditions }),
  ).toString('base64');
  return { ...fields, policy, 'x-amz-signature': hmac(signingKey(context), policy).toString('hex') };
};

/** Percent-encodes everything but the unreserved characters of RFC 3986. */
export const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

const canonicalQuery = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');

const signingTime = ({ now, region }: SigningContext): { time: string; scope: string } => {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return { time, scope: `${time.slice(0, 8)}/${region}/s3/aws4_request` };
};

const signingKey = (context: SigningContext): Buffer => {
  const day = signingTime(context).time.slice(0, 8);
  return [day, context.region, 's3', 'aws4_request'].reduce<Buffer>(
    hmac,
    Buffer.from(`AWS4${context.credentials.secretAccessKey}`),
  );
};

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');

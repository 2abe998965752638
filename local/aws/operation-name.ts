import type { AwsRequest } from './service.ts';

/**
 * The operation that a request asks for: what `X-Amz-Target` or `Action` names, else method and path. A service whose
 * requests name it in no single place tells by itself.
 */
export const operationName = ({ http, url, body }: Pick<AwsRequest, 'http' | 'url' | 'body'>): string => {
  const target = http.headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.indexOf('.') + 1);
  const [path = '/', query = ''] = url.split('?', 2);
  const action = new URLSearchParams(query).get('Action') ?? actionOfForm(http.headers['content-type'], body);
  return action ?? `${http.method} ${path}`;
};

const actionOfForm = (contentType: string | undefined, body: Buffer | undefined): string | null =>
  contentType?.startsWith('application/x-www-form-urlencoded') && body !== undefined
    ? new URLSearchParams(body.toString('utf8')).get('Action')
    : null;

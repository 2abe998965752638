import { invalidArgument } from '../protocol/errors.ts';
import { formEncode } from '../protocol/form-encode.ts';
import type { S3Request } from '../protocol/request.ts';

/** How a list writes keys: as they are, or URL-encoded where the request says so. */
export const keyEncoding = ({ query }: S3Request): ((key: string) => string) => {
  const type = query.get('encoding-type');
  if (type === undefined) return (key) => key;
  if (type === 'url') return formEncode;
  throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
};

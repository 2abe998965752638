import { ContentLink } from '../core/schemas/asset.ts';
import type { Connection } from './connection.ts';
import { callApi } from './connection.ts';
import { noAnswer, ServiceError } from './errors.ts';
import { createSha256 } from './sha256.ts';
import { StorageError } from './transport.ts';

/** Content on its way: what it is, and its bytes, which fail at their end if they are not what was stored. */
export interface Download {
  readonly link: ContentLink;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Opens the content of one version; the bytes are not buffered. */
export const download = async (
  connection: Connection,
  assetId: string,
  { versionId, signal }: { versionId?: string; signal?: AbortSignal },
): Promise<Download> => {
  const { value: link } = await callApi(connection, {
    method: 'GET',
    path: `/assets/${assetId}/content`,
    query: { versionId },
    answer: ContentLink,
    signal,
  });
  const response = await fetchContent(connection, link.url, signal);
  return { link, bytes: verified(response, link) };
};

const fetchContent = async (connection: Connection, url: string, signal?: AbortSignal): Promise<Response> => {
  try {
    const response = await connection.fetch(url, signal ? { signal } : {});
    if (response.ok) return response;
    const code = /<Code>([\w.]+)<\/Code>/.exec(await response.text())?.[1] ?? '';
    throw new StorageError(response.status, code, `Storage refused with ${response.status} ${code}`);
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof StorageError ? error : noAnswer(url, error);
  }
};

async function* verified(response: Response, link: ContentLink): AsyncIterable<Uint8Array> {
  const hash = createSha256();
  let received = 0;
  for await (const chunk of response.body ?? []) {
    hash.update(chunk);
    received += chunk.length;
    yield chunk;
  }
  const complete = link.bytes === undefined || received === link.bytes;
  if (complete && (link.sha256 === undefined || link.sha256 === hash.digestBase64())) return;
  throw new ServiceError(
    `The content of ${link.assetId} arrived with ${received} bytes and is not what was stored. Download it again.`,
    { code: 'storage', retryable: true },
  );
}

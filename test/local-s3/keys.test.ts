import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket('keys');
});
afterAll(() => s3.close());

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const listed = async (Bucket: string): Promise<string[]> => {
  const answer = await s3.client.send(new ListObjectsV2Command({ Bucket, EncodingType: 'url' }));
  return (answer.Contents ?? []).map(({ Key }) => decodeURIComponent((Key ?? '').replaceAll('+', '%20')));
};

/** Names that break stores, lists or paths. */
const strangeKeys = [
  '..',
  '../x',
  'a/../../b',
  '%2e%2e%2f',
  '%2F',
  '%252F',
  '+',
  'a b',
  'a  b',
  'trailing ',
  '/leading',
  '//',
  'trailing/',
  'nul\u0000nul',
  'line\r\nbreak',
  '\u007f\u0085',
  'e\u0301',
  '\u00e9',
  'rtl\u202Ekey',
  'zero\u200Dwidth',
  'tеnant',
  'back\\slash',
  'a?b#c&d=e',
  '<script>',
  '\'"',
  `\${jndi:ldap://x}`,
  '{{7*7}}',
  'con',
  '.',
  '~',
  't1',
  't10',
  'T1',
  '\u0001\u001f',
  'soap/',
  '😀',
  '\ufffe',
];

describe('a key', () => {
  it('of any text is an object of its own, in lists too, in the order of its bytes', async () => {
    s3.bucket('strange');
    for (const Key of strangeKeys)
      await s3.client.send(new PutObjectCommand({ Bucket: 'strange', Key, Body: `<${Key}>` }));

    for (const Key of strangeKeys) {
      const answer = await s3.client.send(new GetObjectCommand({ Bucket: 'strange', Key }));
      expect(await answer.Body?.transformToString()).toBe(`<${Key}>`);
    }
    expect(await listed('strange')).toEqual(strangeKeys.toSorted(byBytes));
  });

  it('of any text can be copied and deleted', async () => {
    s3.bucket('copies');
    for (const Key of strangeKeys) await s3.client.send(new PutObjectCommand({ Bucket: 'copies', Key, Body: 'x' }));
    for (const Key of strangeKeys) {
      await s3.client.send(
        new CopyObjectCommand({
          Bucket: 'copies',
          Key: `copy/${Key}`,
          CopySource: `copies/${encodeURIComponent(Key)}`,
        }),
      );
    }
    expect(await listed('copies')).toHaveLength(2 * strangeKeys.length);
    const printable = strangeKeys.filter((key) => [...key].every((char) => char >= ' ' && char !== '\ufffe'));

    await s3.client.send(
      new DeleteObjectsCommand({ Bucket: 'copies', Delete: { Objects: printable.map((Key) => ({ Key })) } }),
    );

    expect(await listed('copies')).toHaveLength(2 * strangeKeys.length - printable.length);
  });

  it('has at most 1,024 bytes of UTF-8', async () => {
    const put = async (key: string) => {
      const answer = await send(s3, { method: 'PUT', path: `/keys/${encodeURIComponent(key)}`, body: '' });
      return [answer.status, answer.code];
    };

    expect(await put('k'.repeat(1024))).toEqual([200, undefined]);
    expect(await put('k'.repeat(1025))).toEqual([400, 'KeyTooLongError']);
    expect(await put('😀'.repeat(256))).toEqual([200, undefined]);
    expect(await put('😀'.repeat(257))).toEqual([400, 'KeyTooLongError']);
  });

  it.each(['%C0%AF', '%ED%A0%80', '%E0%A4', '%FF', '%zz', '%'])('that is not UTF-8 (%s) is refused', async (text) => {
    const answer = await send(s3, { method: 'PUT', path: `/keys/${text}`, body: '' });

    expect([answer.status, answer.code]).toEqual([400, 'InvalidURI']);
  });

  it('that XML cannot carry is written as a reference, which breaks no list', async () => {
    s3.bucket('control');
    await s3.client.send(new PutObjectCommand({ Bucket: 'control', Key: 'a\u0001<&>', Body: 'x' }));

    const answer = await send(s3, { path: '/control' });

    expect(answer.text).toContain('<Key>a&#x1;&lt;&amp;&gt;</Key>');
  });
});

describe('a list', () => {
  it('tells the same objects and common prefixes in pages of any size', async () => {
    const keys = ['a', 'a/1', 'a/2', 'a/b/3', 'b', 'b/', 'b/1', 'c//1', 'c/1', 'd', 'd-1', 'd/1', 'ä/1'];
    s3.bucket('paged');
    for (const Key of keys) await s3.client.send(new PutObjectCommand({ Bucket: 'paged', Key, Body: 'x' }));
    const expected = (prefix: string, delimiter: string | undefined, after: string): string[] => {
      const names = keys
        .filter((key) => key.startsWith(prefix))
        .map((key) => {
          const cut = delimiter === undefined ? -1 : key.indexOf(delimiter, prefix.length);
          return cut === -1 ? key : `${key.slice(0, cut + 1)} *`;
        });
      return [...new Set(names)].filter((name) => byBytes(name.replace(' *', ''), after) > 0).sort(byBytes);
    };
    const options = fc.record({
      MaxKeys: fc.integer({ min: 1, max: 5 }),
      Prefix: fc.constantFrom('', 'a', 'a/', 'b/', 'c/', 'x'),
      Delimiter: fc.constantFrom(undefined, '/'),
    });

    await fc.assert(
      fc.asyncProperty(options, async ({ MaxKeys, Prefix, Delimiter }) => {
        const names: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await s3.client.send(
            new ListObjectsV2Command({ Bucket: 'paged', MaxKeys, Prefix, Delimiter, ContinuationToken }),
          );
          const items = [
            ...(page.Contents ?? []).map(({ Key }) => Key ?? ''),
            ...(page.CommonPrefixes ?? []).map((common) => `${common.Prefix} *`),
          ];
          expect(items.length).toBe(page.KeyCount);
          expect(items.length).toBeLessThanOrEqual(MaxKeys);
          names.push(...items);
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken !== undefined);
        expect(names.toSorted(byBytes)).toEqual(expected(Prefix, Delimiter, ''));
      }),
      { numRuns: 60 },
    );
  });

  it('begins after a key, and refuses numbers and tokens that it did not make', async () => {
    const after = await s3.client.send(new ListObjectsV2Command({ Bucket: 'paged', StartAfter: 'd' }));
    const codes = await Promise.all(
      [
        'max-keys=-1',
        'max-keys=x',
        'max-keys=99999999999',
        'list-type=2&continuation-token=zzz',
        'encoding-type=zip',
      ].map(async (query) => (await send(s3, { path: `/paged?${query}` })).code),
    );
    const none = await send(s3, { path: '/paged?max-keys=0' });

    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['d-1', 'd/1', 'ä/1']);
    expect(codes).toEqual(Array(5).fill('InvalidArgument'));
    expect(none.text).toContain('<IsTruncated>false</IsTruncated>');
  });
});

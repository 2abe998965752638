import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let s3: S3Server;
const Bucket = 'forms';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, {
    versioning: 'Enabled',
    notifications: [
      {
        id: 'posts',
        queueArn: 'arn:aws:sqs:ap-south-1:000000000000:intake',
        events: ['s3:ObjectCreated:*'],
        prefix: 'post/',
        suffix: '',
      },
    ],
  });
});
afterAll(() => s3.close());

interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  readonly filename?: string;
}

/** A form as a browser sends it. */
const formBody = (parts: readonly Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, value, filename }) => [
      Buffer.from(
        `--edge\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"\r\nContent-Type: audio/wav`}\r\n\r\n`,
      ),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--edge--\r\n'),
  ]);

const post = async (parts: readonly Part[], body = formBody(parts)) => {
  const answer = await fetch(`${s3.url}/${Bucket}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=edge' },
    body: new Uint8Array(body),
    redirect: 'manual',
  });
  const text = await answer.text();
  return { status: answer.status, code: /<Code>(.*?)<\/Code>/.exec(text)?.[1], text, headers: answer.headers };
};

const key = 'post/t1/01HZX5Q8C9';
/** The fields of a form whose policy pins key, type, facts and a length between 5 and 10. */
const signedFields = async (
  more: { readonly key?: string; readonly fields?: Record<string, string>; readonly expires?: number } = {},
): Promise<Part[]> => {
  const { fields } = await createPresignedPost(s3.client, {
    Bucket,
    Key: more.key ?? key,
    Conditions: [
      ['content-length-range', 5, 10],
      { 'Content-Type': 'audio/wav' },
      { 'x-amz-meta-facts': 'abc' },
      ...Object.entries(more.fields ?? {}).map(([name, value]) => ({ [name]: value })),
    ],
    Fields: { 'Content-Type': 'audio/wav', 'x-amz-meta-facts': 'abc', ...more.fields },
    Expires: more.expires ?? 600,
  });
  return Object.entries(fields).map(([name, value]) => ({ name, value }));
};
const file = (value: string | Buffer, filename = 'a.wav'): Part => ({ name: 'file', value, filename });
const read = async (Key: string) =>
  (await s3.client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

describe('a form upload', () => {
  it('is stored as its policy says and announced as a Post', async () => {
    const answer = await post([...(await signedFields()), file('12345678')]);

    expect(answer.status).toBe(204);
    expect(await read(key)).toBe('12345678');
    const event = JSON.parse(s3.events.at(-1)?.body ?? '{}').Records[0];
    expect([event.eventName, event.s3.object.key, event.s3.object.size]).toEqual(['ObjectCreated:Post', key, 8]);
    const asked = s3.authorized.filter(({ action }) => action === 's3:PutObject').at(-1);
    expect(asked?.context['s3:authType']).toBe('POST');
  });

  it('keeps bytes that look like boundaries and line breaks', async () => {
    const content = Buffer.from('\r\n--edg\r\n');

    expect((await post([...(await signedFields()), file(content)])).status).toBe(204);
    expect(await read(key)).toBe(content.toString());
  });

  it('is read the same however its bytes arrive', async () => {
    const fields = (await signedFields({ fields: {} })).filter(({ name }) => name !== 'x');
    const { FormParser } = await import('../../local/s3/forms/form-parser.ts');
    const body = formBody([...fields, file('12345678')]);
    for (const step of [1, 2, 3, 17, body.length]) {
      const seen: string[] = [];
      let content = '';
      const parser = new FormParser('multipart/form-data; boundary=edge', {
        field: (name, value) => void seen.push(`${name}=${value}`),
        startFile: (filename) => void seen.push(filename),
        fileData: (bytes) => {
          content += bytes.toString();
          return undefined;
        },
      });
      for (let at = 0; at < body.length; at += step) parser.feed(body.subarray(at, at + step));
      parser.end();
      expect([seen.length, seen.at(-1), content]).toEqual([fields.length + 1, 'a.wav', '12345678']);
    }
  });

  it('puts the file’s name into its key and answers as it is asked to', async () => {
    const named = await signedFields({ key: `post/\${filename}`, fields: { success_action_status: '201' } });

    const answer = await post([...named, file('12345', 'C:\\dir\\$& x.wav')]);

    expect(answer.status).toBe(201);
    expect(answer.text).toContain('<Key>post/$&amp; x.wav</Key>');
    expect(await read('post/$& x.wav')).toBe('12345');
  });

  it.each([
    ['too short', '1234', 'EntityTooSmall'],
    ['too long', '12345678901', 'EntityTooLarge'],
  ])('is refused where its file is %s', async (_, content, code) => {
    const answer = await post([...(await signedFields({ key: 'post/size' })), file(content)]);

    expect([answer.status, answer.code]).toEqual([400, code]);
    await expect(read('post/size')).rejects.toThrow();
  });

  it('is refused with a field that the policy does not name, or one that it names otherwise', async () => {
    const fields = await signedFields();
    const change = (name: string, value: string) =>
      fields.map((field) => (field.name === name ? { name, value } : field));

    expect(await post([...fields, { name: 'x-amz-meta-other', value: '1' }, file('12345')])).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    expect(await post([...fields, { name: 'x-ignore-me', value: '1' }, file('12345')])).toMatchObject({ status: 204 });
    expect(await post([...change('key', 'post/t2/x'), file('12345')])).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    expect(await post([...change('Content-Type', 'text/html'), file('12345')])).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    expect(await post([...fields.filter(({ name }) => name !== 'x-amz-meta-facts'), file('12345')])).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
  });

  it('is refused where the policy, its signature or its time is wrong', async () => {
    const fields = await signedFields();
    const policy = String(fields.find(({ name }) => name === 'Policy')?.value);
    const wider = Buffer.from(Buffer.from(policy, 'base64').toString().replace('5,10', '0,9999')).toString('base64');
    const change = (name: string, value: string) =>
      fields.map((field) => (field.name === name ? { name, value } : field));
    const expired = await signedFields({ expires: 10 });
    s3.clock.move(11_000);
    const late = await post([...expired, file('12345')]);
    s3.clock.move(-11_000);

    expect(await post([...change('Policy', wider), file('12345')])).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    expect(await post([...change('X-Amz-Signature', 'f'.repeat(64)), file('12345')])).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    expect(await post([{ name: 'key', value: key }, file('12345')])).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    expect([late.status, late.text.includes('Policy expired')]).toEqual([403, true]);
  });

  it('is refused with a value that no header could carry back', async () => {
    const broken = await signedFields({ fields: { 'Content-Disposition': 'attachment\r\nset-cookie: x' } });

    expect(await post([...broken, file('12345')])).toMatchObject({ status: 400, code: 'InvalidArgument' });
  });

  it('has exactly one file, and it comes last', async () => {
    const fields = await signedFields();
    const tail: Part = { name: 'x-ignore-late', value: '1' };

    expect(await post([...fields, file('12345'), file('12345')])).toMatchObject({
      status: 400,
      code: 'IncorrectNumberOfFilesInPostRequest',
    });
    expect(await post([...fields, file('12345'), tail])).toMatchObject({ status: 400, code: 'MalformedPOSTRequest' });
    expect(await post(fields)).toMatchObject({ status: 400, code: 'IncorrectNumberOfFilesInPostRequest' });
    expect(await post([...fields, ...fields, file('12345')])).toMatchObject({ status: 400, code: 'InvalidArgument' });
    expect(await post([], Buffer.from('--edge\r\nbroken'))).toMatchObject({ status: 400, code: 'IncompleteBody' });
    expect(await post([{ name: 'key', value: 'k'.repeat(30_000) }, file('12345')])).toMatchObject({
      status: 400,
      code: 'MaxPostPreDataLengthExceededError',
    });
  });

  it('never replaces what is there without keeping it', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: key, Body: 'before' }));
    const before = s3.s3.core.versions.current(s3.s3.core.buckets.find(Bucket)?.id ?? 0, key);

    await post([...(await signedFields()), file('12345')]);

    const kept = await s3.client.send(new GetObjectCommand({ Bucket, Key: key, VersionId: before?.versionId }));
    expect(await kept.Body?.transformToString()).toBe('before');
  });
});

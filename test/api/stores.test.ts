import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, vi } from 'vitest';
import { completeMultipart, withinPatience } from '../../lambdas/api/stores/completion.ts';
import { createUndelete } from '../../lambdas/api/stores/undelete-function.ts';
import { createUserDirectory } from '../../lambdas/api/stores/user-directory.ts';
import { fakeS3 } from './fake-s3.ts';

/** A client whose commands are answered here. */
const answering = <Client extends { send: unknown }>(
  client: Client,
  answer: (name: string, input: object) => object,
): Client => {
  vi.spyOn(client, 'send' as never).mockImplementation((async (command: {
    constructor: { name: string };
    input: object;
  }) => answer(command.constructor.name, command.input)) as never);
  return client;
};
const cognito = (answer: (name: string, input: object) => object) =>
  createUserDirectory(answering(new CognitoIdentityProviderClient({ region: 'x' }), answer), 'pool');
const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('the user directory', () => {
  it('invites by e-mail address and answers the sub', async () => {
    const asked: object[] = [];
    const users = cognito((name, input) => {
      asked.push({ name, input });
      return { User: { Attributes: [{ Name: 'sub', Value: 'sub-1' }] } };
    });

    expect(await users.invite('a@example.org')).toEqual({ sub: 'sub-1', invited: true });
    expect(asked).toMatchObject([
      {
        name: 'AdminCreateUserCommand',
        input: { UserPoolId: 'pool', Username: 'a@example.org', DesiredDeliveryMediums: ['EMAIL'] },
      },
    ]);
  });

  it('finds who is there already', async () => {
    const users = cognito((name) => {
      if (name === 'AdminCreateUserCommand') throw named('UsernameExistsException');
      return { UserAttributes: [{ Name: 'sub', Value: 'sub-2' }] };
    });

    expect(await users.invite('a@example.org')).toEqual({ sub: 'sub-2', invited: false });
  });

  it('lets any other failure rise', async () => {
    const users = cognito(() => {
      throw named('TooManyRequestsException');
    });

    await expect(users.invite('a@example.org')).rejects.toThrow('TooManyRequestsException');
  });
});

describe('the function that removes delete markers', () => {
  const undelete = (answer: object) =>
    createUndelete(
      answering(new LambdaClient({ region: 'x' }), () => answer),
      'undelete',
    )('key', 'marker');
  const payload = (value: unknown) => ({ Payload: Buffer.from(JSON.stringify(value)) });

  it('is believed in what it answers', async () => {
    expect(await undelete(payload({ removed: true }))).toBe('removed');
    expect(await undelete(payload({ removed: false, reason: 'not-a-marker' }))).toBe('not-a-marker');
    expect(await undelete(payload({ removed: false, reason: 'not-found' }))).toBe('not-found');
  });

  it.each([
    ['failed', { FunctionError: 'Unhandled', ...payload({ errorMessage: 'x' }) }],
    ['said nothing', {}],
    ['said something else', payload({ removed: 'yes' })],
  ])('is not believed where it %s', async (_what, answer) => {
    await expect(undelete(answer)).rejects.toThrow();
  });
});

describe('a completion', () => {
  const upload = {
    key: 'multipart/t/x',
    uploadId: 'u',
    bytes: 1,
    parts: [{ partNumber: 1, etag: 'e' }],
    crc32: 'y/Q5Jg==',
  };

  it('is told as running where S3 takes longer than the patience, and its end harms nobody', async () => {
    const { promise, reject } = Promise.withResolvers<'completed'>();

    expect(await withinPatience(0, promise)).toBe('running');
    reject(new Error('late'));
    await expect(promise).rejects.toThrow('late');
  });

  it('is failed where S3 answers 200 with an error in it', async () => {
    const s3 = fakeS3();
    s3.uploads.add('u');
    s3.next = { method: 'POST', status: 200, code: 'InternalError' };

    await expect(completeMultipart(s3.client, 'landing', upload)).rejects.toThrow();
  });

  it('names the parts with what the client knows of them', async () => {
    const s3 = fakeS3();
    s3.uploads.add('u');

    expect(await completeMultipart(s3.client, 'landing', upload)).toBe('completed');
    expect(s3.requests[0]?.body).toContain('<PartNumber>1</PartNumber>');
  });
});

import { describe, expect, it } from 'vitest';
import { routes } from '../../core/routes.ts';
import { readSignedIdentity } from '../../lambdas/api/identity.ts';
import { requireReading } from '../../lambdas/api/read-only.ts';

const role = 'mediakeep-reader-000000000000-ap-south-2';
const subject = '4f1a2c3d-0000-4000-8000-1234567890ab';
const signedBy = (userArn: string) => ({ iam: { userArn } });
const session = (name: string, of = role) => signedBy(`arn:aws:sts::000000000000:assumed-role/${of}/${name}`);

describe('a signed request', () => {
  it('is made by the principal that the session is named after', () => {
    expect(readSignedIdentity(session(subject), role)).toEqual({ principal: subject, kind: 'person' });
    expect(readSignedIdentity(session('4k1example'), role)).toEqual({ principal: '4k1example', kind: 'machine' });
  });

  it.each([
    ['a session of another role', session(subject, 'Administrator')],
    ['a role whose name only begins so', session(subject, `${role}-2`)],
    ['a user of that name', signedBy(`arn:aws:iam::000000000000:user/${subject}`)],
    ['a path in the role', signedBy(`arn:aws:sts::000000000000:assumed-role/x/${role}/${subject}`)],
    ['a token', { jwt: { claims: { sub: subject, token_use: 'access', scope: 'mediakeep/use' } } }],
    ['nothing', undefined],
  ])('of %s is made by nobody', (_, authorizer) => {
    expect(() => readSignedIdentity(authorizer, role)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });
});

describe('the second region', () => {
  it('refuses every operation that changes something, and says what to do', () => {
    const changing = routes.filter(({ method, operation }) => method !== 'GET' && operation !== 'simulateRetention');

    for (const { operation } of changing) {
      expect(() => requireReading(operation)).toThrow(expect.objectContaining({ code: 'read-only', status: 503 }));
    }
    expect(() => requireReading('deleteAsset')).toThrow(/repeat it when the home region is back/);
  });

  it('knows nothing of uploads, and reads everything else', () => {
    expect(() => requireReading('getUpload')).toThrow(expect.objectContaining({ code: 'read-only' }));
    const reading = routes.filter(({ method, operation }) => method === 'GET' && operation !== 'getUpload');

    for (const { operation } of reading) expect(() => requireReading(operation)).not.toThrow();
  });
});

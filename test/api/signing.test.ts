import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigner } from '../../lambdas/api/signing.ts';

const secret = new TextEncoder().encode('s'.repeat(32));
const signer = createSigner(async () => secret);

describe('a signed value', () => {
  it('is read back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const again = JSON.parse(JSON.stringify(value));

        expect(await signer.verify('cursor', await signer.sign('cursor', value))).toEqual(again);
      }),
    );
  });

  it('is nothing after any change of any character', async () => {
    const text = await signer.sign('upload', { a: 'asset', t: 'acme', e: 1 });
    for (let at = 0; at < text.length; at++) {
      for (const char of ['A', 'b', '0', '-', '_', '.', '=', ' ']) {
        if (char === text[at]) continue;

        expect(await signer.verify('upload', text.slice(0, at) + char + text.slice(at + 1))).toBeUndefined();
      }
      expect(await signer.verify('upload', text.slice(0, at))).toBeUndefined();
      expect(await signer.verify('upload', text.slice(0, at) + text.slice(at + 1))).toBeUndefined();
    }
  });

  it('is nothing for another purpose or another secret', async () => {
    const text = await signer.sign('upload', 1);

    expect(await signer.verify('cursor', text)).toBeUndefined();
    expect(await createSigner(async () => new Uint8Array(32)).verify('upload', text)).toBeUndefined();
  });

  it('agrees between instances that asked for the same secret', async () => {
    const other = createSigner(async () => secret);

    expect(await other.verify('upload', await signer.sign('upload', { x: 1 }))).toEqual({ x: 1 });
  });

  it('costs one request for the secret, and another try after a failure', async () => {
    let asked = 0;
    const flaky = createSigner(async () => {
      asked += 1;
      if (asked === 1) throw new Error('no key');
      return secret;
    });

    await expect(flaky.sign('upload', 1)).rejects.toThrow('no key');
    await Promise.all([flaky.sign('upload', 1), flaky.sign('cursor', 2), flaky.sign('upload', 3)]);
    expect(asked).toBe(2);
  });
});

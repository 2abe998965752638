import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAssetId } from '../../core/asset-id.ts';
import { hashKey } from '../../core/catalog/keys.ts';
import { AssetPage } from '../../core/schemas/asset.ts';
import { hours } from '../../core/time.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { type AssetWish, assetRow } from './asset-rows.ts';
import { digest } from './uploads.ts';

let api: TestApi;
let next = Date.UTC(2026, 0, 1);

const store = async (wish: Omit<AssetWish, 'assetId'>): Promise<string> => {
  next += 60_000;
  const assetId = newAssetId({ now: () => next, random: Math.random });
  await api.table.put(assetRow({ assetId, createdAt: new Date(next).toISOString(), ...wish }));
  return assetId;
};
const list = (query: string, as = 'vic', tenant = 'acme') => api.call('GET', `/assets?${query}`, { as, tenant });
const ids = ({ body }: { body: { items: { assetId: string }[] } }) => body.items.map(({ assetId }) => assetId);

let audio: string[];
beforeAll(async () => {
  api = await startApi();
  await api.member('vic', ['viewer']);
  await api.member('val', ['viewer']);
  await api.member('vic', ['viewer'], { tenant: 'acme2' });
  audio = [];
  for (let count = 0; count < 5; count++)
    audio.push(await store({ subject: count < 2 ? 's1' : 's10', uploader: `u${count % 2}` }));
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

describe('a list of assets', () => {
  it('goes by class, newest first', async () => {
    const answer = await list('class=raw-audio');

    expect(ids(answer)).toEqual([...audio].reverse());
    expect(AssetPage.safeParse(answer.body).error).toBeUndefined();
  });

  it('goes by class, oldest first where asked', async () => {
    expect(ids(await list('class=raw-audio&order=oldest'))).toEqual(audio);
  });

  it('goes by time: at or after the one, before the other', async () => {
    const [from, to] = ['2026-01-01T00:02:00Z', '2026-01-01T00:04:00Z'];

    expect(ids(await list(`class=raw-audio&order=oldest&from=${from}&to=${to}`))).toEqual(audio.slice(1, 3));
    expect(ids(await list(`class=raw-audio&order=oldest&from=${from}`))).toEqual(audio.slice(1));
    expect(ids(await list(`class=raw-audio&order=oldest&to=${to}`))).toEqual(audio.slice(0, 3));
  });

  it('goes by data subject, and s1 is not s10', async () => {
    expect(ids(await list('subject=s1&order=oldest'))).toEqual(audio.slice(0, 2));
  });

  it('goes by uploader', async () => {
    expect(ids(await list('uploader=u1&order=oldest'))).toEqual([audio[1], audio[3]]);
  });

  it('goes by case', async () => {
    const one = await store({ dataClass: 'case-audio', case: 'C-1' });
    await store({ dataClass: 'case-audio', case: 'C-10' });

    expect(ids(await list('case=C-1'))).toEqual([one]);
  });

  it('goes by language, intent and variation, and by time within a variation', async () => {
    const spoken = (intent: string, variation: string) =>
      store({ dataClass: 'voice-command', attributes: { language: 'hi', intent, variation } });
    const a1 = await spoken('lamp', 'v1');
    const a2 = await spoken('lamp', 'v1');
    const b = await spoken('lamp', 'v10');
    const c = await spoken('lamp-off', 'v1');
    const since = new Date(next - 60_000).toISOString();

    expect(ids(await list('language=hi&order=oldest'))).toEqual([a1, a2, b, c]);
    expect(ids(await list('language=hi&intent=lamp&order=oldest'))).toEqual([a1, a2, b]);
    expect(ids(await list('language=hi&intent=lamp&variation=v1&order=oldest'))).toEqual([a1, a2]);
    expect(ids(await list(`language=hi&intent=lamp&variation=v1&from=${since}`))).toEqual([]);
    expect(ids(await list(`language=hi&intent=lamp&variation=v1&to=${since}&order=oldest`))).toEqual([a1, a2]);
  });

  it('goes by content, in base64 or base64url, without claims that hold nothing yet', async () => {
    const { summary } = assetRow({ assetId: '01JZ8K2M4N6P8Q0R2S4T6V8W0X' });
    const content = { tenant: 'acme', sha256: digest, bytes: 1000, subject: undefined, case: undefined };
    await api.table.put({ ...hashKey({ ...content, dataClass: 'raw-audio' }), kind: 'hash', state: 'stored', summary });
    await api.table.put({ ...hashKey({ ...content, dataClass: 'user-file' }), kind: 'hash', state: 'claimed' });
    const url = digest.replaceAll('+', '-').replaceAll('/', '_').replace('=', '');

    expect(ids(await list(`sha256=${encodeURIComponent(digest)}&bytes=1000`))).toEqual([summary.assetId]);
    expect(ids(await list(`sha256=${url}&bytes=1000`))).toEqual([summary.assetId]);
    expect(ids(await list(`sha256=${url}&bytes=1001`))).toEqual([]);
  });

  it('shows what is deleted only where asked', async () => {
    const gone = await store({ dataClass: 'user-file', state: 'deleted' });
    const there = await store({ dataClass: 'user-file' });

    expect(ids(await list('class=user-file'))).toEqual([there]);
    expect(ids(await list('class=user-file&state=deleted'))).toEqual([gone]);
  });

  it('shows nothing of a tenant whose name begins with ours', async () => {
    const theirs = await store({ tenant: 'acme2', dataClass: 'raw-text' });

    expect(ids(await list('class=raw-text'))).toEqual([]);
    expect(ids(await list('class=raw-text', 'vic', 'acme2'))).toEqual([theirs]);
  });

  it('by a class that is not known names those that are', async () => {
    const answer = await list('class=nope');

    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request', detail: /raw-audio, .*user-file/s } });
    expect(answer.body.fields).toMatchObject([{ pointer: '#class' }]);
  });

  it.each([
    ['no pattern', ''],
    ['two patterns', 'class=raw-audio&subject=s1'],
    ['a pattern twice', 'class=raw-audio&class=raw-text'],
    ['an unknown parameter', 'class=raw-audio&sort=bytes'],
    ['a filter of DynamoDB', 'class=raw-audio&FilterExpression=true'],
    ['limit 0', 'class=raw-audio&limit=0'],
    ['limit -1', 'class=raw-audio&limit=-1'],
    ['limit 201', 'class=raw-audio&limit=201'],
    ['limit 10⁹', 'class=raw-audio&limit=1000000000'],
    ['limit NaN', 'class=raw-audio&limit=NaN'],
    ['limit 1e2', 'class=raw-audio&limit=1e2'],
    ['a time without zone', 'class=raw-audio&from=2026-01-01T00:00:00'],
    ['a time with another zone', 'class=raw-audio&from=2026-01-01T00:00:00%2B05:30'],
    ['the 30th of February', 'class=raw-audio&from=2026-02-30T00:00:00Z'],
    ['the year 100,000', 'class=raw-audio&from=%2B100000-01-01T00:00:00Z'],
    ['times in reverse', 'class=raw-audio&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'],
    ['a time with a language alone', 'language=hi&from=2026-01-01T00:00:00Z'],
    ['an intent without its language', 'class=raw-audio&intent=lamp'],
    ['a variation without its intent', 'language=hi&variation=v1'],
    ['a digest without its length', `sha256=${encodeURIComponent(digest)}`],
    ['a digest that is none', 'sha256=abc&bytes=1'],
    ['a subject with a hash sign', 'subject=s1%23x'],
    ['a subject with an operator', 'subject=%24ne'],
    ['an order of one’s own', 'class=raw-audio&order=bytes%20DESC'],
    ['deleted ones by subject', 'subject=s1&state=deleted'],
    ['a class in another case', 'class=RAW-AUDIO'],
    ['a class with a prefix trick', 'class=raw-audio%23'],
    ['a class with a fragment behind it', 'class=raw-audio#&limit=1'],
  ])('is refused for %s, and nothing is read', async (_what, query) => {
    api.table.sent.length = 0;
    const answer = await list(query);

    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect(api.table.sent).not.toContain('Query');
  });
});

describe('a cursor', () => {
  const firstPage = async (query = 'class=raw-audio&order=oldest&limit=2') => (await list(query)).body;

  it('leads through every item once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await list(`class=raw-audio&order=oldest&limit=2${cursor}`);
      seen.push(...body.items.map(({ assetId }: { assetId: string }) => assetId));
      cursor = body.cursor === undefined ? '' : `&cursor=${body.cursor}`;
    } while (cursor !== '');

    expect(seen).toEqual(audio);
  });

  it('goes on with another page size', async () => {
    const { cursor } = await firstPage();

    expect(ids(await list(`class=raw-audio&order=oldest&limit=200&cursor=${cursor}`))).toEqual(audio.slice(2));
  });

  it.each([
    ['for another class', 'class=raw-text&order=oldest', 'vic', 'acme'],
    ['for another order', 'class=raw-audio', 'vic', 'acme'],
    ['for another range', 'class=raw-audio&order=oldest&from=2026-01-01T00:00:00Z', 'vic', 'acme'],
    ['for another pattern', 'subject=s1&order=oldest', 'vic', 'acme'],
    ['in another tenant', 'class=raw-audio&order=oldest', 'vic', 'acme2'],
    ['for another caller', 'class=raw-audio&order=oldest', 'val', 'acme'],
  ])('is good for nothing %s', async (_what, query, as, tenant) => {
    const { cursor } = await firstPage();

    expect(await list(`${query}&cursor=${cursor}`, as, tenant)).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
  });

  it('is no cursor of another list', async () => {
    const { cursor } = await firstPage();
    await api.member('max', ['manager']);

    expect((await api.call('GET', `/members?cursor=${cursor}`, { as: 'max' })).status).toBe(400);
  });

  it('is refused when it was changed, cut or made longer', async () => {
    const { cursor } = await firstPage();
    const changed = [
      cursor.slice(0, -1),
      cursor.slice(1),
      `${cursor}A`,
      `A${cursor}`,
      cursor.replace('.', ''),
      `${cursor}.${cursor}`,
      'A'.repeat(65_536),
      '',
    ];
    for (let at = 0; at < cursor.length; at += 11) {
      if (cursor[at] !== '.')
        changed.push(`${cursor.slice(0, at)}${cursor[at] === 'x' ? 'y' : 'x'}${cursor.slice(at + 1)}`);
    }
    for (const text of changed) {
      expect((await list(`class=raw-audio&order=oldest&cursor=${text}`)).status).toBe(400);
    }
  });

  it('ends after a day', async () => {
    const { cursor } = await firstPage();
    api.clock.advance(hours(24));

    expect((await list(`class=raw-audio&order=oldest&cursor=${cursor}`)).status).toBe(400);
  });
});

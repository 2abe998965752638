import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { pricesOf, storagePrice } from '../config/prices.ts';
import { fullPackMembers, readIndex, readMember, writePack } from '../core/pack/format.ts';
import type { Bench, Measurement } from './measurement.ts';
import { atLeast, atMost } from './measurement.ts';

const transcripts = 1_000_000;
const gigabyte = 1024 ** 3;

/** What a transcript of a minute looks like: words that repeat, and numbers that do not. */
const transcript = (index: number): Buffer => {
  const words =
    createHash('sha256')
      .update(`${index}`)
      .digest('hex')
      .match(/.{1,2}/g) ?? [];
  const segments = Array.from({ length: 12 }, (_, part) => ({
    startMs: part * 5_000 + (index % 997),
    endMs: part * 5_000 + 4_200,
    confidence: 0.8 + ((index * 7 + part) % 190) / 1_000,
    text: `and then we said word ${words[part]} and word ${words[part + 12]} about the recording of that day`,
  }));
  return Buffer.from(JSON.stringify({ language: 'en', modelVersion: 'large-3', segments }));
};

/** Small transcripts in the archive, one by one and in packs: requests, dollars and time. */
export const packing: Bench = {
  name: 'packing',
  about: `${transcripts.toLocaleString('en')} transcripts in GLACIER, alone and packed, at the prices of us-east-1`,
  async run() {
    const sources = Array.from({ length: fullPackMembers }, (_, index) => sourceOf(index));
    const contentBytes = sources.reduce((sum, { bytes }) => sum + bytes, 0);
    const beganMs = performance.now();
    const { body, index } = writePack({ tenant: 't1', dataClass: 'transcription' }, sources);
    const writeMs = performance.now() - beganMs;
    const readMs = await timeOf(() => {
      for (const member of readIndex(body).members) {
        readMember(body.subarray(member.offset, member.offset + member.storedBytes), member);
      }
    });
    const packs = transcripts / fullPackMembers;
    const alone = costOf(transcripts, (contentBytes / fullPackMembers) * transcripts);
    const packed = costOf(packs, body.length * packs);
    return [
      { what: 'restore requests saved', value: transcripts / packs, unit: '×', bound: atLeast(100) },
      { what: 'content of a transcript', value: contentBytes / fullPackMembers, unit: 'bytes' },
      {
        what: 'the same in a pack, its part of the index included',
        value: body.length / index.members.length,
        unit: 'bytes',
      },
      ...lines('alone', alone),
      ...lines('packed', packed),
      {
        what: 'a year in the archive and one restore: saved',
        value: yearOf(alone) / yearOf(packed),
        unit: '×',
        bound: atLeast(10),
      },
      { what: 'write a pack of 1,000', value: writeMs, unit: 'ms', bound: atMost(2_000) },
      { what: 'read and check its 1,000 members', value: readMs, unit: 'ms', bound: atMost(1_000) },
    ];
  },
};

interface Cost {
  readonly moving: number;
  readonly month: number;
  readonly restore: number;
}

/** So many objects of so many bytes together, in GLACIER, and all of them restored once with the standard tier. */
const costOf = (objects: number, bytes: number): Cost => {
  const prices = pricesOf('us-east-1');
  const { perGbMonth, perThousandTransitions, overhead, restore } = storagePrice(prices, 'GLACIER');
  const own = ((bytes + objects * overhead.ownBytes) / gigabyte) * perGbMonth;
  const index = ((objects * overhead.standardBytes) / gigabyte) * prices.storage.STANDARD.perGbMonth;
  const { perThousandRequests = 0, perGb = 0 } = restore?.Standard ?? {};
  return {
    moving: (objects / 1_000) * perThousandTransitions,
    month: own + index,
    restore: (objects / 1_000) * perThousandRequests + (bytes / gigabyte) * perGb,
  };
};

const yearOf = ({ moving, month, restore }: Cost): number => moving + 12 * month + restore;

const lines = (how: string, { moving, month, restore }: Cost): Measurement[] => [
  { what: `${how}: moving them there`, value: moving, unit: '$' },
  { what: `${how}: a month of keeping`, value: month, unit: '$' },
  { what: `${how}: one restore of everything`, value: restore, unit: '$' },
];

const sourceOf = (index: number) => {
  const content = transcript(index);
  const assetId = `01JZ8K2M4N6P8Q0R2S4T6${String(index).padStart(5, '0')}`;
  return {
    assetId,
    key: `processed/transcriptions/t1/2026-01-01/${assetId}/transcript.json`,
    versionId: createHash('md5').update(assetId).digest('base64url'),
    at: '2026-01-01T00:00:00.000Z',
    bytes: content.length,
    etag: `"${createHash('md5').update(content).digest('hex')}"`,
    contentType: 'application/json',
    facts: Buffer.from(JSON.stringify({ assetId, filename: 'transcript.json', uploader: 'u', v: 1 })).toString(
      'base64url',
    ),
    sha256: createHash('sha256').update(content).digest('base64'),
    content,
  };
};

const timeOf = async (work: () => void): Promise<number> => {
  const beganMs = performance.now();
  work();
  return performance.now() - beganMs;
};

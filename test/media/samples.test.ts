import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { findDataClass } from '../../config/data-classes.ts';
import { MediaFacts } from '../../core/facts.ts';
import { inspectMedia } from '../../core/media/inspect.ts';
import { rejectionTable } from '../../core/media/rejection.ts';
import { anything, countingReader, factsOf, sample } from './fixtures.ts';

const Index = z.strictObject({
  good: z.array(
    z.strictObject({
      file: z.string(),
      title: z.string(),
      dataClass: z.string(),
      contentType: z.string(),
      subject: z.string(),
      case: z.string().optional(),
      attributes: z.record(z.string(), z.unknown()),
    }),
  ),
  wrong: z.array(
    z.strictObject({ file: z.string(), dataClass: z.string(), contentType: z.string(), reason: z.string() }),
  ),
});

const index = Index.parse(JSON.parse(readFileSync(resolve(import.meta.dirname, '../../samples/index.json'), 'utf8')));

const classOf = (name: string) => findDataClass(name) ?? anything;

describe('the samples are what they say', () => {
  it.each(index.good)(
    '$file is taken as $dataClass with its attributes',
    async ({ file, dataClass, contentType, attributes }) => {
      const reader = countingReader(sample(file));

      const result = await inspectMedia(reader, classOf(dataClass), contentType);

      expect(result).not.toHaveProperty('rejection');
      expect(classOf(dataClass).attributes.safeParse(attributes).success).toBe(true);
    },
  );

  it.each(index.wrong)('$file is refused: $reason', async ({ file, dataClass, contentType, reason }) => {
    const result = await inspectMedia(countingReader(sample(file)), classOf(dataClass), contentType);

    expect(result).toMatchObject({ rejection: { reason } });
    expect(Object.keys(rejectionTable)).toContain(reason);
  });

  it('covers every class that stores in clear, except temporary data and models', () => {
    const covered = [...new Set(index.good.map(({ dataClass }) => dataClass))].sort();

    expect(covered).toEqual(
      [
        'analysis',
        'case-audio',
        'raw-audio',
        'raw-text',
        'transcription',
        'translation',
        'user-file',
        'voice-command',
      ].sort(),
    );
  });
});

describe('headers are read as the encoders wrote them', () => {
  const cases: readonly [string, string, MediaFacts][] = [
    [
      'turn-on-light.wav',
      'audio/wav',
      { format: 'wav', codec: 'pcm', durationMs: 1482, sampleRate: 16_000, channels: 1, bitDepth: 16 },
    ],
    [
      'open-garage.flac',
      'audio/flac',
      { format: 'flac', codec: 'flac', durationMs: 1422, sampleRate: 16_000, channels: 1, bitDepth: 16 },
    ],
    [
      'field-note.mp3',
      'audio/mpeg',
      { format: 'mp3', codec: 'mp3', durationMs: 5796, sampleRate: 16_000, channels: 1 },
    ],
    ['witness.ogg', 'audio/ogg', { format: 'ogg', codec: 'vorbis', durationMs: 3654, sampleRate: 16_000, channels: 1 }],
    ['call.m4a', 'audio/mp4', { format: 'mp4', codec: 'aac', durationMs: 3459, sampleRate: 44_100, channels: 1 }],
    [
      'door-clip.mp4',
      'video/mp4',
      { format: 'mp4', codec: 'h264+aac', durationMs: 2000, sampleRate: 16_000, channels: 1, width: 96, height: 72 },
    ],
    [
      'drawn-face.jpg',
      'image/jpeg',
      { format: 'jpeg', codec: 'baseline', width: 320, height: 320, bitDepth: 8, takenAt: '2026-03-14T09:26:53+05:30' },
    ],
    ['drawn-face.png', 'image/png', { format: 'png', codec: 'png', width: 320, height: 320, bitDepth: 8 }],
    ['field-note.transcript.json', 'application/json', { format: 'json', codec: 'utf-8' }],
    ['field-note.txt', 'text/plain', { format: 'text', codec: 'utf-8' }],
    ['door-clip.vtt', 'text/vtt', { format: 'text', codec: 'utf-8' }],
  ];

  it.each(cases)('%s', async (file, contentType, facts) => {
    expect(await factsOf(sample(file), contentType)).toEqual(facts);
  });

  it('keeps the time of a picture and nothing of its place', async () => {
    const picture = sample('drawn-face.jpg');

    const facts = await factsOf(picture, 'image/jpeg');

    expect(new TextDecoder('latin1').decode(picture)).toContain('Exif');
    expect(Object.keys(facts).sort()).toEqual(['bitDepth', 'codec', 'format', 'height', 'takenAt', 'width']);
    expect(MediaFacts.safeParse(facts).success).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { parsePattern } from '../../local/events/pattern.ts';

const event = {
  source: 'aws.s3',
  'detail-type': 'Object Restore Completed',
  resources: ['arn:aws:s3:::vault', 'arn:aws:s3:::other'],
  detail: { bucket: { name: 'vault' }, object: { key: 'raw/audio/t1/a.wav', size: 5_000 } },
};

describe('a pattern fits', () => {
  it.each([
    ['exact values', { source: ['aws.s3', 'aws.backup'] }],
    ['any of a list', { resources: ['arn:aws:s3:::other'] }],
    ['nested fields', { detail: { bucket: { name: ['vault'] } } }],
    ['prefix', { detail: { object: { key: [{ prefix: 'raw/audio/' }] } } }],
    ['suffix', { detail: { object: { key: [{ suffix: '.wav' }] } } }],
    ['wildcard', { detail: { object: { key: [{ wildcard: 'raw/*/t1/*' }] } } }],
    ['anything but', { source: [{ 'anything-but': ['aws.ec2'] }] }],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'my.' } }] }],
    ['equality without case', { 'detail-type': [{ 'equals-ignore-case': 'object restore completed' }] }],
    ['absence', { detail: { reason: [{ exists: false }] } }],
    ['numbers', { detail: { object: { size: [{ numeric: ['>', 0, '<=', 5_000] }] } } }],
  ])('%s', (_, pattern) => {
    expect(parsePattern(pattern)(event)).toBe(true);
  });

  it.each([
    ['another value', { source: ['aws.backup'] }],
    ['a missing field', { account: ['1'] }],
    ['one field that does not fit', { source: ['aws.s3'], detail: { bucket: { name: ['audit'] } } }],
    ['a number out of range', { detail: { object: { size: [{ numeric: ['>', 5_000] }] } } }],
    ['a wildcard that ends elsewhere', { detail: { object: { key: [{ wildcard: 'raw/*.mp3' }] } } }],
    ['an excluded value', { source: [{ 'anything-but': 'aws.s3' }] }],
  ])('not %s', (_, pattern) => {
    expect(parsePattern(pattern)(event)).toBe(false);
  });
});

describe('a pattern is refused', () => {
  it('with a matcher that is not known, by its name and place', () => {
    expect(() => parsePattern({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } })).toThrow(/detail\.ip.*`cidr`/);
  });
});

import type { Breakage, Broken } from './broken-templates.ts';
import { propertiesOf } from './broken-templates.ts';

const mapping = ({ service }: Broken) => propertiesOf(service, 'AWS::Lambda::EventSourceMapping', 'Project');

/** Ways to spoil a template that the rules of lib/rules/stream-rules.ts have to see. */
export const streams: readonly Breakage[] = [
  {
    rule: 'C42b',
    title: 'a stream read from its end',
    spoil: (t) => {
      mapping(t).StartingPosition = 'LATEST';
    },
  },
  {
    rule: 'C42b',
    title: 'batches of a stream that fail whole',
    spoil: (t) => {
      mapping(t).BisectBatchOnFunctionError = false;
    },
  },
  {
    rule: 'C42b',
    title: 'a stream that one record can hold up',
    spoil: (t) => {
      mapping(t).MaximumRetryAttempts = -1;
    },
  },
  {
    rule: 'C42b',
    title: 'records that are waited for until the stream forgets them',
    spoil: (t) => {
      mapping(t).MaximumRecordAgeInSeconds = 86_400;
    },
  },
  {
    rule: 'C42b',
    title: 'records given up in silence',
    spoil: (t) => {
      delete mapping(t).DestinationConfig;
    },
  },
  {
    rule: 'C42c',
    title: 'events without a shard',
    spoil: (t) => {
      delete mapping(t).TumblingWindowInSeconds;
    },
  },
  {
    rule: 'C42c',
    title: 'two batches of a shard at once',
    spoil: (t) => {
      mapping(t).ParallelizationFactor = 2;
    },
  },
  {
    rule: 'C42c',
    title: 'a function called for what it writes itself',
    spoil: (t) => {
      delete mapping(t).FilterCriteria;
    },
  },
];

import { eachResource, ofType } from './rule.ts';
import { at, list, type TemplateResource } from './templates.ts';

const mappingType = 'AWS::Lambda::EventSourceMapping';

/** True for a mapping whose source is a stream: only those begin somewhere. */
export const readsStream = ({ properties }: TemplateResource): boolean => properties['StartingPosition'] !== undefined;

const losesNothing = eachResource(
  'C42b',
  'a stream is read from its begin, and what fails is halved, bounded and named in a queue',
  mappingType,
  (mapping, input) => {
    if (!readsStream(mapping)) return undefined;
    const { properties } = mapping;
    if (properties['StartingPosition'] !== 'TRIM_HORIZON') return 'StartingPosition must be TRIM_HORIZON';
    if (properties['BisectBatchOnFunctionError'] !== true) return 'BisectBatchOnFunctionError must be true';
    const attempts = Number(properties['MaximumRetryAttempts']);
    if (!(attempts >= 1 && attempts <= 10_000)) return 'MaximumRetryAttempts must be set, from 1 to 10,000';
    const age = Number(properties['MaximumRecordAgeInSeconds']);
    if (!(age >= 3_600 && age < 86_400))
      return 'MaximumRecordAgeInSeconds must be an hour at least and less than the 24 hours that the stream keeps a record';
    const queues = ofType(input, 'AWS::SQS::Queue').map(({ id }) => `\${${id}.Arn}`);
    const destination = String(at(properties['DestinationConfig'], 'OnFailure', 'Destination'));
    return !queues.includes(destination) && 'DestinationConfig.OnFailure must name a queue of ours';
  },
);

const namesItsShard = eachResource(
  'C42c',
  'a stream is read with a window, one batch of a shard at a time, and without what nobody follows',
  mappingType,
  (mapping) => {
    if (!readsStream(mapping)) return undefined;
    const { properties } = mapping;
    if (!(Number(properties['TumblingWindowInSeconds']) >= 1))
      return 'TumblingWindowInSeconds must be set: only then an event names its shard';
    if (Number(properties['ParallelizationFactor'] ?? 1) !== 1) return 'ParallelizationFactor must be 1';
    return (
      list(at(properties['FilterCriteria'], 'Filters')).length === 0 &&
      'FilterCriteria must name the kinds of rows, or the function is called for what it writes itself'
    );
  },
);

/** Rules over the mappings that read streams. */
export const streamRules = [losesNothing, namesItsShard] as const;

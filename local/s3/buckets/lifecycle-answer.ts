import { isoTime } from '../../../core/time.ts';
import { AwsError } from '../../aws/aws-error.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import { answerConfiguration } from './configuration-answers.ts';
import type { LifecycleFilter, LifecycleRule, Transition } from './lifecycle-rule.ts';

/** `GET /{bucket}?lifecycle` */
export const getBucketLifecycle = answerConfiguration({
  action: 's3:GetLifecycleConfiguration',
  xml: ({ lifecycle }) => {
    if (lifecycle.length === 0) {
      throw new AwsError('NoSuchLifecycleConfiguration', 404, 'The lifecycle configuration does not exist');
    }
    return xmlDocument('LifecycleConfiguration', ...lifecycle.map(ruleXml));
  },
});

const ruleXml = (rule: LifecycleRule): string => {
  const { noncurrentExpiration: noncurrent } = rule;
  const expires = rule.expirationDays ?? rule.expirationDate;
  return element(
    'Rule',
    textElement('ID', rule.id),
    filterXml(rule.filter),
    textElement('Status', rule.enabled ? 'Enabled' : 'Disabled'),
    expires === undefined && !rule.expiredObjectDeleteMarker
      ? ''
      : element(
          'Expiration',
          textElement('Days', rule.expirationDays),
          textElement('Date', rule.expirationDate === undefined ? undefined : isoTime(rule.expirationDate)),
          textElement('ExpiredObjectDeleteMarker', rule.expiredObjectDeleteMarker || undefined),
        ),
    ...rule.transitions.map((transition) => transitionXml('Transition', 'Days', transition)),
    ...rule.noncurrentTransitions.map((transition) =>
      transitionXml('NoncurrentVersionTransition', 'NoncurrentDays', transition),
    ),
    noncurrent === undefined
      ? ''
      : element(
          'NoncurrentVersionExpiration',
          textElement('NoncurrentDays', noncurrent.days),
          textElement('NewerNoncurrentVersions', noncurrent.newerVersions),
        ),
    rule.abortUploadsAfterDays === undefined
      ? ''
      : element('AbortIncompleteMultipartUpload', textElement('DaysAfterInitiation', rule.abortUploadsAfterDays)),
  );
};

const filterXml = ({ prefix, tags, sizeGreaterThan, sizeLessThan }: LifecycleFilter): string => {
  const parts = [
    ...(prefix === '' ? [] : [textElement('Prefix', prefix)]),
    ...Object.entries(tags).map(([key, value]) => element('Tag', textElement('Key', key), textElement('Value', value))),
    ...(sizeGreaterThan === undefined ? [] : [textElement('ObjectSizeGreaterThan', sizeGreaterThan)]),
    ...(sizeLessThan === undefined ? [] : [textElement('ObjectSizeLessThan', sizeLessThan)]),
  ];
  if (parts.length === 0) return element('Filter', textElement('Prefix', ''));
  return element('Filter', parts.length === 1 ? parts.join('') : element('And', ...parts));
};

const transitionXml = (name: string, daysName: string, transition: Transition): string =>
  element(
    name,
    textElement(daysName, transition.days),
    textElement('Date', transition.date === undefined ? undefined : isoTime(transition.date)),
    textElement('NewerNoncurrentVersions', transition.newerNoncurrentVersions),
    textElement('StorageClass', transition.storageClass),
  );

import type { Breakage } from './broken-templates.ts';
import { bucket, ruleNamed } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/lifecycle-rules.ts have to see. */
export const lifecycles: readonly Breakage[] = [
  {
    rule: 'C15',
    title: 'incomplete uploads for a week',
    spoil: (t) => {
      ruleNamed(t, 'AbortIncompleteUploads').AbortIncompleteMultipartUpload.DaysAfterInitiation = 7;
    },
  },
  {
    rule: 'C16',
    title: 'bare delete markers',
    spoil: (t) => {
      ruleNamed(t, 'RemoveExpiredMarkers').Status = 'Disabled';
    },
  },
  {
    rule: 'C16c',
    title: 'old versions that stay because they are small',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio').ObjectSizeGreaterThan = 131_072;
    },
  },
  {
    rule: 'C16b',
    title: 'a floor that old versions do not reach',
    spoil: (t) => {
      ruleNamed(t, 'case-audio').NoncurrentVersionExpiration.NoncurrentDays = -1;
    },
  },
  {
    rule: 'C17',
    title: 'an expiry before the transition',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio-cold').ExpirationInDays = 60;
    },
  },
  {
    rule: 'C17',
    title: 'an expiry within the minimum duration',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio-cold').ExpirationInDays = 200;
    },
  },
  {
    rule: 'C17b',
    title: 'small objects moved',
    spoil: (t) => {
      delete ruleNamed(t, 'raw-audio-cold').ObjectSizeGreaterThan;
    },
  },
  {
    rule: 'C17c',
    title: 'a transition on another day',
    spoil: (t) => {
      ruleNamed(t, 'raw-audio-cold').Transitions[0].TransitionInDays = 30;
    },
  },
  {
    rule: 'C17c',
    title: 'a class that should not get cold',
    spoil: (t) => {
      ruleNamed(t, 'voice-command').Transitions = [{ StorageClass: 'GLACIER', TransitionInDays: 1 }];
    },
  },
  {
    rule: 'C17d',
    title: 'current objects expired',
    spoil: (t) => {
      ruleNamed(t, 'face-snapshot').ExpirationInDays = 30;
    },
  },
  {
    rule: 'C21',
    title: 'quarantine for a week',
    spoil: (t) => {
      ruleNamed(t, 'ExpireQuarantine', 'Landing').ExpirationInDays = 7;
    },
  },
  {
    rule: 'C21',
    title: 'quarantine replicated',
    spoil: (t) => {
      bucket(t, 'Landing').ReplicationConfiguration = {};
    },
  },
];

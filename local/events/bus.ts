import type { Clock } from '../../core/time.ts';
import { isoTime } from '../../core/time.ts';
import type { BusEvent, EnvelopedEvent } from './event.ts';
import type { Pattern } from './pattern.ts';
import { type InputShape, shapeInput } from './target-input.ts';
import { deliver, type Target, type TargetDeps } from './targets.ts';

/** A rule on events and where they go. */
export interface Rule {
  readonly arn: string;
  readonly region: string;
  readonly isEnabled: boolean;
  readonly fits: Pattern;
  readonly targets: readonly (Target & InputShape)[];
}

export interface BusDeps extends TargetDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly accountId: string;
}

/** The default bus of each region. */
export interface EventBus {
  putRule(rule: Rule): void;
  rules(): readonly Rule[];
  /** Takes an event of a service or of somebody's own; answers its id. Rules of its region hand it on at once. */
  putEvent(event: BusEvent): string;
}

export const createBus = (deps: BusDeps): EventBus => {
  const rules = new Map<string, Rule>();
  return {
    putRule: (rule) => void rules.set(rule.arn, rule),
    rules: () => [...rules.values()],
    putEvent(event) {
      const enveloped = envelope(deps, event);
      for (const rule of rules.values()) {
        if (!rule.isEnabled || rule.region !== event.region || !rule.fits(enveloped)) continue;
        const source = { service: 'events.amazonaws.com', arn: rule.arn, accountId: deps.accountId };
        for (const target of rule.targets) deliver(deps, target, source, shapeInput(target, enveloped));
      }
      return enveloped.id;
    },
  };
};

const envelope = ({ clock, newId, accountId }: BusDeps, event: BusEvent): EnvelopedEvent => ({
  version: '0',
  id: newId(),
  'detail-type': event.detailType,
  source: event.source,
  account: accountId,
  time: isoTime(clock.now()).replace(/\.\d{3}Z$/, 'Z'),
  region: event.region,
  resources: event.resources ?? [],
  detail: event.detail,
});

import { decide } from '../core/retention/decide.ts';
import type { RetentionInputs } from '../core/retention/inputs.ts';
import { days } from '../core/time.ts';
import { atLeast, type Bench } from './measurement.ts';

const created = Date.UTC(2026, 0, 1);
const caseStatuses = ['active', 'pending', 'closed', undefined] as const;

/** A thousand assets of which hardly two have the same rules. */
const assets: readonly RetentionInputs[] = Array.from({ length: 1000 }, (_, index) => ({
  createdAt: created + days(index % 400),
  classRule: {
    ...(index % 2 === 0 && { deleteAfter: days(30 + (index % 365)) }),
    ...(index % 3 === 0 && { coldAfter: days(30), cold: 'glacier' as const }),
    ...(index % 5 === 0 && { floor: days(10) }),
  },
  ...(index % 4 === 0 && { tenantDeleteAfter: days(60) }),
  ...(index % 7 === 0 && { userDeleteAfter: days(20) }),
  ...(index % 11 === 0 && { erasureRequestedAt: created + days(100) }),
  caseStatus: caseStatuses[index % caseStatuses.length],
  holds: index % 9 === 0 ? [{ releasedAt: created + days(50) }] : index % 13 === 0 ? [{}] : [],
}));

/** How many decisions one core makes. */
export const retentionDecisions: Bench = {
  name: 'retention',
  about: 'retention decisions on one core',
  async run() {
    for (let round = 0; round < 200; round++) decideAll(round);
    const rounds = 2000;
    const before = performance.now();
    let due = 0;
    for (let round = 0; round < rounds; round++) due += decideAll(round);
    const seconds = (performance.now() - before) / 1000;
    if (due === 0) throw new Error('Nothing was ever due: this measures nothing.');
    return [{ what: 'decisions', value: (rounds * assets.length) / seconds, unit: '/s', bound: atLeast(500_000) }];
  },
};

const decideAll = (round: number): number => {
  const now = created + days(round % 500);
  let due = 0;
  for (const asset of assets) if (decide(asset, now).state === 'due') due++;
  return due;
};

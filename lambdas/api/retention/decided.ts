import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import { isoTime } from '../../../core/time.ts';
import { type Decided, decideOver } from '../../shared/retention-facts.ts';
import type { Services } from '../services.ts';

/** What a decision of the API needs. */
export type RetentionServices = Pick<Services, 'classes' | 'statuteOf' | 'retention' | 'clock'>;

/** What retention says of an asset at this moment. */
export const decided = (row: AssetRow, services: RetentionServices): Promise<Decided> =>
  decideOver(row, { ...services, table: services.retention }, services.clock.now());

/** Throws `unprocessable` where a hold, its grace, a floor or S3's lock keeps the asset, whoever asks. */
export const expectDeletable = async (row: AssetRow, services: RetentionServices): Promise<Decided> => {
  const all = await decided(row, services);
  const { keepUntil, because } = all.decision;
  if (because[0] === 'hold') {
    throw new MediakeepError(
      'unprocessable',
      'The asset is under a legal hold; it can be deleted seven days after the last hold over it was released.',
    );
  }
  if (keepUntil === undefined || services.clock.now() >= keepUntil) return all;
  throw new MediakeepError(
    'unprocessable',
    because[0] === 'hold-grace'
      ? `A legal hold over the asset was released; its grace ends at ${isoTime(keepUntil)}, delete it then.`
      : `The asset has to be kept until ${isoTime(keepUntil)}; delete it then.`,
  );
};

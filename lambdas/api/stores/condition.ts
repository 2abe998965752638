import { isConditionFailed } from '../../shared/dynamodb-client.ts';

/** True where the write went through, false where its condition did not hold; any other failure rises. */
export const unlessConditionFails = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (isConditionFailed(error) || isCancelledByCondition(error)) return false;
    throw error;
  }
};

const meansMoved = new Set(['None', 'ConditionalCheckFailed', 'TransactionConflict']);

/** A transaction that failed for nothing but conditions and other transactions on the same rows. */
const isCancelledByCondition = (error: unknown): boolean => {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return false;
  const reasons: unknown[] =
    'CancellationReasons' in error && Array.isArray(error.CancellationReasons) ? error.CancellationReasons : [];
  const codes = reasons.map((reason) =>
    typeof reason === 'object' && reason !== null && 'Code' in reason && typeof reason.Code === 'string'
      ? reason.Code
      : 'None',
  );
  return codes.length > 0 && codes.every((code) => meansMoved.has(code));
};

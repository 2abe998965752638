/** Takes an item for the row that its kind says it is; undefined where there is none. The writers of each kind are typed. */
export const readRow = <Row extends { kind: string }>(
  item: Record<string, unknown> | undefined,
  kind: Row['kind'],
): Row | undefined => (item !== undefined && isRow<Row>(item, [kind]) ? item : undefined);

/** The items that are of one of these kinds, in order. */
export const readRows = <Row extends { kind: string }>(
  items: readonly Record<string, unknown>[],
  kinds: readonly Row['kind'][],
): Row[] => items.filter((item) => isRow<Row>(item, kinds));

const isRow = <Row extends { kind: string }>(
  item: Record<string, unknown>,
  kinds: readonly Row['kind'][],
): item is Record<string, unknown> & Row => kinds.some((kind) => item['kind'] === kind);

/** Eight tables of 256 entries, so that a CRC takes eight bytes a step. */
export type SlicingTables = readonly [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

/** The tables of a reflected 32-bit polynomial. */
export const slicingTables = (polynomial: number): SlicingTables => {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  const following = (table: Int32Array): Int32Array => table.map((crc) => (first[crc & 255] ?? 0) ^ (crc >>> 8));
  const second = following(first);
  const third = following(second);
  const fourth = following(third);
  const fifth = following(fourth);
  const sixth = following(fifth);
  const seventh = following(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, following(seventh)];
};

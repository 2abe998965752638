/** Binary multiples, in bytes. */
export const KiB = (count: number): number => count * 1024;
export const MiB = (count: number): number => count * 1024 ** 2;
export const GiB = (count: number): number => count * 1024 ** 3;
export const TiB = (count: number): number => count * 1024 ** 4;

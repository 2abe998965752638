import { textElement } from '../protocol/xml.ts';
import type { Checksum } from './algorithm.ts';

/** `<ChecksumSHA256>…</ChecksumSHA256><ChecksumType>…</ChecksumType>` */
export const checksumXml = (checksum: Checksum | undefined): string =>
  checksum === undefined
    ? ''
    : textElement(`Checksum${checksum.algorithm}`, checksum.value) + textElement('ChecksumType', checksum.type);

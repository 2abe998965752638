/** A checksum of the whole content that S3 can compute from those of its parts. */
export interface ContentCrc {
  readonly algorithm: 'CRC32' | 'CRC32C' | 'CRC64NVME';
  /** Base64. */
  readonly value: string;
}

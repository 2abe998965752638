import type { ByteSource } from './byte-source.ts';
import { ByteView, placesBackwards } from './byte-view.ts';
import { refuse } from './rejection.ts';

/** An archive's directory ends with a record of 22 bytes and a comment of up to 65,535. */
const archiveEndBytes = 22 + 0xffff;
/** Readers look for these near the beginning and do not mind what stands before. */
const secondBeginnings = ['%PDF-', '<!doctype html', '<html', '<script', '<svg', '<?php'];
const headBytes = 1024;
const letters = new TextDecoder('latin1');

/**
 * Refuses a sound or picture that other programs would take for an archive, a document or a page: such files carry
 * something past those who look at the first bytes alone.
 */
export const checkPolyglot = async (source: ByteSource): Promise<void> => {
  const head = await source.bytes(0, headBytes);
  const start = letters.decode(head ?? new Uint8Array(0)).toLowerCase();
  const found = secondBeginnings.find((text) => start.includes(text.toLowerCase()));
  if (found !== undefined) {
    refuse('polyglot', `The file also begins like a document or web page (“${found}”). Upload it without that part.`);
  }
  const tail = await source.tail(archiveEndBytes);
  if (tail !== undefined && endsAsArchive(tail.bytes)) {
    refuse('polyglot', 'The file is a ZIP archive as well: one is attached to its end. Upload it without the archive.');
  }
};

/** The record counts only where its comment ends exactly with the file, as archive programs demand it. */
const endsAsArchive = (bytes: Uint8Array): boolean => {
  const view = new ByteView(bytes, 'the end of the file');
  for (const at of placesBackwards(bytes, 0x50, bytes.length - 22)) {
    if (view.u32le(at) === 0x06054b50 && at + 22 + view.u16le(at + 20) === bytes.length) return true;
  }
  return false;
};

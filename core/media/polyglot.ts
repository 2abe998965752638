import type { ByteSource } from './byte-source.ts';
import { ByteView, latin1 } from './byte-view.ts';
import { refuse } from './rejection.ts';

/** An archive's directory ends with a record of 22 bytes and a comment of up to 65,535. */
const archiveEndMinBytes = 22;
const archiveEndBytes = archiveEndMinBytes + 0xffff;
/** Readers look for these near the beginning and do not mind what stands before. */
const secondBeginnings = ['%PDF-', '<!doctype html', '<html', '<script', '<svg', '<?php'];
const firstBytes = [...new Set(secondBeginnings.map((text) => text.charCodeAt(0)))];
const longestBeginning = Math.max(...secondBeginnings.map((text) => text.length));
const headBytes = 1024;

/**
 * Refuses a sound or picture that other programs would take for an archive, a document or a page: such files carry
 * something past those who look at the first bytes alone.
 */
export const checkPolyglot = async (source: ByteSource): Promise<void> => {
  const head = await source.bytes(0, headBytes);
  const found = head && secondBeginning(head);
  if (found !== undefined) {
    refuse('polyglot', `The file also begins like a document or web page (“${found}”). Upload it without that part.`);
  }
  const tail = await source.tail(archiveEndBytes);
  if (tail !== undefined && endsAsArchive(tail.bytes)) {
    refuse('polyglot', 'The file is a ZIP archive as well: one is attached to its end. Upload it without the archive.');
  }
};

const secondBeginning = (head: Uint8Array): string | undefined => {
  for (const first of firstBytes) {
    for (let at = head.indexOf(first); at >= 0; at = head.indexOf(first, at + 1)) {
      const start = latin1(head.subarray(at, at + longestBeginning)).toLowerCase();
      const found = secondBeginnings.find((text) => start.startsWith(text.toLowerCase()));
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

/** `PK`, 5, 6: how the record begins. */
const recordSignature = [0x50, 0x4b, 0x05, 0x06];
/** Where in the signature a byte stands; -1 where in none. */
const placeInSignature = new Int8Array(256).fill(-1);
for (const [place, byte] of recordSignature.entries()) placeInSignature[byte] = place;

/**
 * The record counts only where its comment ends exactly with the file, as archive programs demand it. Wherever its signature
 * stands, one of every four bytes is of it, so the others need not be looked at.
 */
const endsAsArchive = (bytes: Uint8Array): boolean => {
  const view = new ByteView(bytes, 'the end of the file');
  for (let last = recordSignature.length - 1; last < bytes.length; last += recordSignature.length) {
    const place = placeInSignature[bytes[last] ?? 0] ?? -1;
    if (place >= 0 && bytes[last - place] === recordSignature[0] && isArchiveEnd(view, last - place)) return true;
  }
  return false;
};

const isArchiveEnd = (view: ByteView, at: number): boolean =>
  at + archiveEndMinBytes <= view.length &&
  view.u32le(at) === 0x06054b50 &&
  at + archiveEndMinBytes + view.u16le(at + 20) === view.length;

import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod';
import type { StreamPosition } from '../dynamodb/stream-source.ts';

/** A tumbling window that has begun and not ended. */
export interface OpenWindow {
  readonly startMs: number;
  /** What the function answered last. */
  readonly state: unknown;
}

/** How far a mapping has come, window included, so that it goes on there after any end of the platform. */
export interface Checkpoint {
  readonly position?: StreamPosition | undefined;
  readonly window?: OpenWindow | undefined;
}

/** The checkpoints of all mappings. */
export interface StreamCheckpoints {
  load(uuid: string): Checkpoint;
  save(uuid: string, checkpoint: Checkpoint): void;
}

const Stored = z.strictObject({
  position: z.strictObject({ shardId: z.string(), sequence: z.string().optional() }).optional(),
  window: z.strictObject({ startMs: z.number(), state: z.unknown() }).optional(),
});

export const createStreamCheckpoints = (db: DatabaseSync): StreamCheckpoints => {
  db.exec(
    'CREATE TABLE IF NOT EXISTS lambda_stream_checkpoints (uuid TEXT PRIMARY KEY, checkpoint TEXT NOT NULL) WITHOUT ROWID;',
  );
  const read = db.prepare('SELECT checkpoint FROM lambda_stream_checkpoints WHERE uuid = ?');
  const write = db.prepare('INSERT OR REPLACE INTO lambda_stream_checkpoints VALUES (?, ?)');
  return {
    load(uuid) {
      const text = read.get(uuid)?.['checkpoint'];
      if (typeof text !== 'string') return {};
      const { position, window } = Stored.parse(JSON.parse(text));
      return {
        ...(position && { position: { shardId: position.shardId, sequence: position.sequence } }),
        ...(window && { window: { startMs: window.startMs, state: window.state } }),
      };
    },
    save: (uuid, checkpoint) => void write.run(uuid, JSON.stringify(checkpoint)),
  };
};

import { CliError, exitCodes } from '../exit-codes.ts';

/** What the stack of a failover tells of itself. */
export interface StandbyOutputs {
  readonly api: string;
  readonly catalogTable: string;
  readonly readerRoleArn: string;
  readonly rebuildFunction: string;
  readonly vault: string;
  readonly scratch: string;
}

/** Reads what the stack says; throws a {@link CliError} where another version deployed it. */
export const standbyOutputs = (outputs: ReadonlyMap<string, string>): StandbyOutputs => {
  const output = (name: string): string => {
    const value = outputs.get(name);
    if (value !== undefined) return value;
    throw new CliError(
      exitCodes.failed,
      `The stack of the failover has no output ${name}. Run \`failover run\` again.`,
    );
  };
  return {
    api: output('ApiUrl'),
    catalogTable: output('CatalogTableName'),
    readerRoleArn: output('ReaderRoleArn'),
    rebuildFunction: output('RebuildFunctionName'),
    vault: output('VaultBucketName'),
    scratch: output('ScratchBucketName'),
  };
};

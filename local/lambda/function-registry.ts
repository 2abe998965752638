import type { DatabaseSync } from 'node:sqlite';
import type { PolicyDocument, PolicyStatement } from '../aws/caller.ts';
import type { FunctionConfig, FunctionReference } from './function-config.ts';
import { functionNotFound } from './lambda-error.ts';

export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** A function, version or alias that a reference leads to. */
export interface ResolvedFunction {
  readonly config: FunctionConfig;
  /** With the qualifier of the reference. */
  readonly invokedArn: string;
  /** The resource policy of exactly this ARN. */
  readonly policy?: PolicyDocument;
}

/**
 * Functions, their versions, aliases and resource policies. `$LATEST`, aliases and permissions come from the template at every
 * start; a published version is kept in the database, because it must stay what it was.
 */
export interface FunctionRegistry {
  put(config: FunctionConfig): void;
  /** Publishes `$LATEST` under the next number; the same `origin` is the same version again. */
  publish(arn: string, origin: string, description: string): FunctionConfig;
  putAlias(arn: string, alias: Alias): void;
  putPermission(qualifiedArn: string, statement: PolicyStatement & { readonly Sid: string }): void;
  resolve(reference: FunctionReference): ResolvedFunction;
  find(arn: string): FunctionConfig | undefined;
  list(region: string): readonly FunctionConfig[];
  versions(arn: string): readonly FunctionConfig[];
  aliases(arn: string): readonly Alias[];
}

export const createFunctionRegistry = (db: DatabaseSync): FunctionRegistry => {
  db.exec(`
    CREATE TABLE IF NOT EXISTS lambda_versions (
      function_arn TEXT NOT NULL, version INTEGER NOT NULL, origin TEXT NOT NULL, config TEXT NOT NULL,
      PRIMARY KEY (function_arn, version), UNIQUE (function_arn, origin)
    ) WITHOUT ROWID;
  `);
  const latest = new Map<string, FunctionConfig>();
  const versions = new Map<string, FunctionConfig>();
  const aliases = new Map<string, Map<string, Alias>>();
  const policies = new Map<string, PolicyDocument>();
  for (const row of db.prepare('SELECT config FROM lambda_versions').all()) {
    const config: FunctionConfig = JSON.parse(String(row['config']));
    versions.set(`${config.arn}:${config.version}`, config);
  }

  const configOf = (arn: string, qualifier: string | undefined): FunctionConfig | undefined => {
    const current = latest.get(arn);
    if (qualifier === undefined || qualifier === '$LATEST' || current === undefined) return current;
    return versions.get(`${arn}:${aliases.get(arn)?.get(qualifier)?.version ?? qualifier}`);
  };
  const nextVersion = (arn: string): number => {
    const row = db.prepare('SELECT max(version) AS last FROM lambda_versions WHERE function_arn = ?').get(arn);
    return Number(row?.['last'] ?? 0) + 1;
  };

  return {
    put: (config) => void latest.set(config.arn, config),
    publish(arn, origin, description) {
      const current = latest.get(arn);
      if (current === undefined) throw functionNotFound(arn);
      const known = db
        .prepare('SELECT version FROM lambda_versions WHERE function_arn = ? AND origin = ?')
        .get(arn, origin);
      const existing = versions.get(`${arn}:${known?.['version']}`);
      if (existing !== undefined) return existing;
      const version = nextVersion(arn);
      const config = { ...current, version: String(version), description: description || current.description };
      db.prepare('INSERT INTO lambda_versions VALUES (?, ?, ?, ?)').run(arn, version, origin, JSON.stringify(config));
      versions.set(`${arn}:${version}`, config);
      return config;
    },
    putAlias(arn, alias) {
      if (configOf(arn, alias.version) === undefined) throw functionNotFound(`${arn}:${alias.version}`);
      aliases.set(arn, new Map(aliases.get(arn)).set(alias.name, alias));
    },
    putPermission(qualifiedArn, statement) {
      const before = [policies.get(qualifiedArn)?.Statement ?? []].flat().filter(({ Sid }) => Sid !== statement.Sid);
      policies.set(qualifiedArn, { Version: '2012-10-17', Id: 'default', Statement: [...before, statement] });
    },
    resolve({ arn, qualifier }) {
      const invokedArn = qualifier === undefined ? arn : `${arn}:${qualifier}`;
      const config = configOf(arn, qualifier);
      if (config === undefined) throw functionNotFound(invokedArn);
      const policy = policies.get(invokedArn);
      return { config, invokedArn, ...(policy !== undefined && { policy }) };
    },
    find: (arn) => latest.get(arn),
    list: (region) => [...latest.values()].filter((config) => config.region === region),
    versions: (arn) => [...versions.values()].filter((config) => config.arn === arn),
    aliases: (arn) => [...(aliases.get(arn)?.values() ?? [])],
  };
};

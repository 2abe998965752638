import type { Breakage } from './broken-templates.ts';
import { client, pool, propertiesOf } from './broken-templates.ts';

/** Ways to spoil a template that the rules of lib/rules/identity-rules.ts have to see. */
export const identities: readonly Breakage[] = [
  {
    rule: 'C81',
    title: 'a second factor for who likes one',
    spoil: (t) => {
      pool(t).MfaConfiguration = 'OPTIONAL';
    },
  },
  {
    rule: 'C81',
    title: 'codes by SMS',
    spoil: (t) => {
      pool(t).EnabledMfas.push('SMS_MFA');
    },
  },
  {
    rule: 'C81b',
    title: 'sign-up for everybody',
    spoil: (t) => {
      pool(t).AdminCreateUserConfig.AllowAdminCreateUserOnly = false;
    },
  },
  {
    rule: 'C81c',
    title: 'passwords of eight',
    spoil: (t) => {
      pool(t).Policies.PasswordPolicy.MinimumLength = 8;
    },
  },
  {
    rule: 'C81d',
    title: 'another plan',
    spoil: (t) => {
      pool(t).UserPoolTier = 'LITE';
    },
  },
  {
    rule: 'C81e',
    title: 'a pool without protection',
    spoil: (t) => {
      pool(t).DeletionProtection = 'INACTIVE';
    },
  },
  {
    rule: 'C81f',
    title: 'tokens for ever',
    spoil: (t) => {
      client(t).EnableTokenRevocation = false;
    },
  },
  {
    rule: 'C81g',
    title: 'the implicit flow',
    spoil: (t) => {
      client(t).AllowedOAuthFlows.push('implicit');
    },
  },
  {
    rule: 'C81g',
    title: 'a machine without secret',
    spoil: (t) => {
      client(t, 'IdentityMachine').GenerateSecret = false;
    },
  },
  {
    rule: 'C81j',
    title: 'sign-in by password',
    spoil: (t) => {
      client(t).ExplicitAuthFlows.push('ALLOW_USER_PASSWORD_AUTH');
    },
  },
  {
    rule: 'C81h',
    title: 'a callback over plain HTTP',
    spoil: (t) => {
      client(t).CallbackURLs.push('http://127.0.0.1:41801/callback');
    },
  },
  {
    rule: 'C81i',
    title: 'a login page without design',
    spoil: ({ data }) => {
      propertiesOf(data, 'AWS::Cognito::ManagedLoginBranding').ClientId = 'x';
    },
  },
];

import { join } from 'node:path';
import type { Resource, Template } from '../synthesized.ts';

/** The templates, free to be spoiled. */
export interface Broken {
  readonly replica: Template;
  readonly data: Template;
  readonly service: Template;
}

/** One way to spoil a template, and the rule that has to see it. */
export interface Breakage {
  readonly rule: string;
  readonly title: string;
  readonly spoil: (templates: Broken) => void;
}

// biome-ignore lint/suspicious/noExplicitAny: templates are free JSON
export type Free = any;

/** The properties of the first resource of that type whose logical id begins so. */
export const propertiesOf = (template: Template, type: string, id = ''): Free =>
  resourceOf(template, type, id).Properties;

export const resourceOf = (template: Template, type: string, id = ''): Resource => {
  const found = Object.entries(template.Resources).find(([name, { Type }]) => Type === type && name.startsWith(id));
  if (found === undefined) throw new Error(`no ${join(type, id)} in the template`);
  return found[1];
};

export const bucket = ({ data }: Broken, id = 'Vault') => propertiesOf(data, 'AWS::S3::Bucket', id);
export const copy = ({ replica }: Broken, id = 'Vault') => propertiesOf(replica, 'AWS::S3::Bucket', id);
export const replication = (templates: Broken, id = 'Vault') => bucket(templates, id).ReplicationConfiguration;
export const replicationRole = ({ data }: Broken) => propertiesOf(data, 'AWS::IAM::Role', 'Replication');
export const lifecycle = (templates: Broken, id = 'Vault') => bucket(templates, id).LifecycleConfiguration.Rules;
export const ruleNamed = (templates: Broken, id: string, bucketId = 'Vault') =>
  lifecycle(templates, bucketId).find(({ Id }: Free) => Id === id);
export const key = ({ data }: Broken, id = 'KeysData') => propertiesOf(data, 'AWS::KMS::Key', id);
export const queue = ({ data }: Broken, id = 'IntakeQueue4') => propertiesOf(data, 'AWS::SQS::Queue', id);
export const queuePolicy = ({ data }: Broken, id = 'IntakeQueuePolicy') =>
  propertiesOf(data, 'AWS::SQS::QueuePolicy', id).PolicyDocument.Statement;
export const mapping = ({ service }: Broken) => propertiesOf(service, 'AWS::Lambda::EventSourceMapping', 'Intake');
export const lambda = ({ service }: Broken, id = 'Intake') => propertiesOf(service, 'AWS::Lambda::Function', id);
export const role = ({ service }: Broken, id = 'Api') => propertiesOf(service, 'AWS::IAM::Role', id);
export const rolePolicy = ({ service }: Broken, id = 'Api') =>
  propertiesOf(service, 'AWS::IAM::Policy', id).PolicyDocument.Statement;
export const catalog = ({ data }: Broken) => propertiesOf(data, 'AWS::DynamoDB::GlobalTable');
export const subjectKeys = ({ data }: Broken) => propertiesOf(data, 'AWS::DynamoDB::Table');
export const route = ({ service }: Broken, key = 'POST /uploads') =>
  Object.values(service.Resources).find(({ Properties }) => Properties['RouteKey'] === key)?.Properties as Free;
export const stage = ({ service }: Broken) => propertiesOf(service, 'AWS::ApiGatewayV2::Stage');
export const pool = ({ data }: Broken) => propertiesOf(data, 'AWS::Cognito::UserPool');
export const client = ({ data }: Broken, id = 'IdentityPeople') =>
  propertiesOf(data, 'AWS::Cognito::UserPoolClient', id);
export const alarm = ({ service }: Broken, id = 'AlarmsIntakeDeadLetters') =>
  propertiesOf(service, 'AWS::CloudWatch::Alarm', id);
export const add = (template: Template, id: string, Type: string, Properties: Free): void => {
  template.Resources[id] = { Type, Properties };
};
export const sidOf = (statements: Free[], sid: string): Free => statements.find(({ Sid }) => Sid === sid);
export const remove = (statements: Free[], sid: string): void => {
  statements.splice(statements.indexOf(sidOf(statements, sid)), 1);
};
export const bucketPolicy = ({ data }: Broken, id = 'Vault') =>
  propertiesOf(data, 'AWS::S3::BucketPolicy', id).PolicyDocument.Statement;
export const allow = (Action: string, Resource: Free = 'arn:aws:s3:::x/*') => ({ Effect: 'Allow', Action, Resource });

import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { Alarms } from '../constructs/alarms.ts';
import { BackupWatch } from '../constructs/backup-watch.ts';
import { Budget } from '../constructs/budget.ts';
import { ChangeWatch } from '../constructs/change-watch.ts';
import { ClassDashboards } from '../constructs/class-dashboard.ts';
import { ApiFunction } from '../constructs/functions/api.ts';
import { ArchiveFunction } from '../constructs/functions/archive.ts';
import { CatalogFunction } from '../constructs/functions/catalog.ts';
import type { FunctionContext } from '../constructs/functions/function-context.ts';
import { GaugesFunction } from '../constructs/functions/gauges.ts';
import { GuardFunction } from '../constructs/functions/guard.ts';
import { HoldFunction } from '../constructs/functions/hold.ts';
import { IntakeFunction } from '../constructs/functions/intake.ts';
import { ProjectFunction } from '../constructs/functions/project.ts';
import { ProofAgeFunction } from '../constructs/functions/proof-age.ts';
import { ReconcileFunction } from '../constructs/functions/reconcile.ts';
import { RecoverFunction } from '../constructs/functions/recover.ts';
import { RestoreFunction } from '../constructs/functions/restore.ts';
import { StartFunction } from '../constructs/functions/start.ts';
import { SweepFunction } from '../constructs/functions/sweep.ts';
import { UndeleteFunction } from '../constructs/functions/undelete.ts';
import { ValidateRestoreFunction } from '../constructs/functions/validate-restore.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { JobWatch } from '../constructs/job-watch.ts';
import { NoticeTopic } from '../constructs/notice-topic.ts';
import { Overview } from '../constructs/overview.ts';
import { PermissionsBoundary } from '../constructs/permissions-boundary.ts';
import { RecoveryWatch } from '../constructs/recovery-watch.ts';
import { ReplicationFailureAlarms } from '../constructs/replication-alarms.ts';
import { Schedules } from '../constructs/schedules.ts';
import { StoreWatch } from '../constructs/store-watch.ts';
import { tagDataClass } from '../constructs/tags.ts';
import { UsageWatch } from '../constructs/usage-watch.ts';
import { WorkWatch } from '../constructs/work-watch.ts';
import type { DataStack } from './data.ts';

export interface ServiceStackProps extends StackProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
  readonly data: DataStack;
  /** Folder that holds one folder per bundled function. */
  readonly bundles: string;
}

/** Everything that can be thrown away and deployed again. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, { deployment, dataClasses, data, bundles, ...props }: ServiceStackProps) {
    super(scope, id, props);
    const { keys, identity, intakeQueue, catalogQueue } = data;
    const context: FunctionContext = {
      deployment,
      bundles,
      keys,
      identity,
      intakeQueue,
      catalogQueue,
      catalogTable: data.catalogTable.table,
      jobDeadLetters: data.jobDeadLetters.queue,
      projectFailures: data.projectFailures.queue,
      boundary: new PermissionsBoundary(this, 'Boundary').policy,
    };
    const intake = new IntakeFunction(this, 'Intake', { ...context, dataClasses });
    const catalog = new CatalogFunction(this, 'Catalog', context);
    const undelete = new UndeleteFunction(this, 'Undelete', context);
    const project = new ProjectFunction(this, 'Project', context);
    const gauges = new GaugesFunction(this, 'Gauges', context);
    const reconcile = new ReconcileFunction(this, 'Reconcile', context);
    const guard = new GuardFunction(this, 'Guard', { ...context, buckets: data.buckets });
    const recover = new RecoverFunction(this, 'Recover', { ...context, dataClasses, undelete, backup: data.backup });
    const proofAge = new ProofAgeFunction(this, 'ProofAge', context);
    const validateRestore = new ValidateRestoreFunction(this, 'ValidateRestore', context);
    const hold = new HoldFunction(this, 'Hold', context);
    const sweep = new SweepFunction(this, 'Sweep', context);
    const archive = new ArchiveFunction(this, 'Archive', context);
    const notices = new NoticeTopic(this, 'Notices', { deployment, key: keys.messages });
    const restore = new RestoreFunction(this, 'Restore', { ...context, notices: notices.topic });
    restore.durable.grantCallback(project.function);
    const api = new ApiFunction(this, 'Api', { ...context, undelete });
    for (const job of [archive, hold, restore, sweep]) job.durable.grantStart(api.function);
    for (const other of [project, sweep]) hold.durable.grantStart(other.function);
    const start = new StartFunction(this, 'Start', context);
    const schedules = new Schedules(this, 'Schedules', { ...context, start });
    schedules.add('sweep', { cron: '10 1 * * ? *', job: 'sweep', input: { part: 'due' }, target: sweep.durable });
    const temporary = { job: 'sweep', input: { part: 'temporary' }, target: sweep.durable, per: 'hour' } as const;
    schedules.add('temporary', { cron: '5 * * * ? *', ...temporary });
    schedules.add('pack', { cron: '40 0 * * ? *', job: 'pack', target: archive.durable });
    schedules.add('scrub', { cron: '20 3 * * ? *', job: 'scrub', target: reconcile.durable });
    const mend = { job: 'reconcile', input: { repair: true }, target: reconcile.durable } as const;
    schedules.add('reconcile', { cron: '40 2 ? * SUN *', ...mend });
    schedules.add('drill', { cron: '30 4 2 * ? *', job: 'drill', target: recover.durable });
    const httpApi = new HttpApi(this, 'HttpApi', {
      deployment,
      identity,
      function: api.function.resource,
      messagesKey: keys.messages,
    });
    const watched = {
      ...context,
      httpApi,
      functions: {
        Intake: intake.function,
        Catalog: catalog.function,
        Project: project.function,
        Gauges: gauges.function,
        Undelete: undelete.function,
        Reconcile: reconcile.function,
        Guard: guard.function,
        Recover: recover.function,
        ProofAge: proofAge.function,
        ValidateRestore: validateRestore.function,
        Hold: hold.function,
        Sweep: sweep.function,
        Start: start.function,
        Archive: archive.function,
        Restore: restore.function,
        Api: api.function,
      },
    };
    const { monthlyBudgetUsd: monthlyUsd } = deployment;
    const topic = new AlarmTopic(this, 'AlarmTopic', {
      deployment,
      key: keys.messages,
      hearsEvents: true,
      hearsBudgets: monthlyUsd !== undefined,
    });
    if (monthlyUsd !== undefined) new Budget(this, 'Budget', { deployment, monthlyUsd, topic });
    new Alarms(this, 'Alarms', { ...watched, topic });
    new ReplicationFailureAlarms(this, 'Replication', { deployment, dataClasses, topic });
    new JobWatch(this, 'JobWatch', { topic, jobDeadLetters: context.jobDeadLetters });
    const jobFunctions = [archive, hold, reconcile, recover, restore, sweep].map((job) => job.function);
    new WorkWatch(this, 'WorkWatch', { deployment, topic, functions: jobFunctions });
    new RecoveryWatch(this, 'RecoveryWatch', { deployment, topic, proofAge });
    new StoreWatch(this, 'StoreWatch', { deployment, topic, guard });
    const { tableName } = context.catalogTable;
    new UsageWatch(this, 'UsageWatch', { deployment, dataClasses, topic, httpApi, tableName });
    new ChangeWatch(this, 'ChangeWatch', { deployment, topic });
    new BackupWatch(this, 'BackupWatch', { topic });
    new Overview(this, 'Overview', { ...watched, dataClasses });
    new ClassDashboards(this, 'Classes', { deployment, dataClasses });
    tagDataClass({ operations: [this] });
    new CfnOutput(this, 'NoticesTopicArn', { value: notices.topic.topicArn, description: 'Topic of notices' });
    new CfnOutput(this, 'ApiUrl', { value: httpApi.url, description: 'Address of the HTTP API' });
  }
}

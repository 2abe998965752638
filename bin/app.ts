import { type App, Tags, Validations } from 'aws-cdk-lib';
import { checkClasses } from '../config/check-classes.ts';
import { checkDeployment } from '../config/check-deployment.ts';
import { statutes } from '../config/mediakeep.config.ts';
import { checkStatutes, type Statutes } from '../config/statutes.ts';
import { RulesPlugin } from '../lib/rules/rules-plugin.ts';
import { DataStack } from '../lib/stacks/data.ts';
import { ReplicaStack } from '../lib/stacks/replica.ts';
import { ServiceStack } from '../lib/stacks/service.ts';
import { StandbyStack } from '../lib/stacks/standby.ts';

export interface MediakeepAppProps {
  /** What the deployer wrote: checked here, before anything is built on it. */
  readonly deployment: unknown;
  readonly dataClasses: Parameters<typeof checkClasses>[0];
  /** What the law says of classes. @default what the configuration says */
  readonly statutes?: Statutes;
  /** Folder that holds one folder per bundled function. */
  readonly bundles: string;
  /** Has the stack of a failover too, which `deploy --all` would else deploy each time. @default false */
  readonly standby?: boolean;
}

/** The stacks of the app, in the order of their deployment. */
export interface MediakeepStacks {
  readonly replica: ReplicaStack;
  readonly data: DataStack;
  readonly service: ServiceStack;
  readonly standby?: StandbyStack;
  /** Where the app has something. */
  readonly regions: readonly string[];
}

/** Composes the app. The account is left open, so that synthesis needs no credentials and is the same everywhere. */
export const composeApp = (app: App, props: MediakeepAppProps): MediakeepStacks => {
  const deployment = checkDeployment(props.deployment);
  const dataClasses = checkClasses(props.dataClasses);
  checkStatutes(props.statutes ?? statutes, dataClasses);
  const env = { region: deployment.homeRegion };
  const replica = new ReplicaStack(app, `${deployment.name}-replica`, {
    env: { region: deployment.secondRegion },
    terminationProtection: deployment.retainData,
    deployment,
    dataClasses,
  });
  const data = new DataStack(app, `${deployment.name}-data`, {
    env,
    terminationProtection: deployment.retainData,
    deployment,
    dataClasses,
  });
  const service = new ServiceStack(app, `${deployment.name}-service`, {
    env,
    deployment,
    dataClasses,
    data,
    bundles: props.bundles,
  });
  const standby =
    props.standby === true
      ? new StandbyStack(app, `${deployment.name}-standby`, {
          env: { region: deployment.secondRegion },
          deployment,
          replica,
          bundles: props.bundles,
        })
      : undefined;
  standby?.addStackDependency(replica);
  // The order of deployment. The second region comes first: replication needs its destination to exist.
  data.addStackDependency(replica);
  service.addStackDependency(data);
  Tags.of(app).add('owner', deployment.name);
  Tags.of(app).add('jurisdiction', deployment.jurisdiction);
  Validations.of(app).addPlugins(new RulesPlugin(deployment, dataClasses));
  return {
    replica,
    data,
    service,
    ...(standby && { standby }),
    regions: [deployment.homeRegion, deployment.secondRegion],
  };
};

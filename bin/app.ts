import { App, Tags, Validations } from 'aws-cdk-lib';
import { checkClasses } from '../config/check-classes.ts';
import { checkDeployment } from '../config/check-deployment.ts';
import { RulesPlugin } from '../lib/rules/rules-plugin.ts';
import { DataStack } from '../lib/stacks/data.ts';
import { ServiceStack } from '../lib/stacks/service.ts';

export interface MediakeepAppProps {
  /** What the deployer wrote: checked here, before anything is built on it. */
  readonly deployment: unknown;
  readonly dataClasses: Parameters<typeof checkClasses>[0];
  /** Folder that holds one folder per bundled function. */
  readonly bundles: string;
  /** Receives the cloud assembly. @default where the CDK CLI says, or `cdk.out` */
  readonly outdir?: string;
  /** @default what the CDK CLI says */
  readonly context?: Record<string, unknown>;
}

/** The app and its stacks, in the order of their deployment. */
export interface MediakeepApp {
  readonly app: App;
  readonly data: DataStack;
  readonly service: ServiceStack;
}

/** Composes the app. The account is left open, so that synthesis needs no credentials and is the same everywhere. */
export const createApp = (props: MediakeepAppProps): MediakeepApp => {
  const deployment = checkDeployment(props.deployment);
  const dataClasses = checkClasses(props.dataClasses);
  const app = new App({
    ...(props.outdir !== undefined && { outdir: props.outdir }),
    ...(props.context && { context: props.context }),
  });
  const home = { env: { region: deployment.homeRegion }, terminationProtection: deployment.retainData };
  const data = new DataStack(app, `${deployment.name}-data`, { ...home, deployment, dataClasses });
  const service = new ServiceStack(app, `${deployment.name}-service`, {
    ...home,
    terminationProtection: false,
    deployment,
    dataClasses,
    data,
    bundles: props.bundles,
  });
  // The order of deployment. The copies in the second region come first, once there are any: replication needs its
  // destination to exist.
  service.addStackDependency(data);
  Tags.of(app).add('owner', deployment.name);
  Tags.of(app).add('jurisdiction', deployment.jurisdiction);
  Validations.of(app).addPlugins(new RulesPlugin(deployment, dataClasses));
  return { app, data, service };
};

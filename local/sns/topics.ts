import type { PolicyDocument } from '../aws/caller.ts';

/** Who hears of what is published to a topic. */
export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: string;
  readonly endpoint: string;
}

/** A topic as the template declares it. */
export interface Topic {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly displayName: string;
  readonly kmsKeyId: string | undefined;
  readonly policy: PolicyDocument | undefined;
}

/** Topics and subscriptions, in memory: every start makes them again from the template. */
export interface Topics {
  find(topicArn: string): Topic | undefined;
  /** Topics of a region by name. */
  list(region: string): readonly Topic[];
  put(topic: Topic): void;
  subscriptions(region: string): readonly Subscription[];
  subscriptionsOf(topicArn: string): readonly Subscription[];
  subscribe(subscription: Subscription): void;
}

export const createTopics = (): Topics => {
  const topics = new Map<string, Topic>();
  const subscriptions = new Map<string, Subscription>();
  const all = () => [...subscriptions.values()];
  return {
    find: (topicArn) => topics.get(topicArn),
    list: (region) =>
      [...topics.values()].filter((topic) => topic.region === region).sort((a, b) => (a.name < b.name ? -1 : 1)),
    put: (topic) => void topics.set(topic.arn, topic),
    subscriptions: (region) => all().filter(({ topicArn }) => topics.get(topicArn)?.region === region),
    subscriptionsOf: (wanted) => all().filter(({ topicArn }) => topicArn === wanted),
    subscribe: (subscription) => void subscriptions.set(subscription.arn, subscription),
  };
};

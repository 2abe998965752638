import type { IncomingMessage } from 'node:http';
import type { RequestContext } from './caller.ts';

/**
 * Condition values of every request, but for those that IAM reads off the caller and the clock when a policy asks for them.
 * The endpoint stands for AWS's own, which speak TLS only, so transport counts as secure.
 */
export const requestContext = (http: IncomingMessage, region: string): RequestContext => ({
  'aws:SecureTransport': 'true',
  'aws:SourceIp': http.socket.remoteAddress ?? '127.0.0.1',
  'aws:UserAgent': http.headers['user-agent'],
  'aws:Referer': http.headers.referer,
  'aws:RequestedRegion': region,
  'aws:ViaAWSService': 'false',
});

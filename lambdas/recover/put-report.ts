import { type AnyReport, type ReportSignature, reportName, signedText } from '../../core/recovery/report.ts';
import { reportHtml } from '../../core/recovery/report-html.ts';
import type { RecoverDeps } from './ports.ts';

/** Signs a report and puts it, for programs and for people. */
export const putReport = async (report: AnyReport, { reports }: Pick<RecoverDeps, 'reports'>): Promise<void> => {
  const signature: ReportSignature = { algorithm: 'HMAC_SHA_256', ...(await reports.sign(signedText(report))) };
  const name = reportName(report);
  await reports.put(`${name}.json`, `${JSON.stringify({ ...report, signature }, undefined, 2)}\n`, 'application/json');
  await reports.put(`${name}.html`, reportHtml(report, signature), 'text/html; charset=utf-8');
};

import type { AnyReport, ReportSignature } from './report.ts';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#16191f}
h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d5dbdb}
th{font-weight:500;width:50%}.good{color:#1d8102}.bad{color:#d13212}code{font-size:.85em;word-break:break-all}`;

const titles: Readonly<Record<AnyReport['outcome'], string>> = {
  verified: 'Everything is back and verified',
  planned: 'Nothing was written back: this is what it would take',
  problems: 'Something is not as it was',
  proven: 'The backups can be recovered',
  failed: 'The backups could not be recovered',
};

/** A page for people; every value is escaped, and nothing is loaded from anywhere. */
export const reportHtml = (report: AnyReport, signature: ReportSignature): string => {
  const good = report.outcome !== 'problems' && report.outcome !== 'failed';
  const name = report.kind === 'drill' ? 'Recovery drill' : 'Recovery';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${name} ${escaped(report.jobId)}</title><style>${style}</style></head>
<body><h1>${name}</h1><p class="${good ? 'good' : 'bad'}"><strong>${titles[report.outcome]}</strong></p>
<table>${rows(report).join('')}</table>
${report.kind === 'drill' && report.problems.length > 0 ? `<h2>What was wrong</h2><ul>${report.problems.map((text) => `<li>${escaped(text)}</li>`).join('')}</ul>` : ''}
<p>Signed with <code>${escaped(signature.keyArn)}</code> (${signature.algorithm}): <code>${escaped(signature.mac)}</code></p>
</body></html>
`;
};

const rows = (report: AnyReport): string[] =>
  flat(report)
    .filter(([name]) => !['v', 'kind', 'problems'].includes(name))
    .map(([name, value]) => `<tr><th>${escaped(words(name))}</th><td>${escaped(value)}</td></tr>`);

const flat = (value: object, prefix = ''): [string, string][] =>
  Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    if (Array.isArray(inner)) return [[`${prefix}${name}`, inner.join(', ') || 'none']];
    if (inner !== null && typeof inner === 'object') return flat(inner, `${prefix}${name} `);
    return [[`${prefix}${name}`, String(inner)]];
  });

/** `recoveryPointSeconds` → `recovery point seconds`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
